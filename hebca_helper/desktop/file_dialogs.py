"""Asks which file to open, or where to save one: Qt's own dialog on Linux.

The desktop's file dialog is shown by its portal, which answers only processes that others of the same user may look into.
Ours is closed to them (`hebca_helper.hardening`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, QUrl
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QSplitter, QToolButton, QTreeView, QWidget

from hebca_helper.desktop.look.icons import icon
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import restyle
from hebca_helper.texts import tr

_SIZE = QSize(780, 480)
_LABELS = (QFileDialog.DialogLabel.LookIn, QFileDialog.DialogLabel.FileName, QFileDialog.DialogLabel.FileType)
_SIDE = 140
_COLUMNS = (250, 90, 110, 140)
_ICONS = {
    "backButton": "left",
    "forwardButton": "right",
    "toParentButton": "up",
    "listModeButton": "",
    "detailModeButton": "",
}
"""Of Qt's tool buttons; those without one go."""
_PLACES = (
    QStandardPaths.StandardLocation.DesktopLocation,
    QStandardPaths.StandardLocation.DocumentsLocation,
    QStandardPaths.StandardLocation.DownloadLocation,
    QStandardPaths.StandardLocation.HomeLocation,
)
_COMPUTER = QUrl("file:")
"""Qt's name for all drives."""


def file_to_open(parent: QWidget | None, title: str, kinds: str) -> Path | None:
    """One that exists, from the home folder on; None when the person gave up. `kinds` as Qt writes filters."""
    return _first(_ask(parent, title, Path.home(), kinds, lambda _: None))


def files_to_open(parent: QWidget | None, title: str, kinds: str) -> list[Path]:
    """Any number of them; none when the person gave up."""
    return _ask(parent, title, Path.home(), kinds, lambda d: d.setFileMode(QFileDialog.FileMode.ExistingFiles))


def file_to_save(
    parent: QWidget | None, title: str, suggested: Path, kinds: str, *, overwriting_is_asked_here: bool = True
) -> Path | None:
    """Begins with `suggested`, whose ending a name without one gets. Without `overwriting_is_asked_here` the caller asks."""

    def prepare(dialog: QFileDialog) -> None:
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suggested.suffix)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, not overwriting_is_asked_here)
        dialog.selectFile(suggested.name)

    return _first(_ask(parent, title, suggested.parent, kinds, prepare))


def folder_to_save(parent: QWidget | None, title: str, start: Path) -> Path | None:
    """A folder that exists."""

    def prepare(dialog: QFileDialog) -> None:
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)

    return _first(_ask(parent, title, start, "", prepare))


def _ask(
    parent: QWidget | None, title: str, folder: Path, kinds: str, prepare: Callable[[QFileDialog], None]
) -> list[Path]:
    dialog = QFileDialog(parent, title, str(folder), kinds)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog, sys.platform == "linux")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    prepare(dialog)
    if dialog.testOption(QFileDialog.Option.DontUseNativeDialog):
        _dress(dialog)
    shared = dialog.sidebarUrls(), dialog.history()
    dialog.setSidebarUrls(_places())
    try:
        return [Path(each) for each in dialog.selectedFiles()] if dialog.exec() else []
    finally:
        # What Qt keeps for all Qt programs of this user stays as it was.
        dialog.setSidebarUrls(shared[0])
        dialog.setHistory(shared[1])
        dialog.deleteLater()


def _dress(dialog: QFileDialog) -> None:
    """In our words, with our icons, and columns as wide as what stands in them. The names are those of Qt's own parts."""
    dialog.resize(scaled(_SIZE.width()), _SIZE.height())
    for part, text in zip(_LABELS, (tr("所在位置"), tr("名称"), tr("类型")), strict=True):
        dialog.setLabelText(part, text)
    for name, drawn in _ICONS.items():
        for found in dialog.findChildren(QToolButton, name):
            found.setIcon(icon(drawn)) if drawn else found.hide()
    for box in dialog.findChildren(QDialogButtonBox):
        for answer in box.buttons():
            answer.setIcon(QIcon())
            if box.buttonRole(answer) is QDialogButtonBox.ButtonRole.AcceptRole:
                restyle(answer, kind="primary")
    for splitter in dialog.findChildren(QSplitter):
        splitter.setSizes([scaled(_SIDE), scaled(_SIZE.width() - _SIDE)])
    for table in dialog.findChildren(QTreeView, "treeView"):
        for column, width in enumerate(_COLUMNS):
            table.header().resizeSection(column, scaled(width))


def _places() -> list[QUrl]:
    """Where a clerk's files are, as far as these folders exist, each once."""
    found = [Path(QStandardPaths.writableLocation(place)) for place in _PLACES]
    return [*(QUrl.fromLocalFile(str(each)) for each in dict.fromkeys(found) if each.is_dir()), _COMPUTER]


def _first(chosen: list[Path]) -> Path | None:
    return chosen[0] if chosen else None
