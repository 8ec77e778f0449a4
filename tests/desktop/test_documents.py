"""签章文档: a clerk stamps a register and a batch, is asked once, and checks what came out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QRadioButton, QWidget

from hebca_helper.desktop.dialogs.consent import ConsentDialog
from hebca_helper.desktop.dialogs.pin import PinDialog
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.pictures import image_of
from hebca_helper.desktop.pages.documents.page import DocumentsPage
from hebca_helper.desktop.pages.documents.signed_view import SignedView
from hebca_helper.desktop.pages.documents.view import DOTS_PER_INCH, DocumentPage
from hebca_helper.documents.pdf.placement import Placement
from hebca_helper.documents.pdf.viewing import OpenDocument
from hebca_helper.errors import Code, HelperError
from tests.desktop.desk import Desk, open_desk
from tests.desktop.person import Person
from tests.documents.pdf import papers
from tests.documents.pdf.stamper import Stamper


@pytest.fixture
def desk(person: Person, link: Link, tmp_path: Path) -> Iterator[Desk]:
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    with open_desk(person, link, home) as opened:
        yield opened


def drop(area: QWidget, files: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(each)) for each in files])
    event = QDropEvent(
        QPointF(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    area.dropEvent(event)


def test_a_clerk_stamps_and_checks(desk: Desk, person: Person, link: Link, tmp_path: Path) -> None:
    register = tmp_path / "登记名册.pdf"
    register.write_bytes(papers.register())
    original = register.read_bytes()
    page = desk.page("documents")
    assert isinstance(page, DocumentsPage)

    drop(page.stamping.drop, [register])
    sheet = person.find(page, DocumentPage, "documentPage")
    person.wait(lambda: sheet.spots and page.stamping.options.go.isEnabled())
    before = sheet.spots[0]
    QTest.keyClick(sheet, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(sheet, Qt.Key.Key_Up)
    assert sheet.spots == [(before[0] - 10, before[1] - 1)]
    assert "左起" in sheet.accessibleName()

    person.click(page, "stampButton")
    asked = person.window(PinDialog)
    assert "登记名册.pdf" in person.texts(asked)
    preview = person.find(asked, QLabel, "stampPreview")
    assert preview.pixmap().width() > 200
    person.type(asked, "pinEdit", "123456")
    person.click(asked, "confirmButton")
    desk.sees("已盖章，保存为")
    assert register.read_bytes() == original
    _close_offers(person)
    person.wait(lambda: not sheet._picture.isNull())
    page.stamping.viewer._fit_again()
    assert sheet.spots == []  # the stamped file is looked at, nothing lies over it
    looked: list[object] = []
    link.started.connect(looked.append)
    page.stamping.look_for_seals()  # as when the USBKEY is pulled out, which takes nothing from what is told
    assert looked == []
    person.click(page, "stampAgainButton")
    person.wait(lambda: sheet.spots and page.stamping.options.go.isEnabled())
    person.find(page, QRadioButton, "way-edge").click()
    person.click(page, "stampButton")
    person.click(person.window(ConsentDialog), "confirmButton")
    desk.sees("已盖章，保存为 登记名册-已盖章(2).pdf")
    assert (
        (tmp_path / "登记名册-已盖章(2).pdf").read_bytes().startswith((tmp_path / "登记名册-已盖章.pdf").read_bytes())
    )

    page.tabs.setCurrentIndex(1)
    drop(page.checking.drop, [tmp_path / "登记名册-已盖章.pdf", register])
    desk.sees("内容完整，签名人身份未核实", "签名后没有改动", "没有签名", "演练科技有限公司")

    page.tabs.setCurrentIndex(0)
    _stamp_several(desk, person, page, tmp_path)


def _stamp_several(desk: Desk, person: Person, page: DocumentsPage, folder: Path) -> None:
    """Of three files one cannot be stamped; the person, who is logged in, is asked once."""
    sheet = person.find(page, DocumentPage, "documentPage")
    several = []
    for number in range(3):
        path = folder / f"批量{number}.pdf"
        path.write_bytes(papers.register() if number != 1 else papers.encrypted())
        several.append(path)
    page.stamping.open_files(several)
    person.wait(lambda: page.stamping.options.go.isEnabled() and sheet.spots)
    person.find(page, QRadioButton, "way-every-page").click()
    person.click(page, "stampButton")
    listed = person.window(ConsentDialog)
    assert "批量0.pdf" in listed.findChild(QWidget, "contentView").toPlainText()  # type: ignore[union-attr]
    person.click(listed, "confirmButton")
    desk.sees("已盖章 2 个，未完成 1 个")
    assert (folder / "批量2-已盖章.pdf").exists()
    assert not (folder / "批量1-已盖章.pdf").exists()


def test_who_takes_another_file_hears_no_more_of_the_first(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, good = tmp_path / "坏文件.pdf", tmp_path / "好文件.pdf"
    broken.write_bytes(b"%PDF-1.7 and no more")
    good.write_bytes(papers.register(1))
    page = desk.page("documents")
    assert isinstance(page, DocumentsPage)
    tell = Mock(wraps=page.stamping._tell)
    monkeypatch.setattr(page.stamping, "_tell", tell)
    page.stamping.open_files([good])
    page.stamping.open_files([broken])
    desk.sees("文件结构有损坏")
    assert [call.args for call in tell.call_args_list if call.args] == [tell.call_args.args]


def test_a_long_list_of_results_makes_the_other_tab_no_higher(desk: Desk, person: Person) -> None:
    page = desk.page("documents")
    assert isinstance(page, DocumentsPage)
    before = page.tabs.minimumSizeHint().height()
    page.tabs.setCurrentIndex(1)
    for number in range(40):
        page.checking._failed(Path(f"{number}.pdf"), HelperError(Code.DOCUMENT_UNREADABLE))
    person.wait(lambda: page.tabs.minimumSizeHint().height() > 2 * before)
    page.tabs.setCurrentIndex(0)
    person.wait(lambda: page.tabs.minimumSizeHint().height() == before)


def test_a_forms_own_signature_field_is_offered(desk: Desk, person: Person, tmp_path: Path) -> None:
    form = tmp_path / "申请表.pdf"
    form.write_bytes(papers.form(page=1))
    page = desk.page("documents")
    assert isinstance(page, DocumentsPage)
    page.stamping.open_files([form])
    sheet = person.find(page, DocumentPage, "documentPage")
    way = person.find(page, QRadioButton, "way-field")
    person.wait(lambda: way.isChecked() and sheet.spots and page.stamping.options.go.isEnabled())
    assert page.stamping.viewer.number == 1
    assert sheet.spots[0] == pytest.approx((405 / 72 * 25.4, 297 - 230 / 72 * 25.4), abs=0.5)
    person.click(page, "stampButton")
    asked = person.window(PinDialog)
    person.type(asked, "pinEdit", "123456")
    person.click(asked, "confirmButton")
    desk.sees("已盖章，保存为", "印章已按签名域缩小")
    _close_offers(person)

    plain = tmp_path / "名册.pdf"
    plain.write_bytes(papers.register(1))
    page.stamping.open_files([plain])
    person.wait(lambda: sheet.spots)
    assert not way.isVisibleTo(page)
    assert person.find(page, QRadioButton, "way-position").isChecked()


def _close_offers(person: Person) -> None:
    """The initial PIN is pointed out after the first login."""
    offer = person.window(ConsentDialog)
    person.click(offer, "cancelButton")


def test_without_a_usable_seal_it_says_what_to_do(person: Person, link: Link, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    paper = tmp_path / "a.pdf"
    paper.write_bytes(papers.register(1))
    secret = tmp_path / "b.pdf"
    secret.write_bytes(papers.encrypted())
    with open_desk(person, link, home, "no-seal") as desk:
        page = desk.page("documents")
        assert isinstance(page, DocumentsPage)
        page.stamping.open_files([paper])
        person.wait(lambda: page.findChild(QWidget, "lookAtSealsButton"))
        assert not page.stamping.options.go.isEnabled()
        page.stamping.open_files([secret])
        desk.sees("文件有密码保护")


def test_a_person_sees_what_was_signed(desk: Desk, person: Person, tmp_path: Path) -> None:
    """A later update draws over the page; what is shown is the file before it."""
    changed = tmp_path / "登记名册.pdf"
    signed = Stamper().stamp(papers.register(2), Placement())
    changed.write_bytes(papers.drawn_over(signed))
    page = desk.page("documents")
    assert isinstance(page, DocumentsPage)
    page.tabs.setCurrentIndex(1)
    page.checking.check_files([changed])
    desk.sees("签名后被改动", "变动的地方")
    person.click(page, "showSignedButton")
    shown = person.window(SignedView)
    person.wait(lambda: not shown.viewer.page._picture.isNull())
    with OpenDocument(signed) as opened:
        wanted = opened.picture(0, DOTS_PER_INCH * shown.viewer.zoom * shown.devicePixelRatioF())
    assert image_of(wanted) == shown.viewer.page._picture
    person.click(shown, "closeButton")
    person.wait(lambda: not desk.window.findChildren(SignedView))
