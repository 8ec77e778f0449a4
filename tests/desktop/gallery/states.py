"""The states that are looked at: every page, what opens from it, and every dialog."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fpdf import FPDF
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QPushButton, QTableView, QWidget

from hebca_helper.assistant.person.prompts import ConfirmKind
from hebca_helper.assistant.stamping.issuers import Issuers
from hebca_helper.desktop.issuers import IssuerDialog
from hebca_helper.desktop.pages.certificates.details import DetailsDialog
from hebca_helper.desktop.pages.documents.page import DocumentsPage
from hebca_helper.desktop.pages.documents.signed_view import SignedView
from hebca_helper.desktop.pages.seals.card import SealCard
from hebca_helper.documents.pdf.placement import Placement
from hebca_helper.tokens.model import PinState
from tests.desktop.gallery import plugged
from tests.desktop.gallery.judged import FILES, ISSUER
from tests.desktop.gallery.stage import Stage
from tests.documents.pdf import papers
from tests.documents.pdf.foreign_pdfs import updated
from tests.documents.pdf.stamper import Stamper
from tests.documents.pdf.updates import WHITE, new_field

State = tuple[str, QWidget]


def states(stage: Stage) -> Iterator[State]:
    """Name and window of each state; it is left when the next one is asked for."""
    yield from _pages(stage)
    yield from plugged.states(stage)
    yield from _page_dialogs(stage)
    yield from _questions(stage)


def _pages(stage: Stage) -> Iterator[State]:
    window = stage.window
    for name in ["links", *window._places]:
        stage.person.click(window, f"{name}Button")
        stage.settle(100)
        if name == "seals":
            stage.person.wait(lambda: window.findChild(SealCard) is not None)
            stage.settle()
        yield name, window
        if name in _FURTHER:
            yield from ((f"{name}-{what}", window) for what in _FURTHER[name](stage))
    stage.person.click(window, "linksButton")


def _diagnosis(stage: Stage) -> Iterator[str]:
    stage.person.click(stage.window, "startChecksButton")
    again = stage.person.find(stage.window, QPushButton, "checkAgainButton")
    stage.person.wait(again.isVisible)
    stage.settle()
    yield "report"


def _links(stage: Stage) -> Iterator[str]:
    stage.person.type(stage.window, "searchEdit", "xyz")
    stage.settle()
    yield "nothing-found"
    stage.person.click(stage.window, "clearSearchButton")


def _help(stage: Stage) -> Iterator[str]:
    for tab in ("contacts", "fees", "errors", "about"):
        stage.person.click(stage.window, f"{tab}Tab")
        stage.settle()
        yield tab
    stage.person.click(stage.window, "firstStartButton")
    for step in range(1, 6):
        stage.settle()
        yield f"first-start-{step}"
        if step < 5:
            stage.person.click(stage.window, "nextButton")


def _journal(stage: Stage) -> Iterator[str]:
    table = stage.person.find(stage.window, QTableView, "journalTable")
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    stage.settle()
    yield "detail"
    period = stage.person.find(stage.window, QComboBox, "periodChoice")
    period.setCurrentIndex(period.count() - 1)
    stage.settle(300)
    yield "dates"
    period.setCurrentIndex(0)
    page = stage.window._pages["journal"]
    stage.person.type(page, "searchEdit", "xyz")
    stage.settle(400)
    yield "nothing-found"
    stage.person.click(page, "clearFilterButton")


def _documents(stage: Stage) -> Iterator[str]:
    page = stage.window._pages["documents"]
    assert isinstance(page, DocumentsPage)
    path = stage.runtime.home / "form.pdf"
    written = FPDF()
    written.add_page()
    written.set_font("helvetica", size=20)
    written.cell(text="Social insurance registration form")
    written.output(str(path))
    page.stamping.open_files([path])
    stage.person.wait(lambda: page.stamping.options.seal is not None)
    stage.settle(100)
    yield "placing"
    bar = page.tabs.tabBar()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(1).center())
    page.checking.check_files([path])
    stage.person.wait(lambda: page.checking.results.count() > 1)
    stage.settle()
    yield "checked"
    Issuers(stage.runtime.home).add(ISSUER, ISSUER.fingerprint)
    for verdict, make in FILES.items():
        file = stage.runtime.home / f"{verdict}.pdf"
        file.write_bytes(make())
        page.checking.check_files([file])
        stage.person.wait(lambda file=file: file in page.checking._cards)  # type: ignore[misc]
        stage.settle()
        yield f"checked-{verdict}"


_FURTHER: dict[str, Callable[[Stage], Iterator[str]]] = {
    "diagnosis": _diagnosis,
    "documents": _documents,
    "links": _links,
    "help": _help,
    "journal": _journal,
}


# Dialogs that a page opens


def _page_dialogs(stage: Stage) -> Iterator[State]:
    entry = stage.window.state.entries[0]
    dialog = DetailsDialog(entry, stage.window.actions_of_person, stage.window)
    with _open(stage, dialog):
        yield "details", dialog
    page = stage.person
    page.click(stage.window, "settingsButton")
    for name, button, text in (
        ("delete-journal", "deleteJournalButton", ""),
        ("trust-site", "addTrustedSiteButton", "https://portal.example.cn"),
    ):
        if text:
            page.type(stage.window, "trustedSiteField", text)
        page.click(stage.window, button)
        box = page.window(QDialog)
        yield name, box
        box.reject()
        stage.settle()
    issuer = IssuerDialog([ISSUER], stage.window)
    with _open(stage, issuer):
        page.type(issuer, "fingerprintEdit", "0000 0000")
        yield "add-issuer", issuer
    yield from _link_dialogs(stage)
    yield from _signed_view(stage)


def _signed_view(stage: Stage) -> Iterator[State]:
    """A file that was changed after signing, and what was signed."""
    page = stage.window._pages["documents"]
    assert isinstance(page, DocumentsPage)
    path = stage.runtime.home / "changed.pdf"
    path.write_bytes(
        updated(Stamper().stamp(papers.register(1), Placement()), new_field(shows=WHITE, box=(60, 690, 400, 730)))
    )
    stage.person.click(stage.window, "documentsButton")
    page.tabs.setCurrentIndex(1)
    already = page.checking.results.count()
    page.checking.check_files([path])
    stage.person.wait(lambda: page.checking.results.count() > already)
    stage.settle()
    yield "documents-changed", stage.window
    card, _ = page.checking._cards[path]
    stage.person.click(card, "showSignedButton")
    dialog = stage.person.window(SignedView)
    stage.person.wait(lambda: not dialog.viewer.page._picture.isNull())
    stage.settle()
    yield "signed-view", dialog
    stage.person.click(dialog, "closeButton")
    stage.settle()


def _link_dialogs(stage: Stage) -> Iterator[State]:
    stage.person.click(stage.window, "linksButton")
    stage.person.click(stage.window, "addLinkButton")
    dialog = stage.person.window(QDialog)
    stage.settle()
    yield "add-link", dialog
    dialog.reject()
    stage.settle()
    portal = stage.window.catalogue.find("cangzhou-provident-fund")
    assert portal is not None
    cards = stage.window.findChildren(QPushButton, "portalCard")
    card = next(c for c in cards if portal.shown_title in c.accessibleName() and c.isVisible())
    QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    dialog = stage.person.window(QDialog)
    stage.settle()
    yield "before-opening", dialog
    dialog.reject()
    stage.settle()


@contextmanager
def _open(stage: Stage, dialog: QDialog) -> Iterator[None]:
    dialog.open()
    stage.person.window(type(dialog))
    stage.settle()
    yield
    dialog.reject()
    stage.settle()


# Questions of the assistant


def _questions(stage: Stage) -> Iterator[State]:
    office, prompts = stage.office, stage.prompts
    asked = {
        "pin": lambda: prompts.enter_pin(office.pin()),
        "pin-last-try": lambda: prompts.enter_pin(office.pin(PinState.LAST_TRY, 1, days=20)),
        "pin-wrong": lambda: prompts.enter_pin(office.wrong_pin()),
        "pin-locked": lambda: prompts.enter_pin(office.pin(PinState.LOCKED, 0)),
        "pin-sign": lambda: prompts.enter_pin(office.sign_with_pin()),
        "pin-stamp": lambda: prompts.enter_pin(office.stamp_with_pin()),
        "pin-reset": lambda: prompts.enter_pin(office.reset()),
        "pin-practice": lambda: prompts.enter_pin(office.practice_pin()),
        "pin-change": lambda: prompts.enter_pin(office.change()),
        "pin-unblock": lambda: prompts.enter_pin(office.unblock()),
        "choose": lambda: prompts.choose_certificate(office.choice()),
        "pin-long-name": lambda: prompts.enter_pin(office.long_pin()),
        "choose-many-long-names": lambda: prompts.choose_certificate(office.long_choice()),
        "choose-unsuitable": lambda: prompts.choose_certificate(office.unsuitable_choice()),
        "connect": lambda: prompts.confirm(office.connect()),
        "connect-insecure": lambda: prompts.confirm(office.connect(insecure=True)),
        **{f"consent-{kind}": _consent(stage, kind) for kind in ConfirmKind if kind is not ConfirmKind.CONNECT},
    }
    for name, question in asked.items():
        stage.ask(question())
        dialog = stage.person.window(QDialog)
        stage.settle()
        yield name, dialog
        if name == "pin":
            stage.person.click(dialog, "keypadButton")
            stage.settle()
            yield "pin-keypad", dialog
        dialog.reject()
        stage.settle()


def _consent(stage: Stage, kind: ConfirmKind) -> Callable[[], object]:
    return lambda: stage.prompts.confirm(stage.office.about(kind))
