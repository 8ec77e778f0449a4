"""快捷链接: the portals of 社保 and 公积金 one click away, and the issuer's services."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QGridLayout, QLineEdit, QToolButton, QWidget

from hebca_helper.desktop.cards import CardButton
from hebca_helper.desktop.icons import icon, icon_label
from hebca_helper.desktop.pages.page import Page, nothing_here
from hebca_helper.desktop.widgets import badge, button, column, empty, label, row
from hebca_helper.portals.catalogue import BrowserNeed, Catalogue, Group, Portal
from hebca_helper.texts import tr

COLUMNS = 2
_PICTURES = {
    Group.SOCIAL_SECURITY: "people",
    Group.PROVIDENT_FUND: "building",
    Group.CERTIFICATE_SERVICE: "certificate-on",
    Group.PRACTICE: "globe",
}


class LinksPage(Page):
    """`open_portal` is called with the portal that was clicked."""

    def __init__(self, catalogue: Catalogue, open_portal: Callable[[Portal], None]) -> None:
        super().__init__(tr("快捷链接"), tr("点一下就打开网站，登录时请插好 USBKEY"))
        self._catalogue = catalogue
        self._open = open_portal
        self._search = QLineEdit()
        self._search.setObjectName("searchEdit")
        self._search.setPlaceholderText(tr("搜索，如：延期、解锁证书"))
        self._search.setAccessibleName(tr("搜索快捷链接"))
        self._search.setClearButtonEnabled(True)
        self._search.addAction(QIcon(icon("search")), QLineEdit.ActionPosition.LeadingPosition)
        for tool, name in zip(self._search.findChildren(QToolButton), (tr("清除"), tr("搜索")), strict=True):
            tool.setAccessibleName(name)
        self._search.setFixedWidth(240)
        self._search.textChanged.connect(self._show)
        self.top.addWidget(self._search, 0, Qt.AlignmentFlag.AlignBottom)
        self._show("")

    def use(self, catalogue: Catalogue) -> None:
        """Show this catalogue from now on."""
        self._catalogue = catalogue
        self._show(self._search.text())

    def _show(self, words: str) -> None:
        empty(self.body)
        found = self._catalogue.search(words)
        for group in Group:
            portals = [portal for portal in found if portal.group is group]
            if portals:
                self.body.addWidget(label(tr(group.value), "groupTitle"))
                self.body.addLayout(self._cards(portals))
                self.body.addSpacing(8)
        if not found:
            clear = button(tr("显示全部"), "clearSearchButton", self._search.clear)
            hint = tr("换一个词试试，或拨打客服 400-707-3355")
            self.body.addWidget(nothing_here("search", tr("没有找到相关的链接"), hint, clear))
        self.body.addStretch(1)

    def _cards(self, portals: Iterable[Portal]) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(12)
        for place, portal in enumerate(portals):
            card = PortalCard(portal)
            card.clicked.connect(lambda _=False, portal=portal: self._open(portal))
            grid.addWidget(card, place // COLUMNS, place % COLUMNS)
        for place in range(COLUMNS):
            grid.setColumnStretch(place, 1)
        return grid


class PortalCard(CardButton):
    def __init__(self, portal: Portal) -> None:
        super().__init__("portalCard")
        self.setProperty("portal", portal.id)
        self.setAccessibleName(portal.title)
        self.setAccessibleDescription(portal.note)
        if portal.address:
            self.setToolTip(portal.address)
        picture = icon_label("telephone" if portal.telephone else _PICTURES[portal.group], 28)
        title = row(label(portal.title, "portalTitle"), *_marks(portal), None, spacing=6)
        words = column(title, label(portal.note, "portalNote", wrap=True), None, spacing=2)
        line = row(spacing=12)
        line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        self.fill(line)


def _marks(portal: Portal) -> list[QWidget]:
    marks: list[QWidget] = []
    if portal.browser is BrowserNeed.CHROME:
        marks.append(badge(tr("需谷歌浏览器")))
    if portal.insecure:
        marks.append(badge(tr("连接不安全"), "amber"))
    return marks
