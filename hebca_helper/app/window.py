"""The window's program: Qt in the main thread, everything else on one asyncio loop in a background thread."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hebca_helper.bridge.ports import CERTIFICATE, WantedPorts
from hebca_helper.cli.program import Program as CommandProgram
from hebca_helper.cli.terminal import FAILED, tell
from hebca_helper.desktop.main import note_moment, run_desktop
from hebca_helper.desktop.runtime import RESTART, ServiceStatus
from hebca_helper.errors import Code, HelperError
from hebca_helper.hardening import harden
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.asker.connection import Connection
    from hebca_helper.assistant.assistant import Assistant
    from hebca_helper.bridge.ports import Reserved
    from hebca_helper.bridge.services import Services
    from hebca_helper.desktop.runtime import Runtime
    from hebca_helper.portals.catalogue import Portal
    from hebca_helper.practice.hall.server import Hall
    from hebca_helper.practice.serving import AssistantPorts
    from hebca_helper.settings import Settings
    from hebca_helper.tokens.discovery import ModuleState
    from hebca_helper.tokens.service import TokenService

_DAY = 24 * 3600.0


class Program(CommandProgram, Protocol):
    """`parts.App` is one: what the command line needs, and the keeping of settings that a person changes."""

    def save_changes(self, old: Settings, new: Settings) -> None: ...


def run_window(app: Program, *, ports: WantedPorts, practice: bool, background: bool = False) -> int:
    """Exit status. Without a display the demo tells what the program does. `background`: wait in the tray, for a start
    with the system."""
    if (missing := _no_display()) is not None:
        if background:
            raise missing
        from hebca_helper.cli.demo import demo

        if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            print(missing.detail, file=sys.stderr)
        return asyncio.run(demo(app))
    parts = Background(app, ports=ports, practice=practice)
    return _again(run_desktop(app.home, parts.start, app.settings, background=background))


def show_window(app: Program, page: str) -> int:
    """Exit status, as `run_window`; there is nothing to show without a display."""
    if (missing := _no_display()) is not None:
        raise missing
    background = Background(app, ports=WantedPorts(), practice=False)
    return _again(run_desktop(app.home, background.start, app.settings, page))


def tell_trouble(problem: HelperError) -> int:
    """Exit status. What keeps the program from starting at all, in a window where one can be shown."""
    from hebca_helper.checks import libraries
    from hebca_helper.desktop import main

    if _no_display() is None and libraries.problem() is None:
        return _again(main.tell_trouble(problem))
    tell(problem)
    return FAILED


def _no_display() -> HelperError | None:
    """Why no window can be shown, None when one can."""
    from hebca_helper.checks.libraries import display_answers, has_display

    if display_answers():
        return None
    named = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""
    told = tr("显示器 {name} 没有响应").format(name=named) if has_display() else tr("没有显示器")
    return HelperError(Code.NOT_SUPPORTED, told)


def _again(status: int) -> int:
    """Start the program anew, as it was called, where the person wished so in the window."""
    if status == RESTART:
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - the same words that started this process
    return status


class Background:
    """Implements `desktop.runtime.Runtime`: the loop, the parts on it, and their end."""

    loop: asyncio.AbstractEventLoop
    assistant: Assistant
    connection: Connection

    def __init__(self, app: Program, *, ports: WantedPorts, practice: bool) -> None:
        self._app = app
        self._practice = practice
        self._settings = ports.in_place(app.settings)
        self._ready: Future[Runtime] = Future()
        self._listeners: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._run, name="assistant", daemon=True)
        self._services: Services | None = None
        self._monitor_url = ""
        self._tokens: TokenService | None = None
        self._stop: asyncio.Event | None = None
        self._quitting = False
        self._reserved: dict[str, list[socket.socket]] = {}
        self._hall: Hall | None = None
        self._parts = AsyncExitStack()
        self._changing = asyncio.Lock()

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def home(self) -> Path:
        return self._app.home

    def start(self) -> Future[Runtime]:
        """Start the thread. The future has this object once the assistant works, or what kept it from working.

        The port is ours from here on: a page that connects while the rest is imported waits instead of failing.
        """
        from hebca_helper.bridge.listening import listen

        with suppress(HelperError):  # taken: the service says by whom, and waits for it
            self._reserved[CERTIFICATE] = listen(self._settings.certificate_port)
            note_moment("listening")
        self._thread.start()
        return self._ready

    async def change_settings(self, new: Settings) -> None:
        from hebca_helper.bridge.ports import release, reserve
        from hebca_helper.settings_rules import require_sensible

        async with self._changing:
            old = self._settings
            require_sensible(old, new)
            reserved = reserve(old, new)
            try:
                await asyncio.to_thread(self._app.save_changes, old, new)
                await self._use_settings(new, reserved)
            finally:  # a window that closes waits no longer: what no service has taken over stays ours
                release(reserved)
        self._changed()

    async def _use_settings(self, new: Settings, reserved: Reserved) -> None:
        from hebca_helper import log_file

        self._settings = new
        log_file.use_level(new.log_level)
        self.assistant.use_settings(new)
        if self._services is not None:
            await self._services.change(new, reserved)
        if self._hall is not None:
            self._hall.use_ports(self._assistant_ports())

    def services(self) -> Sequence[ServiceStatus]:
        if self._services is None:
            return []
        titles = (tr("证书服务"), tr("签章服务"), tr("HTTPS 服务"))
        return [
            ServiceStatus(title, "" if service.problem else service.url, service.problem)
            for title, service in zip(titles, self._services.all.values(), strict=True)
        ]

    def modules(self) -> Sequence[ModuleState]:
        return self._tokens.modules() if self._tokens else []

    def problems(self) -> Sequence[HelperError]:
        return self._app.problems

    def practice_portals(self) -> tuple[Portal, ...]:
        if self._hall is None:
            return ()
        from hebca_helper.portals.catalogue import Group, Need, Portal

        urls = self._hall.urls
        note = tr("练习注册、绑定和证书登录，不会提交到任何部门")
        hall = Portal(
            "practice-hall",
            Group.PRACTICE,
            tr("演练办事大厅"),
            urls["hall"],
            origins=(self._hall.origin,),
            need=Need.CERTIFICATE,
            note=note,
        )
        phone = Portal("practice-phone", Group.PRACTICE, tr("演练手机"), urls["phone"], note=tr("查看演练短信验证码"))
        note = tr("给网站的开发人员：网页的每次调用、答复和被拒绝的原因")
        monitor = Portal("practice-monitor", Group.PRACTICE, tr("接口监视"), self._monitor_url, note=note)
        return hall, phone, monitor

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def quit(self) -> None:
        """Stop services and children and wait for them."""
        self._quitting = True  # before looking at `_stop`: a thread that is only starting reads it afterwards
        if self._thread.is_alive() and self._stop is not None:
            self.loop.call_soon_threadsafe(self._stop.set)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as problem:  # handed to the window, which tells the person
            self._close_sockets()
            if self._ready.done():
                raise
            self._ready.set_exception(problem)

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        if self._quitting:
            self._close_sockets()
            return
        async with AsyncExitStack() as stack:
            self._parts = stack
            await self._start_parts(stack)
            await self._stop.wait()

    def _close_sockets(self) -> None:
        """Those that no service has taken over; closing one twice does nothing."""
        from hebca_helper.bridge.ports import release

        release(self._reserved)

    async def _start_parts(self, stack: AsyncExitStack) -> None:
        from hebca_helper import log_file
        from hebca_helper.assistant.asker.asking import Asker, Channel

        harden()  # from here on somebody may enter a PIN
        note_moment("closed")
        stack.callback(log_file.stop, log_file.start(self.home, self._settings.log_level))
        if self._practice:
            await self._ensure_practice()
        core = await stack.enter_async_context(self._app.core())
        self._tokens, self.assistant = core.tokens, core.assistant
        self.connection = self.assistant.connect(Asker(Channel.WINDOW))
        self.assistant.subscribe(lambda _: self._changed())
        await self._start_services(stack)
        await core.tokens.tokens()
        self._ready.set_result(self)
        stack.callback(asyncio.create_task(self._trim_journal()).cancel)
        if self._practice:
            await self._start_hall(stack)

    async def _trim_journal(self) -> None:
        """Now and each day that the program runs."""
        while True:
            with suppress(HelperError):  # a disk that is full today
                self.assistant.trim_journal()
            await asyncio.sleep(_DAY)

    async def start_practice(self) -> None:
        from hebca_helper.practice.in_use import practice_lock

        async with self._changing:
            if self._hall is not None:
                return
            await self._ensure_practice()
            self._parts.enter_context(practice_lock(self.home))
            await self.assistant.rescan()
            await self._start_hall(self._parts)

    async def _ensure_practice(self) -> None:
        from hebca_helper.practice.record import read_record
        from hebca_helper.practice.usbkey import init

        if read_record(self.home) is None:
            await init(self.home)

    async def _start_services(self, stack: AsyncExitStack) -> None:
        from hebca_helper.bridge.postponed import postpone

        postpone("importlib.metadata")
        from hebca_helper.bridge.services import Services

        self._services = Services(self.assistant, self._settings, self._changed)
        stack.push_async_callback(self._services.stop)
        await self._services.start(wait=True, reserved=self._reserved)
        note_moment("answering")
        self._changed()

    async def _start_hall(self, stack: AsyncExitStack) -> None:
        from hebca_helper.practice.hall.server import DEFAULT_PORT, Hall

        ports = self._assistant_ports()
        hall = Hall(self.home, DEFAULT_PORT, ports)
        try:
            await hall.start()
        except HelperError as problem:
            if problem.code is not Code.PORT_TAKEN:
                raise
            hall = Hall(self.home, 0, ports)  # another home's hall has the usual port
            await hall.start()
        stack.push_async_callback(hall.stop)
        await self._start_monitor(stack)
        self._hall = hall
        self._changed()

    def _assistant_ports(self) -> AssistantPorts:
        from hebca_helper.practice.serving import AssistantPorts

        assert self._services is not None  # noqa: S101 - the hall comes after them
        return AssistantPorts(*(service.port for service in self._services.all.values()))

    async def _start_monitor(self, stack: AsyncExitStack) -> None:
        from hebca_helper.bridge.monitor.pages import Monitor

        assert self._services is not None  # noqa: S101 - the hall comes after them
        monitor = Monitor(self._services.observe())
        await monitor.start()
        stack.push_async_callback(monitor.stop)
        self._monitor_url = monitor.url

    def _changed(self) -> None:
        for listener in list(self._listeners):
            listener()
