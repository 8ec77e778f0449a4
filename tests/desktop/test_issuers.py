"""添加签发机构 in the window: an amber check turns green once a fingerprint was compared, and back when the issuer is removed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton, QWidget

from hebca_helper.assistant.stamping.chain_states import Chain, ChainState
from hebca_helper.desktop.issuers import IssuerDialog
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.widgets import Tell
from hebca_helper.desktop.pages.certificates.card import CertificateCard
from hebca_helper.desktop.pages.documents.page import DocumentsPage
from hebca_helper.errors import TABLE, Code
from tests.desktop.desk import Desk, open_desk
from tests.desktop.gallery.judged import FILES, ISSUER
from tests.desktop.person import Person

pytestmark = pytest.mark.desktop
FINGERPRINT = ISSUER.fingerprint.upper()


def verdicts(desk: Desk) -> dict[str, tuple[str, str]]:
    """What each file's card says, and its colour."""
    page = desk.window._pages["documents"]
    cards = page.checking.results.parentWidget().findChildren(QWidget, "card")  # type: ignore[attr-defined]
    shown = {}
    for card in cards:
        tell = desk.person.find(card, Tell, "tell")
        name, title = (desk.person.find(card, QLabel, each).text() for each in ("cardTitle", "tellTitle"))
        shown[name] = (title, tell.property("level"))
    return shown


def test_an_issuer_is_added_where_it_is_missed(person: Person, link: Link, home: Path, tmp_path: Path) -> None:
    for verdict, make in FILES.items():
        (tmp_path / f"{verdict}.pdf").write_bytes(make())
    (tmp_path / "ca.cer").write_bytes(ISSUER.der)
    with open_desk(person, link, home, None) as desk:
        page = desk.page("documents")
        assert isinstance(page, DocumentsPage)
        page.tabs.setCurrentIndex(1)
        page.checking.check_files([tmp_path / f"{verdict}.pdf" for verdict in FILES])
        person.wait(lambda: len(verdicts(desk)) == len(FILES))
        unknown = ("内容完整，签名人身份未核实", "amber")
        assert verdicts(desk) == {
            "valid.pdf": unknown,
            "unidentified.pdf": unknown,
            "indeterminate.pdf": ("不能确定", "grey"),
            "invalid.pdf": ("无效", "red"),
        }
        desk.sees("原因：签名人的证书不是由本机信任的机构签发的", "原因：签名后内容被改动")
        assert len(page.findChildren(QPushButton, "addIssuerButton")) == 2, "only where an issuer is missed"

        page.checking._adding.read(tmp_path / "ca.cer")
        dialog = person.window(IssuerDialog)
        assert FINGERPRINT[:4] in person.find(dialog, QLabel, "fingerprint").text()
        confirm = person.find(dialog, QPushButton, "confirmButton")
        person.type(dialog, "fingerprintEdit", "0000 0000")
        assert not confirm.isEnabled()
        assert "不一致" in person.texts(dialog)
        dialog.typed.clear()
        person.type(dialog, "fingerprintEdit", f"{FINGERPRINT[-8:-4]} {FINGERPRINT[-4:]}")
        person.click(dialog, "confirmButton")
        person.wait(lambda: verdicts(desk)["valid.pdf"] == ("签名有效", "good"))
        assert verdicts(desk)["unidentified.pdf"] == unknown, "who signed for himself is known to nobody"

        settings = desk.page("settings")
        person.wait(lambda: settings.findChild(QPushButton, f"remove-{ISSUER.fingerprint[:8]}"))
        desk.sees("EXAMPLE CA")
        person.click(settings, f"remove-{ISSUER.fingerprint[:8]}")
        person.click(person.window(QMessageBox), "consentButton")
        desk.sees("还没有信任的签发机构")
        desk.page("documents")
        page.checking.check_files([tmp_path / "valid.pdf"])
        person.wait(lambda: verdicts(desk).get("valid.pdf") == unknown)


def test_what_cannot_be_added_says_why_and_a_card_offers_to_add(person: Person, link: Link, home: Path) -> None:
    with open_desk(person, link, home) as desk:
        page = desk.page("documents")
        assert isinstance(page, DocumentsPage)
        page.checking._adding.read(home / "practice" / "ca" / "root.cer")
        box = person.window(QMessageBox)
        assert TABLE[Code.ISSUER_UNFIT].text in box.text()
        assert "演练机构只用于练习" in box.text()
        person.click(box, "closeButton")

        card = person.find(desk.page("certificates"), CertificateCard, "card")
        assert card.findChild(QPushButton, "addIssuerButton") is None
        card.tell_chain(Chain(ChainState.ISSUER_UNKNOWN))
        assert card.findChild(QPushButton, "addIssuerButton") is not None
