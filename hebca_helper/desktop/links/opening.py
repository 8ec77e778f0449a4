"""Opens a quick link in a browser in which it works; when something is missing, says what and how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget

from hebca_helper.desktop.link import Call, Link
from hebca_helper.desktop.links.book import LinkBook
from hebca_helper.desktop.links.checklist import PreflightDialog
from hebca_helper.desktop.links.facts import facts_now, tokens_for, with_seals
from hebca_helper.desktop.links.policy_setup import COMMAND, install_policies
from hebca_helper.desktop.look.toast import Toast
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.moments import URGENT_DAYS
from hebca_helper.portals.browsers import CHROME_DOWNLOAD, Browser, BrowserKind, declared_secure, find_browsers, launch
from hebca_helper.portals.entries import origin_of
from hebca_helper.portals.portal import Need, Portal
from hebca_helper.portals.preflight import (
    Facts,
    Fix,
    Line,
    Point,
    State,
    browser_to_use,
    examine,
    own_window_browser,
    will_ask,
)
from hebca_helper.texts import tr


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the buttons of the checklist lead."""

    show_page: Callable[[str], None]
    open_link: Callable[[str], None]


class PortalOpener(QObject):
    """One checklist at a time. `connected` carries the portal whose page reached us after it was opened here."""

    connected = Signal(object)

    def __init__(
        self, window: QWidget, link: Link, state: TokenState, book: LinkBook, toast: Toast, ways: Ways
    ) -> None:
        super().__init__(window)
        self._window = window
        self._link = link
        self._state = state
        self._book = book
        self._toast = toast
        self._ways = ways
        self._browsers: Callable[[], list[Browser]] = find_browsers
        self._hand_over: Callable[[str], bool] = lambda address: QDesktopServices.openUrl(QUrl(address))
        self._runtime: Runtime | None = None
        self._awaited: dict[str, Portal] = {}
        self._told_seal: set[str] = set()
        self._call: Call | None = None
        self._dialog: PreflightDialog | None = None
        state.changed.connect(self._look_again)

    def attach(self, runtime: Runtime) -> None:
        """The services run: portals that were opened before may connect now."""
        self._runtime = runtime
        runtime.loop.call_soon_threadsafe(runtime.assistant.subscribe_pages, self._page_arrived)
        for portal in dict.fromkeys(self._awaited.values()):
            self._announce(portal)

    def open(self, portal: Portal) -> None:
        if portal.telephone:
            QGuiApplication.clipboard().setText(portal.telephone)
            self._toast.tell(tr("已复制电话号码 {number}").format(number=portal.telephone))
            return
        self._close_dialog()
        self._look(portal, self._go)

    # Looking

    def _look(self, portal: Portal, then: Callable[[Portal, Facts], None]) -> None:
        """`then` comes at once, or when the seals have been looked for."""
        facts = self._facts(portal)
        if self._call is not None:
            self._call.cancel()
            self._call = None
        if portal.need is not Need.SEAL or self._runtime is None or facts.tokens is None or not facts.tokens.plugged:
            then(portal, facts)
            return
        work = with_seals(facts, self._runtime, list(tokens_for(portal, self._state)))
        done = partial(then, portal)
        self._call = self._link.submit(self._runtime.loop, work, done, lambda _: then(portal, facts), told="")

    def _facts(self, portal: Portal) -> Facts:
        """Everything but the seals."""
        return facts_now(portal, self._browsers(), self._state, self._runtime)

    def _examined(self, portal: Portal, facts: Facts) -> list[Line]:
        return examine(portal, facts, known=self._book.is_known(portal))

    def _go(self, portal: Portal, facts: Facts) -> None:
        lines = self._examined(portal, facts)
        if self._wrong(portal, lines):
            self._show_checklist(portal, facts, lines)
        else:
            self._open_usual(portal, facts)

    def _wrong(self, portal: Portal, lines: list[Line]) -> bool:
        """A missing seal is told once in a run: many clerks work without one."""
        wrong = {line.point for line in lines if line.state is State.WRONG}
        if portal.id in self._told_seal:
            wrong.discard(Point.SEAL)
        return bool(wrong)

    # The checklist

    def _show_checklist(self, portal: Portal, facts: Facts, lines: list[Line]) -> None:
        dialog = PreflightDialog(portal, self._window)
        dialog.show_lines(lines, openable=browser_to_use(portal, facts) is not None)
        dialog.wants_open.connect(lambda: self._open_anyway(portal))
        dialog.wants_fix.connect(lambda fix: self._mend(portal, fix))
        dialog.finished.connect(self._dialog_gone)
        self._dialog = dialog
        if any(line.point is Point.SEAL for line in lines):
            self._told_seal.add(portal.id)
        dialog.open()
        dialog.raise_()
        dialog.activateWindow()

    def _dialog_gone(self) -> None:
        self._dialog = None

    def _close_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.reject()

    def _look_again(self) -> None:
        """A USBKEY came or went while the checklist is there."""
        if self._dialog is not None and not self._state.busy:
            self._look(self._dialog.portal, self._show_again)

    def _show_again(self, portal: Portal, facts: Facts) -> None:
        if self._dialog is not None and self._dialog.portal == portal:
            lines = self._examined(portal, facts)
            self._dialog.show_lines(lines, openable=browser_to_use(portal, facts) is not None)

    def _open_anyway(self, portal: Portal) -> None:
        self._close_dialog()
        self._open_usual(portal, self._facts(portal))

    # Mending

    def _mend(self, portal: Portal, fix: Fix) -> None:
        if fix is Fix.INSTALL_POLICY:
            self._install_policy()
            return
        self._close_dialog()
        leading: dict[Fix, Callable[[], object]] = {
            Fix.INSTALL_CHROME: partial(self._open_anywhere, CHROME_DOWNLOAD),
            Fix.USE_OTHER: partial(self._open_in_any, portal),
            Fix.USE_FIREFOX: partial(self._open_in_firefox, portal),
            Fix.OWN_WINDOW: partial(self._open_own_window, portal),
            Fix.MY_CERTIFICATES: partial(self._ways.show_page, "certificates"),
            Fix.DIAGNOSIS: partial(self._ways.show_page, "diagnosis"),
            Fix.RENEW: partial(self._ways.open_link, "renew"),
            Fix.APPLY_SEAL: partial(self._ways.open_link, "apply-seal"),
        }
        leading[fix]()

    def _install_policy(self) -> None:
        if self._runtime is None:
            return
        work = install_policies()
        told = tr("正在设置浏览器策略，请在系统窗口中输入管理员密码…")
        self._link.submit(self._runtime.loop, work, lambda _: self._policy_installed(), self._policy_failed, told=told)

    def _policy_installed(self) -> None:
        if self._dialog is not None:
            self._dialog.tell(tr("已设置。浏览器全部关闭后再打开，才会生效。"), "good")
        self._look_again()

    def _policy_failed(self, problem: HelperError) -> None:
        if self._dialog is None:
            return
        if problem.code is not Code.ROOT_NEEDED:
            self._dialog.tell(str(problem), "red")
            return
        QGuiApplication.clipboard().setText(COMMAND)
        text = tr("需要管理员权限。设置命令已复制，请让管理员在终端中运行：{command}")
        self._dialog.tell(text.format(command=COMMAND), "amber")

    # Opening

    def _open_usual(self, portal: Portal, facts: Facts) -> None:
        browser = browser_to_use(portal, facts)
        if browser is None:
            self._toast.tell(tr("这台电脑上没有找到可以打开“{title}”的浏览器").format(title=portal.shown_title))
            return
        self._open_in(browser, portal, self._words(browser, portal, facts))

    def _open_in_any(self, portal: Portal) -> None:
        self._announce(portal)
        if self._open_anywhere(portal.address):
            self._book.use(portal)
            self._toast.tell(tr("正在浏览器中打开“{title}”").format(title=portal.shown_title))

    def _open_anywhere(self, address: str) -> bool:
        """In the first browser that we know, else in the one that this system takes for pages, whatever it is."""
        browsers = self._browsers()
        if browsers:
            return self._launch(browsers[0], address)
        if self._hand_over(address):
            return True
        QGuiApplication.clipboard().setText(address)
        self._toast.tell(tr("这台电脑上没有找到浏览器，网址已复制"))
        return False

    def _open_in_firefox(self, portal: Portal) -> None:
        firefox = next((each for each in self._browsers() if each.kind is BrowserKind.FIREFOX), None)
        if firefox is not None:
            self._open_in(firefox, portal, _asking(portal))

    def _open_own_window(self, portal: Portal) -> None:
        browser = own_window_browser(portal, Facts(tuple(self._browsers())))
        if browser is None or self._runtime is None:
            return
        options = declared_secure(self._runtime.home, origin_of(portal.address))
        self._open_in(browser, portal, _asking(portal), options)

    def _open_in(self, browser: Browser, portal: Portal, words: str, options: list[str] | None = None) -> None:
        self._announce(portal)
        if self._launch(browser, portal.address, options):
            self._book.use(portal)
            self._toast.tell(words)

    def _launch(self, browser: Browser, address: str, options: list[str] | None = None) -> bool:
        try:
            launch(browser, address, options or ())
        except HelperError as problem:
            self._toast.tell(str(problem))
            return False
        return True

    def _words(self, browser: Browser, portal: Portal, facts: Facts) -> str:
        title = portal.shown_title
        days = facts.tokens.days_left if facts.tokens is not None else None
        if portal.via_issuer:
            return tr("“{title}”没有公开的固定网址，已打开河北CA网站，请从那里进入").format(title=title)
        if portal.need is not Need.NOTHING and days is not None and 0 <= days <= URGENT_DAYS:
            return tr("已打开“{title}”。证书还剩 {days} 天到期，请办理老用户延期").format(title=title, days=days)
        if will_ask(browser, portal, facts):
            return _asking(portal)
        return tr("正在浏览器中打开“{title}”").format(title=title)

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


def _asking(portal: Portal) -> str:
    text = tr("正在打开“{title}”。浏览器询问是否允许访问本机或本地网络时，请点“允许”")
    return text.format(title=portal.shown_title)
