"""Quick links in the tray's menu: favourites, recent ones, and below them all groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from hebca_helper.desktop.links.book import LinkBook
from hebca_helper.desktop.look.icons import icon
from hebca_helper.desktop.look.widgets import unmarked
from hebca_helper.portals.portal import Group, Portal, group_title
from hebca_helper.texts import tr

MOST = 6
"""Favourites in the menu; more stand in their groups."""


class LinkMenu:
    """Keeps its part of `menu`, from where it is when made, as the links are."""

    def __init__(self, menu: QMenu, book: LinkBook, open_portal: Callable[[Portal], object]) -> None:
        self._menu = menu
        self._book = book
        self._open = open_portal
        self._shown: list[QAction] = []
        self._end = menu.addSeparator()
        book.changed.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        for action in self._shown:
            self._menu.removeAction(action)
            action.deleteLater()
        self._shown = []
        favourites = self._book.favourites[:MOST]
        recent = [portal for portal in self._book.recent if portal not in favourites]
        self._add_links("star-on", favourites)
        if recent:
            self._add_menu(tr("最近使用"), "recentMenu", recent)
        groups = QMenu(tr("快捷链接"), self._menu)
        groups.setObjectName("linksMenu")
        for group in Group:
            if portals := self._book.catalogue.group(group):
                inside = groups.addMenu(group_title(group))
                self._fill_menu(inside, portals)
        self._insert(groups.menuAction())

    def _add_links(self, picture: str, portals: Sequence[Portal]) -> None:
        for portal in portals:
            action = QAction(icon(picture), unmarked(portal.shown_title), self._menu)
            action.triggered.connect(partial(self._open_one, portal))
            self._insert(action)

    def _add_menu(self, title: str, name: str, portals: Sequence[Portal]) -> None:
        inside = QMenu(title, self._menu)
        inside.setObjectName(name)
        self._fill_menu(inside, portals)
        self._insert(inside.menuAction())

    def _fill_menu(self, menu: QMenu, portals: Sequence[Portal]) -> None:
        for portal in portals:
            menu.addAction(unmarked(portal.shown_title), partial(self._open, portal))

    def _open_one(self, portal: Portal, _checked: bool = False) -> None:
        self._open(portal)

    def _insert(self, action: QAction) -> None:
        self._menu.insertAction(self._end, action)
        self._shown.append(action)
