"""快捷链接: the portals of 社保 and 公积金 one click away, the issuer's services, and what the person added."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QMenu, QPushButton, QToolButton, QWidget

from hebca_helper.desktop.links.book import LinkBook
from hebca_helper.desktop.links.card import ChipLine, LinkCard, LinkChip
from hebca_helper.desktop.links.doings import LinkDoings
from hebca_helper.desktop.look.pressing import PushButton
from hebca_helper.desktop.look.search_field import SearchField
from hebca_helper.desktop.look.widgets import button, empty, label
from hebca_helper.desktop.pages.page import Page, nothing_here
from hebca_helper.portals.portal import Group, Portal, group_title
from hebca_helper.texts import tr

COLUMNS = 2
CHIPS = 4
"""Favourite and recent links above the groups, in a line."""
SETTLING_ROUNDS = 50
"""Rounds of Qt's events in which a page that was filled anew may grow to its height again."""


class LinksPage(Page):
    """`open_portal` is called with the portal that was clicked."""

    def __init__(self, book: LinkBook, doings: LinkDoings, open_portal: Callable[[Portal], None]) -> None:
        super().__init__(tr("快捷链接"), tr("点一下就打开网站，登录时请插好 USBKEY"))
        self._book = book
        self._doings = doings
        self._open = open_portal
        self._cards_shown: dict[str, LinkCard] = {}
        self._search = SearchField(tr("搜索快捷链接"), tr("搜索，如：延期、zjk"), width=200)
        self._search.wanted.connect(self._show)
        self._search.returnPressed.connect(self._open_first)
        for widget in (self._search, self._add_button(), self._more_button()):
            self.top.addWidget(widget, 0, Qt.AlignmentFlag.AlignBottom)
        self._show()
        book.changed.connect(self._show_again)

    def _add_button(self) -> QPushButton:
        made = button(tr("添加链接"), "addLinkButton", self._doings.add)
        made.setShortcut("Ctrl+N")
        return made

    def _more_button(self) -> QPushButton:
        menu = QMenu(self)
        menu.setObjectName("linksMenu")
        menu.addAction(tr("导入链接文件…"), self._doings.choose_file).setObjectName("importAction")
        self._hidden_action = menu.addAction(tr("隐藏的链接…"), self._doings.show_hidden)
        self._hidden_action.setObjectName("hiddenAction")
        self._order_action = menu.addAction(tr("恢复默认顺序"), self._doings.forget_order)
        self._order_action.setObjectName("defaultOrderAction")
        menu.aboutToShow.connect(self._refresh_menu)
        made = PushButton(tr("更多"))
        made.setObjectName("moreLinksButton")
        made.setAutoDefault(False)
        made.setMenu(menu)
        return made

    def _refresh_menu(self) -> None:
        self._hidden_action.setEnabled(bool(self._book.hidden))
        self._order_action.setEnabled(bool(self._book.own.order))

    def _open_first(self) -> None:
        found = self._found()
        if self._search.words and len(found) == 1:
            self._open(found[0])

    def _found(self) -> tuple[Portal, ...]:
        return self._book.catalogue.search(self._search.text())

    # What is shown

    def _show_again(self) -> None:
        """The links changed: the page stays where it was, the keyboard on its card or the button in that."""
        focus = self.focusWidget()
        place = next((name for name, card in self._cards_shown.items() if _holds(card, focus)), "")
        inside = focus.objectName() if focus is not None and isinstance(focus, QToolButton) else ""
        height = self._area.verticalScrollBar().value()
        if focus is not None and place:
            focus.clearFocus()  # else Qt hands it to the next card that is still there, and scrolls to it
        self._area.setUpdatesEnabled(False)
        self._show()
        QTimer.singleShot(0, self, lambda: self._settle(height, place, inside))

    def _settle(self, height: int, portal_id: str, inside: str, rounds: int = SETTLING_ROUNDS) -> None:
        """The new cards have their places; Qt shows new widgets some rounds of events later, when the computer is busy."""
        if rounds and self._area.verticalScrollBar().maximum() < height:
            QTimer.singleShot(0, self, lambda: self._settle(height, portal_id, inside, rounds - 1))
            return
        self._area.verticalScrollBar().setValue(height)
        self._area.setUpdatesEnabled(True)
        self._give_focus(portal_id, inside)

    def _give_focus(self, portal_id: str, inside: str) -> None:
        card = self._cards_shown.get(portal_id)
        if card is not None:
            tool = card.findChild(QToolButton, inside) if inside else None
            (tool or card).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self) -> None:
        empty(self.body)
        self._cards_shown = {}
        found = self._found()
        searching = bool(self._search.words)
        if not searching:
            self._add_chips()
        for group in Group:
            portals = [portal for portal in found if portal.group is group]
            if portals:
                self.body.addWidget(label(group_title(group), "groupTitle"))
                self.body.addLayout(self._cards(portals))
                self.body.addSpacing(8)
        if not found:
            self.body.addWidget(self._nothing(searching))
        self.body.addStretch(1)

    def _nothing(self, searching: bool) -> QWidget:
        if searching:
            clear = button(tr("显示全部"), "clearSearchButton", self._search.clear)
            hint = tr("换一个词试试，或拨打客服 400-707-3355")
            return nothing_here("search", tr("没有找到相关的链接"), hint, clear)
        again = button(tr("隐藏的链接"), "showHiddenButton", self._doings.show_hidden)
        return nothing_here("links", tr("链接都被隐藏了"), tr("可以恢复隐藏的链接，或添加新的链接。"), again)

    def _add_chips(self) -> None:
        favourites = self._book.favourites[:CHIPS]
        recent = [portal for portal in self._book.recent if portal not in favourites][:CHIPS]
        lines = [(tr("我的收藏"), "star-on", favourites), (tr("最近使用"), "clock", recent)]
        if not favourites and not recent:
            return
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for place, (title, picture, portals) in enumerate(lines):
            if portals:
                grid.addWidget(label(title, "chipsTitle"), place, 0)
                grid.addWidget(self._chips(picture, portals), place, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        self.body.addSpacing(4)

    def _chips(self, picture: str, portals: Sequence[Portal]) -> ChipLine:
        chips = [LinkChip(portal, picture) for portal in portals]
        for chip in chips:
            chip.clicked.connect(lambda _=False, portal=chip.portal: self._open(portal))
        return ChipLine(chips)

    def _cards(self, portals: Sequence[Portal]) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(12)
        for place, portal in enumerate(portals):
            grid.addWidget(self._card(portal), place // COLUMNS, place % COLUMNS)
        for place in range(COLUMNS):
            grid.setColumnStretch(place, 1)
        return grid

    def _card(self, portal: Portal) -> LinkCard:
        own = self._book.own
        card = LinkCard(
            portal,
            favourite=portal.id in own.favourites,
            own=own.is_own(portal.id),
            choices=self._doings.choices(portal),
        )
        card.clicked.connect(lambda: self._open(portal))
        self._cards_shown[portal.id] = card
        card.star.setVisible(not self._book.is_practice(portal))
        card.star.toggled.connect(lambda wanted: self._book.set_favourite(portal, wanted))
        return card


def _holds(card: LinkCard, focus: QWidget | None) -> bool:
    return focus is not None and (card is focus or card.isAncestorOf(focus))
