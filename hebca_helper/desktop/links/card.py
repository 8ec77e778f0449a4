"""One quick link on the first page: a card that opens it, with a star and a menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from hebca_helper.desktop.look.cards import CardButton
from hebca_helper.desktop.look.icons import icon, icon_label
from hebca_helper.desktop.look.pressing import PushButton, ToolButton, pressed_by_enter
from hebca_helper.desktop.look.widgets import badge, column, label, row, unmarked
from hebca_helper.portals.cities import city_title
from hebca_helper.portals.portal import BrowserNeed, Group, Need, Portal
from hebca_helper.texts import tr

_PICTURES = {
    Group.SOCIAL_SECURITY: "people",
    Group.PROVIDENT_FUND: "building",
    Group.OTHER: "link",
    Group.PRACTICE: "globe",
    Group.CERTIFICATE_SERVICE: "certificate-on",
}


LEAST_CHIPS = 2
"""So many are shown however narrow the line is, cut where they have to be."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to do with a link. `key` is the key press that does it on the card, as Qt's number; 0 for none."""

    name: str
    text: str
    do: Callable[[], object]
    key: int = 0


class LinkCard(CardButton):
    def __init__(self, portal: Portal, *, favourite: bool, own: bool, choices: Sequence[Choice | None]) -> None:
        """`choices` is the menu, None a line in it; `own` was added or changed by the person."""
        super().__init__("portalCard")
        self.portal = portal
        self._choices = choices
        self.setProperty("portal", portal.id)
        self.setAccessibleName(portal.shown_title)
        self.setAccessibleDescription(portal.shown_note)
        self.setToolTip(portal.address or portal.telephone)
        picture = icon_label("telephone" if portal.telephone else _PICTURES[portal.group], 28)
        heading = row(label(portal.shown_title, "portalTitle", wrap=True), spacing=6)
        heading.setStretch(0, 1)
        words = column(heading, spacing=4)
        if portal.shown_note:
            words.addWidget(label(portal.shown_note, "portalNote", wrap=True))
        if marks := _marks(portal, own):
            words.addLayout(row(*marks, None, spacing=6))
        words.addStretch(1)
        line = row(spacing=12)
        line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        self.star = self._tool("favouriteButton", "star", tr("收藏“{title}”").format(title=portal.shown_title))
        self.star.setCheckable(True)
        self.star.setChecked(favourite)
        self.more = self._tool("linkMenuButton", "more", tr("“{title}”的更多操作").format(title=portal.shown_title))
        self.more.clicked.connect(self._open_menu)
        line.addWidget(self.star, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        line.setSpacing(4)
        self.fill(line)
        line.setContentsMargins(14, 12, 8, 12)
        line.insertSpacing(1, 8)
        for tool in (self.star, self.more):
            tool.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)

    def _tool(self, name: str, picture: str, words: str) -> QToolButton:
        made = ToolButton()
        made.setObjectName(name)
        made.setIcon(icon(picture))
        made.setIconSize(QSize(18, 18))
        made.setAccessibleName(words)
        made.setToolTip(words)
        made.setCursor(Qt.CursorShape.ArrowCursor)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return made

    def _open_menu(self) -> None:
        self._show_menu(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("linkMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for choice in self._choices:
            if choice is None:
                menu.addSeparator()
            else:
                menu.addAction(choice.text, choice.do).setObjectName(choice.name)
        menu.popup(place)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._show_menu(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = event.keyCombination().toCombined()
        choice = next((each for each in self._choices if each is not None and each.key == pressed), None)
        if choice is not None:
            choice.do()
        elif not pressed_by_enter(self, event):
            super().keyPressEvent(event)


class LinkChip(PushButton):
    """A small button for a favourite or recent link: its name is cut with … where there is no room."""

    def __init__(self, portal: Portal, picture: str) -> None:
        super().__init__(unmarked(portal.shown_title))
        self.portal = portal
        self.setObjectName("linkChip")
        self.setIcon(icon(picture))
        self.setAutoDefault(False)
        self.setAccessibleName(portal.shown_title)
        self.setToolTip(portal.shown_title)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _around(self) -> int:
        """Width of everything but the text."""
        return super().sizeHint().width() - self.fontMetrics().horizontalAdvance(self.text())

    def sizeHint(self) -> QSize:
        whole = self.fontMetrics().horizontalAdvance(unmarked(self.portal.shown_title))
        return QSize(self._around() + whole + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(96, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        room = event.size().width() - self._around()
        whole = unmarked(self.portal.shown_title)
        self.setText(self.fontMetrics().elidedText(whole, Qt.TextElideMode.ElideRight, room))
        super().resizeEvent(event)


class ChipLine(QWidget):
    """As many chips as have room for their names; the first two are cut where there is less."""

    def __init__(self, chips: Sequence[LinkChip]) -> None:
        super().__init__()
        self._chips = chips
        line = row(*chips, None)
        line.setContentsMargins(0, 0, 0, 0)
        self.setLayout(line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        room = event.size().width()
        for place, chip in enumerate(self._chips):
            room -= chip.sizeHint().width() + (self._gap() if place else 0)
            fits = room >= 0 or place < LEAST_CHIPS
            if chip.isVisibleTo(self) is not fits:
                chip.setVisible(fits)
        super().resizeEvent(event)

    def _gap(self) -> int:
        layout = self.layout()
        return layout.spacing() if layout is not None else 0


def _marks(portal: Portal, own: bool) -> list[QWidget]:
    marks: list[QWidget] = []
    if portal.city and portal.city not in portal.title + portal.note:
        marks.append(badge(city_title(portal.city)))
    if portal.browser is BrowserNeed.CHROME:
        marks.append(badge(tr("需谷歌浏览器")))
    if portal.need is Need.SEAL:
        marks.append(badge(tr("用电子印章")))
    if portal.insecure:
        marks.append(badge(tr("连接不安全"), "amber"))
    if own:
        marks.append(badge(tr("自定义"), "grey"))
    return marks
