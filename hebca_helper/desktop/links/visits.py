"""Opens the site of a quick link in a browser, and hears when its page reaches us."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from hebca_helper.desktop.link import Link
from hebca_helper.desktop.links.book import LinkBook
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.errors import HelperError
from hebca_helper.pki.moments import URGENT_DAYS
from hebca_helper.portals.browsers import Browser, BrowserKind, declared_secure, find_browsers, launch
from hebca_helper.portals.entries import origin_of
from hebca_helper.portals.portal import Need, Portal
from hebca_helper.portals.preflight import Facts, browser_to_use, own_window_browser, will_ask
from hebca_helper.texts import tr


class Visits(QObject):
    """`connected` carries the portal whose page reached us after it was opened here."""

    connected = Signal(object)

    def __init__(self, link: Link, book: LinkBook, tell: Callable[[str], object], parent: QObject) -> None:
        super().__init__(parent)
        self._link = link
        self._book = book
        self._tell = tell
        self._runtime: Runtime | None = None
        self._awaited: dict[str, Portal] = {}
        self.browsers: Callable[[], list[Browser]] = find_browsers
        self.hand_over: Callable[[str], bool] = lambda address: QDesktopServices.openUrl(QUrl(address))

    def attach(self, runtime: Runtime) -> None:
        """The services run: portals that were opened before may connect now."""
        self._runtime = runtime
        runtime.loop.call_soon_threadsafe(runtime.assistant.subscribe_pages, self._page_arrived)
        for portal in dict.fromkeys(self._awaited.values()):
            self._announce(portal)

    def usual(self, portal: Portal, facts: Facts) -> None:
        """In the browser that fits it best."""
        browser = browser_to_use(portal, facts)
        if browser is None:
            self._tell(tr("这台电脑上没有找到可以打开“{title}”的浏览器").format(title=portal.shown_title))
        else:
            self._visit(portal, _words(browser, portal, facts), partial(self._show, browser))

    def in_any(self, portal: Portal) -> None:
        self._visit(portal, _opening(portal), self.anywhere)

    def in_firefox(self, portal: Portal) -> None:
        firefox = next((each for each in self.browsers() if each.kind is BrowserKind.FIREFOX), None)
        if firefox is not None:
            self._visit(portal, _asking(portal), partial(self._show, firefox))

    def in_own_window(self, portal: Portal) -> None:
        browser = own_window_browser(portal, Facts(tuple(self.browsers())))
        if browser is not None and self._runtime is not None:
            options = declared_secure(self._runtime.home, origin_of(portal.address))
            self._visit(portal, _asking(portal), partial(self._show, browser, options=options))

    def anywhere(self, address: str) -> bool:
        """In the first browser that we know, else in the one that this system takes for pages, whatever it is."""
        browsers = self.browsers()
        if browsers:
            return self._show(browsers[0], address)
        if self.hand_over(address):
            return True
        QGuiApplication.clipboard().setText(address)
        self._tell(tr("这台电脑上没有找到浏览器，网址已复制"))
        return False

    def _visit(self, portal: Portal, words: str, show: Callable[[str], bool]) -> None:
        self._announce(portal)
        if show(portal.address):
            self._book.use(portal)
            self._tell(words)

    def _show(self, browser: Browser, address: str, options: Sequence[str] = ()) -> bool:
        try:
            launch(browser, address, options)
        except HelperError as problem:
            self._tell(str(problem))
            return False
        return True

    # Through the bridge

    def _announce(self, portal: Portal) -> None:
        """The click answers the portal's question whether it may connect, for this run; not that of a site on plain
        http, which anyone on the line can imitate, nor of one that a person added (house rule 1)."""
        self._awaited.update(dict.fromkeys(portal.origins, portal))
        if self._runtime is None or portal.insecure or not self._book.is_known(portal):
            return
        for origin in portal.origins:
            self._runtime.loop.call_soon_threadsafe(self._runtime.assistant.announce, origin)

    def _page_arrived(self, origin: str) -> None:
        """On the loop."""
        self._link.in_window(lambda: self._tell_connected(origin))

    def _tell_connected(self, origin: str) -> None:
        portal = self._awaited.get(origin)
        if portal is None:
            return
        for each in portal.origins:
            self._awaited.pop(each, None)
        self.connected.emit(portal)


def _words(browser: Browser, portal: Portal, facts: Facts) -> str:
    title = portal.shown_title
    days = facts.tokens.days_left if facts.tokens is not None else None
    if portal.via_issuer:
        return tr("“{title}”没有公开的固定网址，已打开河北CA网站，请从那里进入").format(title=title)
    if portal.need is not Need.NOTHING and days is not None and 0 <= days <= URGENT_DAYS:
        return tr("已打开“{title}”。证书还剩 {days} 天到期，请办理老用户延期").format(title=title, days=days)
    return _asking(portal) if will_ask(browser, portal, facts) else _opening(portal)


def _opening(portal: Portal) -> str:
    return tr("正在浏览器中打开“{title}”").format(title=portal.shown_title)


def _asking(portal: Portal) -> str:
    text = tr("正在打开“{title}”。浏览器询问是否允许访问本机或本地网络时，请点“允许”")
    return text.format(title=portal.shown_title)
