"""The pages of the window in their order, each imported when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hebca_helper.desktop.pages.page import Page, Surroundings
from hebca_helper.texts import tr


@dataclass(frozen=True, slots=True)
class PagePlace:
    """`name` is what `hebca-helper show NAME` and the shortcuts call it; `picture` an icon of resources/icons."""

    name: str
    title: str
    picture: str
    make: Callable[[Surroundings], Page]


def _certificates(around: Surroundings) -> Page:
    from hebca_helper.desktop.pages.certificates.page import CertificatesPage

    return CertificatesPage(around)


def _seals(around: Surroundings) -> Page:
    from hebca_helper.desktop.pages.seals.page import SealsPage

    return SealsPage(around.state, around.link, around.runtime, lambda: around.open_link("apply-seal"))


def _documents(around: Surroundings) -> Page:
    from hebca_helper.desktop.pages.documents.page import DocumentsPage

    return DocumentsPage(around.state, around.link, around.runtime, around.show_page)


def _diagnosis(around: Surroundings) -> Page:
    from hebca_helper.desktop.pages.diagnosis.page import DiagnosisPage

    return DiagnosisPage(around.runtime, around.link, around.actions)


def _journal(around: Surroundings) -> Page:
    from hebca_helper.desktop.pages.journal.page import JournalPage

    return JournalPage(around.state, around.link, around.runtime, around.actions)


def _settings(around: Surroundings) -> Page:
    from hebca_helper.desktop.pages.settings.page import SettingsPage

    return SettingsPage(around.runtime, around.link, around.actions.tell)


def _help(around: Surroundings) -> Page:
    from hebca_helper.desktop.pages.help.page import HelpPage

    return HelpPage(around)


def later_pages() -> tuple[PagePlace, ...]:
    """Every page but the first (快捷链接), which the window makes at once."""
    return (
        PagePlace("certificates", tr("我的证书"), "certificate", _certificates),
        PagePlace("seals", tr("我的签章"), "seal", _seals),
        PagePlace("documents", tr("签章文档"), "document", _documents),
        PagePlace("diagnosis", tr("故障检测"), "diagnosis", _diagnosis),
        PagePlace("journal", tr("签名记录"), "journal", _journal),
        PagePlace("settings", tr("设置"), "settings", _settings),
        PagePlace("help", tr("帮助"), "help", _help),
    )
