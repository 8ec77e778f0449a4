"""Where to open or save: Qt's own dialog, since the desktop's portal refuses a process that is closed to others."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths, QTimer
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

import hebca_helper.desktop
from hebca_helper.desktop.file_dialogs import file_to_open, file_to_save, files_to_open, folder_to_save
from tests.desktop.file_dialogs import saving_as
from tests.desktop.person import Person

pytestmark = pytest.mark.desktop
OURS = "file_dialogs.py"


def given_up(seen: Callable[[QFileDialog], None], person: Person, ask: Callable[[], object]) -> object:
    """What `ask` gives for a dialog that the person looks at and leaves."""

    def look() -> None:
        (dialog,) = person.windows(QFileDialog)
        try:
            seen(dialog)
        finally:
            dialog.reject()

    QTimer.singleShot(100, look)
    return ask()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system's own dialog is shown")
def test_each_dialog_is_our_own_and_offers_the_places_a_clerk_knows(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = tmp_path / "桌面"
    desk.mkdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda place: str(desk))
    before = QFileDialog()
    shared = before.sidebarUrls()

    def seen(dialog: QFileDialog) -> None:
        assert dialog.testOption(QFileDialog.Option.DontUseNativeDialog)
        assert [each.toLocalFile() for each in dialog.sidebarUrls()] == [str(desk), ""]
        texts = person.texts(dialog)
        assert "所在位置" in texts and "类型" in texts

    window = QWidget()
    assert given_up(seen, person, lambda: file_to_open(window, "打开", "PDF (*.pdf)")) is None
    assert given_up(seen, person, lambda: files_to_open(window, "打开", "PDF (*.pdf)")) == []
    assert given_up(seen, person, lambda: file_to_save(window, "保存", tmp_path / "甲.pdf", "PDF (*.pdf)")) is None
    assert given_up(seen, person, lambda: folder_to_save(window, "保存", tmp_path)) is None
    assert QFileDialog().sidebarUrls() == shared


def test_a_name_without_an_ending_gets_it(person: Person, tmp_path: Path) -> None:
    with saving_as(tmp_path / "乙"):
        chosen = file_to_save(None, "保存", tmp_path / "甲.pdf", "PDF (*.pdf)")
    assert chosen == tmp_path / "乙.pdf"


def test_the_suggested_name_stands_there(person: Person, tmp_path: Path) -> None:
    names = []
    given_up(
        lambda dialog: names.append(person.find(dialog, QLineEdit, "fileNameEdit").text()),
        person,
        lambda: file_to_save(None, "保存", tmp_path / "甲.pdf", "PDF (*.pdf)"),
    )
    assert names == ["甲.pdf"]


def test_nobody_else_asks_for_files() -> None:
    folder = Path(hebca_helper.desktop.__file__).parent
    others = [
        path.name for path in folder.rglob("*.py") if path.name != OURS and "QFileDialog" in path.read_text("utf-8")
    ]
    assert others == []
