"""English is complete, says the same things, and is what the program loads."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest

from hebca_helper import texts
from tests import translations

NOT_TRANSLATED = {"简体中文"}
"""A language is called by its own name."""
FOR_AUTHORS = (
    "hebca_helper/desktop/pages/help/content.py",
    "hebca_helper/portals/entries.py",
    "hebca_helper/portals/own_links.py",
    "hebca_helper/checks/autostart.py",
)
"""Modules whose f-strings speak to those who edit a catalogue, or are the words of a file."""


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    return translations.read()


def test_every_text_has_english_and_none_is_left_over(english: dict[str, str]) -> None:
    """`python -m tests.translations update` and `missing` help."""
    sources = translations.source_texts()
    assert [text for text in sources if not english.get(text)] == []
    assert sorted(english.keys() - sources.keys()) == []


def test_english_has_no_chinese_left(english: dict[str, str]) -> None:
    chinese = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
    assert [told for told in english.values() if chinese.search(told) and told not in NOT_TRANSLATED] == []


def test_the_same_values_stand_in_both_languages(english: dict[str, str]) -> None:
    placeholder = re.compile(r"\{[^{}]*\}")
    differing = {t: e for t, e in english.items() if sorted(placeholder.findall(t)) != sorted(placeholder.findall(e))}
    assert differing == {}


def test_lines_and_spaces_at_the_ends_agree(english: dict[str, str]) -> None:
    def shape(text: str) -> tuple[int, int]:
        return text.count("\n"), len(text) - len(text.lstrip(" "))

    appended = ("（", "，", "；")  # full-width signs bring their own space
    differing = [text for text, told in english.items() if shape(text) != shape(told)]
    assert [text for text in differing if not text.startswith(appended)] == []


def test_the_compiled_catalogue_is_that_of_the_sources() -> None:
    assert translations.MO.read_bytes() == translations.compiled()


def test_the_program_speaks_english_when_asked(english: dict[str, str]) -> None:
    try:
        texts.use_language(str(translations.ROOT / "resources" / "translations"), "en")
        assert texts.language() == "en"
        assert texts.tr("快捷链接") == english["快捷链接"] == "Quick links"
        assert texts.tr("") == ""
    finally:
        texts.use_language("", texts.SOURCE_LANGUAGE)
    assert texts.tr("快捷链接") == "快捷链接"


def test_tr_gets_whole_sentences_that_can_be_found() -> None:
    """A value is put in by .format afterwards; an f-string would look for a sentence that no catalogue has."""
    wrong = []
    for path in sorted((translations.ROOT / "hebca_helper").rglob("*.py")):
        name = path.relative_to(translations.ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if translations.is_tr(node) and any(isinstance(each, (ast.JoinedStr, ast.BinOp)) for each in node.args):
                wrong.append(f"{name}:{node.lineno}")
            if isinstance(node, ast.JoinedStr) and not name.startswith((*translations.DATA, *FOR_AUTHORS)):
                pieces = "".join(str(p.value) for p in node.values if isinstance(p, ast.Constant))
                wrong += [f"{name}:{node.lineno}"] if translations.CHINESE.search(pieces) else []
    assert wrong == []


def test_every_quick_link_of_the_catalogue_has_an_english_name() -> None:
    table = tomllib.loads((translations.ROOT / "resources" / "portals.toml").read_text("utf-8"))
    lacking = [e["id"] for e in table["portal"] if {"title", "note"} & e.keys() - e.get("en", {}).keys()]
    assert lacking == []
