"""Puts the desktop together: application, window, tray, signals; joins the runtime; ends everything in order."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QLocale, QTimer, QTranslator
from PySide6.QtWidgets import QApplication, QMessageBox

from hebca_helper.desktop.lasting_none import keep_none
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.theme import Theme
from hebca_helper.desktop.presence.notices import Notices
from hebca_helper.desktop.presence.signals import StopSignals
from hebca_helper.desktop.presence.single_instance import SingleInstance
from hebca_helper.desktop.presence.status import Status
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.desktop.window import MainWindow
from hebca_helper.files import of
from hebca_helper.portals import catalogue
from hebca_helper.settings import Settings
from hebca_helper.texts import language, tr

if TYPE_CHECKING:
    from pathlib import Path

    from hebca_helper.desktop.presence.attention import Attention
    from hebca_helper.desktop.presence.tray import Tray
    from hebca_helper.desktop.presence.tray_wait import TrayWait
    from hebca_helper.desktop.prompts import QtPrompts
    from hebca_helper.desktop.remembered_pins import RememberedPins


FORGETTING_SECONDS = 3.0


class Desktop:
    def __init__(
        self,
        start_runtime: Callable[[], Future[Runtime]],
        instance: SingleInstance,
        window_shown: Callable[[], None],
        settings: Settings,
        page: str = "",
        home: Path | None = None,
    ) -> None:
        """`page` is the one to begin with, empty for the first."""
        self._start_runtime = start_runtime
        self._instance = instance
        self._window_shown = window_shown
        self.application = make_application(settings.theme, settings.font_size)
        self.link = Link()
        self.tray: Tray | None = None
        self._tray_wait: TrayWait | None = None
        self._starting: Future[Runtime] | None = None
        links, _ = catalogue.load_what_can_be()  # the runtime tells what is wrong with it
        self.window = MainWindow(self.link, links, self._closing, home=home, city=settings.city)
        self.window.painted_first.connect(self._painted)
        self.notices = Notices(self.window)
        self.window.portal_connected = self.notices.tell
        self.window.errands.lasting.connect(self.notices.tell_outside)
        self.status = Status(self.link, self.window.state)
        self.attention: Attention | None = None
        self.remembered: RememberedPins | None = None
        self._told_no_tray = False
        self._hidden = False
        self._page = page
        self._open_page(page)

    def run(self, *, hidden: bool = False) -> int:
        """Until the person quits. `hidden` waits in the tray for whoever wants the window."""
        signals = StopSignals(self.leave)
        self._hidden = hidden
        if not hidden:
            self.window.show()
        self._start()
        try:
            return self.application.exec()
        finally:
            signals.close()
            self._end()

    def leave(self) -> None:
        """exit(), not quit(): that one asks the window first, which would rather hide."""
        self.application.exit(0)

    def leave_by_person(self) -> None:
        """With a word about a USBKEY that is still plugged in; the system's own wish (SIGTERM) waits for nothing."""
        if not self.window.state.tokens:
            self.leave()
            return
        from hebca_helper.desktop.presence.leaving import LeavingBox

        self.window.bring_to_front()
        LeavingBox(self.window, self.window.state, self.leave).open()

    def _painted(self) -> None:
        self._window_shown()

    def _start(self) -> None:
        """The rest of the program is imported by its own thread while the display draws the window."""
        self._starting = self._start_runtime()
        self._starting.add_done_callback(lambda started: self.link.in_window(lambda: self._joined(started)))

    def _joined(self, started: Future[Runtime]) -> None:
        problem = started.exception()
        if problem is None:
            self._join(started.result())
        else:
            self.window.start_failed(of(problem))
        QTimer.singleShot(0, self._go_on)

    def _go_on(self) -> None:
        """What neither the window nor the services needed."""
        from hebca_helper.desktop.presence.attention import Attention

        speak(self.application)
        self._add_tray()
        self.attention = Attention(
            self.window.state, self.status, self.notices.tell, tell_ending=self.notices.tell_ending
        )
        self.attention.away.connect(self._end_logins)
        self._instance.listen(self._summoned)

    def _summoned(self, page: str) -> None:
        """Another start, or a page's p11 link."""
        self._open_page(page)
        self.window.bring_to_front()

    def _open_page(self, page: str) -> None:
        if page:
            self.window.show_page(page)

    def _join(self, runtime: Runtime) -> None:
        from hebca_helper.desktop.prompts import QtPrompts
        from hebca_helper.desktop.remembered_pins import RememberedPins

        self.remembered = RememberedPins(lambda: runtime.settings.remember_pin)
        prompts = QtPrompts(self.link, self.notices.notify, self.remembered)
        runtime.loop.call_soon_threadsafe(self._connect, runtime, prompts, self.remembered)
        self.status.attach(runtime)
        self.window.attach(runtime)
        if not runtime.settings.first_start_done and not self._page:
            self.window.show_first_start()

    def _connect(self, runtime: Runtime, prompts: QtPrompts, remembered: RememberedPins) -> None:
        """On the loop."""
        runtime.assistant.prompts = prompts
        runtime.assistant.subscribe_logins(remembered.login_changed)
        runtime.assistant.subscribe(remembered.token_changed)
        runtime.subscribe(lambda: _call_on(runtime, remembered.settings_changed))

    def _end_logins(self) -> None:
        """Nobody sits here any more: whoever comes next has to know the PIN, also where a dialog was filled in."""
        from hebca_helper.desktop.dialogs.question import QuestionDialog

        for dialog in self.application.topLevelWidgets():
            if isinstance(dialog, QuestionDialog):
                dialog.forget_secrets()
        if (runtime := self.window.runtime) is not None:
            work = self._logins_ended(runtime)
            self.link.submit(runtime.loop, work, lambda _: self._settled(), lambda _: self._settled(), told="")
        else:
            self._settled()

    async def _logins_ended(self, runtime: Runtime) -> None:
        """On the loop."""
        await asyncio.gather(runtime.assistant.end_all_logins(), self._forget_pins())

    def _settled(self) -> None:
        """The computer may have waited for this before it sleeps."""
        if self.attention is not None:
            self.attention.settled()

    async def _forget_pins(self) -> None:
        if self.remembered is not None:
            await self.remembered.forget_all()

    # Tray and closing

    def _add_tray(self) -> None:
        from hebca_helper.desktop.presence.tray import has_tray

        if has_tray():
            self._make_tray()
        else:
            from hebca_helper.desktop.presence.tray_wait import TrayWait

            self._tray_wait = TrayWait(self._tray_came)
            if self._hidden:  # never out of reach
                self.window.showMinimized()

    def _tray_came(self) -> None:
        self._make_tray()
        if self._hidden and self.window.isMinimized():
            self.window.hide()

    def _make_tray(self) -> None:
        from hebca_helper.desktop.presence.tray import Tray

        self.tray = Tray(
            self.window.links,
            self.status,
            show=self.window.bring_to_front,
            show_page=self._summoned,
            open_portal=self.window.open_portal,
            change_pin=self.window.change_pin,
            leave=self.leave_by_person,
        )
        self.notices.tray = self.tray

    def _closing(self) -> bool:
        """With a tray the window hides; without one the person is told once and it is minimised, so that the program is
        never out of reach. Who does not want it in the tray is asked each time."""
        runtime = self.window.runtime
        to_tray = runtime is None or runtime.settings.minimize_to_tray
        if self.tray is not None and to_tray:
            self.window.hide()
            return False
        if to_tray and self._told_no_tray:
            self.window.showMinimized()
        else:
            self._ask_how_to_close()
        return False

    def _ask_how_to_close(self) -> None:
        from hebca_helper.desktop.look.message_box import MessageBox

        self._told_no_tray = self.tray is None
        told = tr("退出后，网页将不能使用证书登录和签章。最小化后可以从任务栏再次打开。")
        more = f"{tr('这个桌面没有系统托盘。')}{told}" if self._told_no_tray else told
        box = MessageBox(self.window, "closeQuestion", "information", tr("要退出证书助手吗？"), more)
        roles = QMessageBox.ButtonRole
        minimise = box.add(tr("最小化"), "minimiseButton", roles.AcceptRole, "primary")
        leave = box.add(tr("退出"), "leaveButton", roles.DestructiveRole)
        box.add(tr("取消"), "cancelButton", roles.RejectRole)
        minimise.clicked.connect(self.window.showMinimized)
        leave.clicked.connect(self.leave_by_person)
        box.setDefaultButton(minimise)
        box.open()

    # The end

    def _end(self) -> None:
        self.link.close()
        self.window.links.close()
        if self.attention is not None:
            self.attention.stop()
        if self._tray_wait is not None:
            self._tray_wait.stop()
        if self.tray is not None:
            self.tray.close()
        if self._starting is not None:
            self._quit_runtime(self._starting)

    def _quit_runtime(self, starting: Future[Runtime]) -> None:
        if starting.exception() is None:  # waits for a start that is still under way, then ends it in order
            runtime = starting.result()
            if self.remembered is not None and self.remembered.anything:
                with suppress(TimeoutError):  # a keyring that hangs
                    asyncio.run_coroutine_threadsafe(self._forget_pins(), runtime.loop).result(FORGETTING_SECONDS)
            runtime.quit()


def _call_on(runtime: Runtime, action: Callable[[], None]) -> None:
    runtime.loop.call_soon_threadsafe(action)


def make_application(theme: str = "light", font_size: int = 100) -> QApplication:
    keep_none()
    # as an argument: setStyle() makes Python's side of QStyle with all its enumerations, for nothing
    application = QApplication([sys.argv[0], "-style", "Fusion"])
    application.setApplicationName("hebca-helper")
    application.setDesktopFileName("hebca-helper")
    application.setApplicationDisplayName("")
    application.setQuitOnLastWindowClosed(False)
    QLocale.setDefault(QLocale(language()))  # before the first widget: each keeps the one it was made under
    Theme(application, theme, font_size)
    return application


def speak(application: QApplication) -> None:
    """Qt's own texts (file dialogs, menus of input fields) in the language in use. Without Qt's catalogue for it, Qt goes on in English."""
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{language()}", folder):
        application.installTranslator(translator)
