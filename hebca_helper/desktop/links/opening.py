"""From the click on a quick link to its site: at once, or after a checklist of what is missing and how to mend it."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from hebca_helper.children import own_command
from hebca_helper.desktop.link import Call, Link
from hebca_helper.desktop.links.book import LinkBook
from hebca_helper.desktop.links.checklist import PreflightDialog
from hebca_helper.desktop.links.facts import facts_now, tokens_for, with_seals
from hebca_helper.desktop.links.visits import Visits
from hebca_helper.desktop.look.toast import Toast
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.browsers import CHROME_DOWNLOAD
from hebca_helper.portals.portal import Need, Portal
from hebca_helper.portals.preflight import Facts, Fix, Line, Point, State, browser_to_use, examine
from hebca_helper.texts import tr

COMMAND = "hebca-helper policy install" if sys.platform == "win32" else "sudo hebca-helper policy install"
"""For an administrator, where the desktop cannot ask for the password."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where the buttons of the checklist lead."""

    show_page: Callable[[str], None]
    open_link: Callable[[str], None]


class PortalOpener(QObject):
    """One link at a time: a new click ends the look at the former one, and its checklist."""

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
        self.visits = Visits(link, book, toast.tell, self)
        self._runtime: Runtime | None = None
        self._told_seal: set[str] = set()
        self._seal_search: Call | None = None
        self._dialog: PreflightDialog | None = None
        state.changed.connect(self._look_again)

    def attach(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.visits.attach(runtime)

    def open(self, portal: Portal) -> None:
        if portal.telephone:
            QGuiApplication.clipboard().setText(portal.telephone)
            self._toast.tell(tr("已复制电话号码 {number}").format(number=portal.telephone))
            return
        self._close_dialog()
        self._look(portal)

    # Looking

    def _look(self, portal: Portal) -> None:
        """Comes to `_looked` at once, or when the seals have been looked for."""
        self._end_search()
        facts = self._facts(portal)
        if portal.need is not Need.SEAL or self._runtime is None or facts.tokens is None or not facts.tokens.plugged:
            self._looked(portal, facts)
            return
        search = with_seals(facts, self._runtime, list(tokens_for(portal, self._state)))
        done = partial(self._looked, portal)
        self._seal_search = self._link.submit(self._runtime.loop, search, done, lambda _: done(facts), told="")

    def _look_again(self) -> None:
        """A USBKEY came or went while the checklist is there."""
        if self._dialog is not None and not self._state.busy:
            self._look(self._dialog.portal)

    def _end_search(self) -> None:
        if self._seal_search is not None:
            self._seal_search.cancel()
            self._seal_search = None

    def _facts(self, portal: Portal) -> Facts:
        """Everything but the seals."""
        return facts_now(portal, self.visits.browsers(), self._state, self._runtime)

    def _looked(self, portal: Portal, facts: Facts) -> None:
        lines = examine(portal, facts, known=self._book.is_known(portal))
        openable = browser_to_use(portal, facts) is not None
        if self._dialog is not None:
            self._dialog.show_lines(lines, openable=openable)
        elif self._wrong(portal, lines):
            self._show_checklist(portal, lines, openable)
        else:
            self.visits.usual(portal, facts)

    def _wrong(self, portal: Portal, lines: list[Line]) -> bool:
        """A missing seal is told once in a run: many clerks work without one."""
        wrong = {line.point for line in lines if line.state is State.WRONG}
        return bool(wrong - {Point.SEAL} if portal.id in self._told_seal else wrong)

    # The checklist

    def _show_checklist(self, portal: Portal, lines: list[Line], openable: bool) -> None:
        self._dialog = dialog = PreflightDialog(portal, self._window)
        dialog.show_lines(lines, openable=openable)
        dialog.wants_open.connect(lambda: self._open_anyway(portal))
        dialog.wants_fix.connect(lambda fix: self._mend(portal, fix))
        dialog.finished.connect(self._dialog_gone)
        if any(line.point is Point.SEAL for line in lines):
            self._told_seal.add(portal.id)
        dialog.open()
        dialog.raise_()
        dialog.activateWindow()

    def _dialog_gone(self) -> None:
        """A search that began for it would open the site."""
        self._dialog = None
        self._end_search()

    def _close_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.reject()

    def _open_anyway(self, portal: Portal) -> None:
        self._close_dialog()
        self.visits.usual(portal, self._facts(portal))

    # Mending

    def _mend(self, portal: Portal, fix: Fix) -> None:
        if fix is Fix.INSTALL_POLICY:
            self._install_policy()
            return
        self._close_dialog()
        leading: dict[Fix, Callable[[], object]] = {
            Fix.INSTALL_CHROME: partial(self.visits.anywhere, CHROME_DOWNLOAD),
            Fix.USE_OTHER: partial(self.visits.in_any, portal),
            Fix.USE_FIREFOX: partial(self.visits.in_firefox, portal),
            Fix.OWN_WINDOW: partial(self.visits.in_own_window, portal),
            Fix.MY_CERTIFICATES: partial(self._ways.show_page, "certificates"),
            Fix.DIAGNOSIS: partial(self._ways.show_page, "diagnosis"),
            Fix.RENEW: partial(self._ways.open_link, "renew"),
            Fix.APPLY_SEAL: partial(self._ways.open_link, "apply-seal"),
        }
        leading[fix]()

    def _install_policy(self) -> None:
        if self._runtime is None:
            return
        work = _install_policies()
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


async def _install_policies() -> None:
    """On the loop. HelperError(ROOT_NEEDED) where the person is no administrator, or did not want to be."""
    from hebca_helper.bridge.policies import policies

    states = await asyncio.to_thread(policies.install)
    problems = [state.problem for state in states if state.problem is not None]
    if not problems:
        return
    for problem in problems:
        if problem.code is not Code.ROOT_NEEDED:
            raise problem
    asking = shutil.which("pkexec")
    if asking is None:
        raise HelperError(Code.ROOT_NEEDED)
    process = await asyncio.create_subprocess_exec(asking, *own_command("policy", "install"))
    if await process.wait() != 0:
        raise HelperError(Code.ROOT_NEEDED)
