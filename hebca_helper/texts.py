"""The user's language. Source language is Chinese; other languages are gettext catalogues in resources/translations."""

from __future__ import annotations

import gettext

DOMAIN = "hebca_helper"
SOURCE_LANGUAGE = "zh_CN"
_translation: gettext.NullTranslations = gettext.NullTranslations()


def use_language(folder: str, language: str) -> None:
    """Show texts in `language` (e.g. "en") from the catalogues under `folder`; a missing one leaves Chinese."""
    global _translation
    if language == SOURCE_LANGUAGE:
        _translation = gettext.NullTranslations()
    else:
        _translation = gettext.translation(DOMAIN, folder, [language], fallback=True)


def tr(text: str) -> str:
    """The text in the language in use."""
    return _translation.gettext(text) if text else text


def language() -> str:
    """The language in use, as its catalogue calls itself; "zh_CN" without one."""
    return _translation.info().get("language", "zh_CN")


def bracketed(text: str, aside: str) -> str:
    """A text with something more about it in brackets."""
    return tr("{text}（{aside}）").format(text=text, aside=aside)


def named(name: str, value: str) -> str:
    """A name and its value in one line."""
    return tr("{name}：{value}").format(name=name, value=value)
