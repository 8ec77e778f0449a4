"""The main window: side bar, header, pages. Pages other than the first are made when first shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from hebca_helper.desktop.actions import Actions
from hebca_helper.desktop.header import Header
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.links.book import LinkBook
from hebca_helper.desktop.links.doings import LinkDoings
from hebca_helper.desktop.links.page import LinksPage
from hebca_helper.desktop.look.icons import icon
from hebca_helper.desktop.look.side_bar import SideBar
from hebca_helper.desktop.look.theme import text_scale
from hebca_helper.desktop.look.toast import Toast
from hebca_helper.desktop.pages.page import Page, Surroundings
from hebca_helper.desktop.pages.places import later_pages
from hebca_helper.desktop.progress import ProgressStrip
from hebca_helper.desktop.runtime import RESTART, Runtime
from hebca_helper.desktop.token_errands import TokenErrands
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.errors import HelperError
from hebca_helper.portals.catalogue import Catalogue, Portal
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from pathlib import Path

    from hebca_helper.assistant.person.prompts import Notice
    from hebca_helper.desktop.links.opening import PortalOpener
    from hebca_helper.desktop.look.message_box import MessageBox


FIRST_START = "first-start"

USUAL_SIZE, LEAST_SIZE = QSize(1000, 680), QSize(920, 520)
"""Device independent pixels, with texts of the usual size."""


class MainWindow(QMainWindow):
    painted_first = Signal()
    """Once, when the window is on the screen."""

    def __init__(
        self,
        link: Link,
        catalogue: Catalogue,
        closing: Callable[[], bool],
        *,
        home: Path | None = None,
        city: str = "",
    ) -> None:
        """`closing` decides whether a person's wish to close the window is carried out. The person's own links are read
        from `home`; without it when the rest of the program is there."""
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle(tr("河北CA数字证书助手"))
        self.setWindowIcon(icon("assistant"))
        self.resize(self._for_texts(USUAL_SIZE))
        self.setMinimumSize(self._for_texts(LEAST_SIZE))
        self.runtime: Runtime | None = None
        self.state = TokenState(link)
        self.links = LinkBook(catalogue, home, city)
        self.portal_connected: Callable[[str], None] = self.tell
        """Told a sentence when the page of a quick link has reached us; the tray shows it too where there is one."""
        self._link = link
        self._closing = closing
        self._painted = False
        self._pages: dict[str, Page] = {}
        self._build()
        self.show_page("links")

    def _build(self) -> None:
        self._places = {place.name: place for place in later_pages()}
        links = ("links", tr("快捷链接"), "links")
        self.side_bar = SideBar([links, *((p.name, p.title, p.picture) for p in self._places.values())])
        self.side_bar.chosen.connect(self.show_page)
        self._stack = QStackedWidget()
        right = QWidget()
        inside = QVBoxLayout(right)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(Header(self.state))
        self.progress = ProgressStrip(self._link)
        self.errands = TokenErrands(self._link, self.progress)
        inside.addWidget(self.progress)
        inside.addWidget(self._stack, 1)
        centre = QWidget()
        line = QHBoxLayout(centre)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.side_bar)
        line.addWidget(right, 1)
        self.setCentralWidget(centre)
        self.toast = Toast(right)
        self.links.failed.connect(lambda problem: self.toast.tell(str(problem)))
        self.actions_of_person = Actions(self._link, self.toast, self, self.open_link)
        self.side_bar.tell_services(tr("正在启动浏览器服务…"), "")

    @cached_property
    def opener(self) -> PortalOpener:
        """Made for the first link that is opened: it brings much along, and a start waits for none of it."""
        from hebca_helper.desktop.links.opening import PortalOpener, Ways

        ways = Ways(self.show_page, self.open_link)
        made = PortalOpener(self, self._link, self.state, self.links, self.toast, ways)
        made.visits.connected.connect(self._page_connected)
        if self.runtime is not None:
            made.attach(self.runtime)
        return made

    # Pages

    def show_page(self, name: str) -> None:
        """A name of `hebca_helper.pages`, or FIRST_START; one whose page is not there changes nothing."""
        if name == FIRST_START:
            self.show_first_start()
            return
        if name != "links" and name not in self._places:
            return
        if name not in self._pages:
            self._pages[name] = self._make(name)
            self._stack.addWidget(self._pages[name])
        self._stack.setCurrentWidget(self._pages[name])
        self._pages[name].shown_first()
        self.side_bar.mark(name)  # at the end: Qt hands the keyboard of what is hidden to the first button there

    def show_first_start(self) -> None:
        """The five steps of a first start, from the beginning."""
        from hebca_helper.desktop.first_start.page import FirstStartPage

        page = self._pages.get(FIRST_START)
        if not isinstance(page, FirstStartPage):
            page = FirstStartPage(self._surroundings(), lambda: self.show_page("links"))
            self._pages[FIRST_START] = page
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        page.begin()

    def _make(self, name: str) -> Page:
        if name == "links":
            doings = LinkDoings(self.links, self, self.open_portal, self.toast.tell)
            return LinksPage(self.links, doings, self.open_portal)
        return self._places[name].make(self._surroundings())

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            state=self.state,
            link=self._link,
            actions=self.actions_of_person,
            runtime=lambda: self.runtime,
            open_portal=self.open_portal,
            open_link=self.open_link,
            show_page=self.show_page,
        )

    def open_link(self, portal_id: str) -> None:
        """One that a help desk took out of the catalogue is not opened."""
        portal = self.catalogue.find(portal_id) or self.links.shipped.find(portal_id)
        if portal is not None:
            self.open_portal(portal)

    def open_portal(self, portal: Portal) -> None:
        self.opener.open(portal)

    @property
    def catalogue(self) -> Catalogue:
        """The quick links as this person sees them."""
        return self.links.catalogue

    def _page_connected(self, portal: Portal) -> None:
        self.portal_connected(tr("“{title}”已连接证书助手，可以用证书登录了").format(title=portal.shown_title))

    def tell(self, text: str) -> None:
        self.toast.tell(text)

    def tell_notice(self, notice: Notice) -> None:
        stop = (lambda: self.actions_of_person.stop(notice.connection_id)) if notice.connection_id else None
        self.toast.tell(notice.text, tr("停止"), stop)

    def change_pin(self) -> None:
        """From the tray: at once when one USBKEY is there, else on the page that shows which."""
        self.bring_to_front()
        self.show_page("certificates")
        if len(self.state.tokens) == 1:
            self.actions_of_person.change_pin(self.state.tokens[0].id)

    # The rest of the program

    def attach(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.actions_of_person.runtime = runtime
        self.state.attach(runtime)
        if "opener" in self.__dict__:  # a link was opened before the services ran
            self.opener.attach(runtime)
        self.errands.attach(runtime)
        self.links.use_home(runtime.home)
        runtime.subscribe(lambda: self._link.in_window(self._services_changed))
        self._services_changed()
        if isinstance(page := self._stack.currentWidget(), Page):
            page.shown_first()  # who was quicker than we sees it filled in now
        for problem in [*runtime.problems(), *([self.links.problem] if self.links.problem else [])]:
            self.toast.tell(str(problem))

    def start_failed(self, problem: HelperError) -> None:
        """Nothing works: it is said wherever the person looks, and in a box with the ways out."""
        self.side_bar.tell_services(tr("启动失败：{problem}").format(problem=problem.text), "red")
        self.state.failed(problem)
        self.start_trouble(problem).open()

    def start_trouble(self, problem: HelperError) -> MessageBox:
        from hebca_helper.desktop.look.message_box import trouble

        return trouble(problem, RESTART, self)

    def _services_changed(self) -> None:
        if self.runtime is None:
            return
        broken = next((status.problem for status in self.runtime.services() if status.problem is not None), None)
        if broken is not None:
            self.side_bar.tell_services(str(broken), "red")
        else:
            self.side_bar.tell_services(tr("浏览器服务正常"), "good")
        self.links.use_city(self.runtime.settings.city)
        self.links.use_practice(self.runtime.practice_portals())
        if (page := self._pages.get("diagnosis")) is not None:
            page.shown_first()

    # On the screen

    def bring_to_front(self) -> None:
        self.setWindowState(self.windowState() & ~self.windowState().WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def _for_texts(self, size: QSize) -> QSize:
        """Larger texts want a larger window, where the screen has room."""
        return (size * max(text_scale(), 1.0)).boundedTo(self.screen().availableSize())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.setMinimumSize(self._for_texts(LEAST_SIZE))
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.painted_first.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._closing():
            event.accept()
        else:
            event.ignore()
