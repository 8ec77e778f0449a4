"""What a person can do with the quick links on the first page: each thing has its dialog, or can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from hebca_helper.desktop.file_dialogs import file_to_open
from hebca_helper.desktop.links.book import LinkBook
from hebca_helper.desktop.links.card import Choice
from hebca_helper.errors import HelperError
from hebca_helper.portals.portal import Portal
from hebca_helper.texts import tr

Tell = Callable[[str, str, Callable[[], None] | None], None]
"""Text, and a button with what it does."""

_UP = Qt.KeyboardModifier.AltModifier.value | Qt.Key.Key_Up.value
_DOWN = Qt.KeyboardModifier.AltModifier.value | Qt.Key.Key_Down.value


class LinkDoings:
    def __init__(self, book: LinkBook, window: QWidget, open_portal: Callable[[Portal], None], tell: Tell) -> None:
        self._book = book
        self._window = window
        self._open = open_portal
        self._tell = tell

    def choices(self, portal: Portal) -> list[Choice | None]:
        """The menu of a card; None is a line in it. Practice links come and go by themselves."""
        first = Choice("openAction", tr("复制号码") if portal.telephone else tr("打开"), partial(self._open, portal))
        copy = Choice("copyAction", tr("复制网址"), partial(self._copy, portal.address))
        shown: list[Choice | None] = [first, copy] if portal.address else [first]
        if self._book.is_practice(portal):
            return shown
        favourite = portal.id in self._book.own.favourites
        star = tr("取消收藏") if favourite else tr("收藏")
        remove = tr("删除") if self._is_added(portal) else tr("隐藏")
        shown += [
            Choice("favouriteAction", star, partial(self._book.set_favourite, portal, not favourite)),
            None,
            Choice("upAction", f"{tr('上移')}\tAlt+↑", partial(self._book.move, portal, -1), _UP),
            Choice("downAction", f"{tr('下移')}\tAlt+↓", partial(self._book.move, portal, 1), _DOWN),
            None,
            Choice("editAction", f"{tr('编辑…')}\tF2", partial(self.edit, portal), Qt.Key.Key_F2.value),
        ]
        if self._book.shipped_form(portal.id) is not None:
            shown.append(Choice("restoreAction", tr("恢复原样"), partial(self._restore, portal)))
        shown.append(Choice("removeAction", f"{remove}\tDel", partial(self._remove, portal), Qt.Key.Key_Delete.value))
        return shown

    def add(self) -> None:
        self.edit(None)

    def edit(self, portal: Portal | None) -> None:
        from hebca_helper.desktop.links.edit import LinkDialog

        dialog = LinkDialog(portal, self._book.cities, self._window)
        dialog.saved.connect(self._book.keep)
        dialog.open()

    def show_hidden(self) -> None:
        from hebca_helper.desktop.links.lists import HiddenDialog

        HiddenDialog(self._book, self._window).open()

    def forget_order(self) -> None:
        before = self._book.own
        self._book.change(before.in_catalogue_order())
        self._tell(tr("已恢复默认顺序"), tr("撤销"), lambda: self._book.change(before))

    def choose_file(self) -> None:
        kinds = tr("链接文件 (*.toml)")
        path = file_to_open(self._window, tr("导入链接"), kinds)
        if path is not None:
            self.read_file(path)

    def read_file(self, path: Path) -> None:
        """Shows what the file would bring."""
        from hebca_helper.desktop.links.lists import ImportDialog
        from hebca_helper.portals.catalogue import load

        try:
            portals = load(path).portals
        except HelperError as problem:
            self._tell(str(problem), "", None)
            return
        if not portals:
            self._tell(tr("这个文件里没有链接"), "", None)
            return
        dialog = ImportDialog(portals, self._book, self._window)
        dialog.agreed.connect(lambda: self._take_in(portals))
        dialog.open()

    def _take_in(self, portals: tuple[Portal, ...]) -> None:
        before = own = self._book.own
        for portal in portals:
            if self._book.shipped.find(portal.id) != portal:
                own = own.with_portal(portal)
        self._book.change(own)
        told = tr("已导入 {count} 个链接").format(count=len(portals))
        self._tell(told, tr("撤销"), lambda: self._book.change(before))

    def _copy(self, address: str) -> None:
        QGuiApplication.clipboard().setText(address)
        self._tell(tr("已复制"), "", None)

    def _is_added(self, portal: Portal) -> bool:
        return self._book.own.is_own(portal.id) and self._book.shipped.find(portal.id) is None

    def _remove(self, portal: Portal) -> None:
        text = tr("已删除“{title}”") if self._is_added(portal) else tr("已隐藏“{title}”，可以在“更多”中恢复")
        undo = self._book.remove(portal)
        self._tell(text.format(title=portal.shown_title), tr("撤销"), undo)

    def _restore(self, portal: Portal) -> None:
        undo = self._book.restore(portal)
        self._tell(tr("“{title}”已恢复原样").format(title=portal.shown_title), tr("撤销"), undo)
