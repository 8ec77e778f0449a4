"""Two lists of quick links: the hidden ones, to bring back, and those of a file, to look at before they are taken in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hebca_helper.desktop.links.book import LinkBook
from hebca_helper.desktop.look.dialog import Dialog
from hebca_helper.desktop.look.icons import icon_label
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import badge, button, column, empty, label, panel, row, scrolled
from hebca_helper.portals.portal import Portal
from hebca_helper.texts import tr

SIZE = (560, 460)


class _ListDialog(Dialog):
    def __init__(self, name: str, title: str, hint: str, parent: QWidget) -> None:
        super().__init__(parent, name, title)
        inside = panel("pageBody")
        self.items = QVBoxLayout(inside)
        self.items.setContentsMargins(0, 0, 8, 0)
        self.items.setSpacing(8)
        head = row(icon_label("links-on", 28), label(title, "dialogTitle"), None, spacing=10)
        self.buttons = row(None)
        outer = column(head, label(hint, "hint", wrap=True), scrolled(inside), self.buttons, spacing=14)
        outer.setContentsMargins(24, 20, 24, 20)
        self.setLayout(outer)
        self.resize(*map(scaled, SIZE))

    def add(self, portal: Portal, *tools: QWidget, before: str = "") -> None:
        """`before` is where it led until now, where that changes."""
        said = column(label(portal.shown_title, "wayTitle", wrap=True), spacing=2)
        said.addWidget(label(portal.address or portal.telephone, "hint", wrap=True, selectable=True))
        if before:
            said.addWidget(label(tr("原来是 {address}").format(address=before), "hint", wrap=True, selectable=True))
        area = panel("listedLink")
        line = row(spacing=12)
        line.setContentsMargins(12, 8, 12, 8)
        line.addLayout(said, 1)
        for tool in tools:
            line.addWidget(tool, 0, Qt.AlignmentFlag.AlignVCenter)
        area.setLayout(line)
        self.items.addWidget(area)


class HiddenDialog(_ListDialog):
    def __init__(self, book: LinkBook, parent: QWidget) -> None:
        super().__init__("hiddenLinksDialog", tr("隐藏的链接"), tr("恢复后回到快捷链接中原来的分组。"), parent)
        self._book = book
        self.buttons.addWidget(button(tr("关闭"), "closeButton", self.accept, "primary"))
        self._fill()
        book.changed.connect(self._fill)

    def _fill(self) -> None:
        empty(self.items)
        for portal in self._book.hidden:
            again = button(tr("恢复"), "restoreButton", self._bringing(portal))
            again.setAccessibleName(tr("恢复“{title}”").format(title=portal.shown_title))
            self.add(portal, again)
        if not self._book.hidden:
            self.items.addWidget(label(tr("没有隐藏的链接"), "emptyText"))
        self.items.addStretch(1)

    def _bringing(self, portal: Portal) -> Callable[[], None]:
        return lambda: self._book.change(self._book.own.with_shown(portal.id))


class ImportDialog(_ListDialog):
    """What a file would bring: nothing is taken in before the person has seen the addresses."""

    agreed = Signal()

    def __init__(self, portals: Sequence[Portal], book: LinkBook, parent: QWidget) -> None:
        hint = tr("请核对网址，只导入可信的人提供的文件。导入的网站第一次使用证书时，会再问一次是否允许。")
        title = tr("导入 {count} 个链接").format(count=len(portals))
        super().__init__("importLinksDialog", title, hint, parent)
        shown = {portal.id: portal for portal in (*book.catalogue.portals, *book.hidden)}
        for portal in portals:
            there = shown.get(portal.id)
            self.add(portal, _mark(portal, there), before=_other_address(portal, there))
        self.items.addStretch(1)
        self.buttons.addWidget(button(tr("取消"), "cancelButton", self.reject))
        take = button(tr("导入"), "importButton", self._take, "primary")
        self.buttons.addWidget(take)

    def _take(self) -> None:
        self.agreed.emit()
        self.accept()


def _other_address(portal: Portal, before: Portal | None) -> str:
    if before is None or before.address == portal.address:
        return ""
    return before.address or before.telephone


def _mark(portal: Portal, before: Portal | None) -> QWidget:
    if before is None:
        return badge(tr("新增"), "good")
    return badge(tr("不变"), "grey") if before == portal else badge(tr("修改"), "amber")
