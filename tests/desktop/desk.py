"""The window with the real assistant behind it, and a page that talks to that assistant as portals do."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from hebca_helper.app.parts import App
from hebca_helper.app.window import Background
from hebca_helper.bridge.ports import WantedPorts
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.presence.status import Status
from hebca_helper.desktop.prompts import QtPrompts
from hebca_helper.desktop.remembered_pins import RememberedPins
from hebca_helper.desktop.window import MainWindow
from hebca_helper.portals import catalogue
from hebca_helper.settings import Settings, save
from tests.desktop.person import Person
from tests.practice_homes import put_practice_usbkey

START_SECONDS = 60


@dataclass
class Desk:
    """One window, its program, and the person before it."""

    window: MainWindow
    runtime: Background
    person: Person
    home: Path
    status: Status
    remembered: RememberedPins

    def page(self, name: str) -> QWidget:
        """Go there by its button in the side bar."""
        self.person.click(self.window, f"{name}Button")
        return self.window._pages[name]

    def sees(self, *words: str) -> None:
        """Wait until each of these can be read in the window."""
        self.person.wait(lambda: all(word in self.person.texts(self.window) for word in words))

    @property
    def port(self) -> int:
        url = next(status.url for status in self.runtime.services() if status.url)
        return int(url.rsplit(":", 1)[1].split("/")[0])


@contextmanager
def open_desk(
    person: Person, link: Link, home: Path, scenario: str | None = "fresh", **settings: Any
) -> Iterator[Desk]:
    """As `app.window` and `desktop.application` put it together; a practice USBKEY of a scenario, or none."""
    if scenario is not None:
        put_practice_usbkey(home, scenario)
    save(home, Settings(**{"certificate_port": 0, "seal_port": 0, "https_port": 0, **settings}))
    window = MainWindow(link, catalogue.load(), lambda: True)
    window.show()
    person.window(MainWindow)
    runtime = Background(App(home), ports=WantedPorts(), practice=False)
    try:
        runtime.start().result(START_SECONDS)
        remembered = RememberedPins(lambda: runtime.settings.remember_pin)
        prompts = QtPrompts(link, window.tell_notice, remembered)
        runtime.loop.call_soon_threadsafe(_connect, runtime, prompts, remembered)
        status = Status(link, window.state)
        status.attach(runtime)
        window.attach(runtime)
        person.wait(lambda: window.state.known and not window.state.busy)
        yield Desk(window, runtime, person, home, status, remembered)
    finally:
        link.close()
        with ThreadPoolExecutor(1) as thread:
            thread.submit(runtime.quit).result(START_SECONDS)


def _connect(runtime: Background, prompts: QtPrompts, remembered: RememberedPins) -> None:
    runtime.assistant.prompts = prompts
    runtime.assistant.subscribe_logins(remembered.login_changed)
    runtime.assistant.subscribe(remembered.token_changed)


class PortalPage:
    """A portal's page as the old client writes it, in a thread of its own: a dialog may have to be answered first."""

    def __init__(self, socket: ClientConnection) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._socket = socket
        self._socket.send("0|1")
        self.greeting = self._socket.recv()

    def call(self, name: str, **given: object) -> Future[dict[str, Any]]:
        return self._thread.submit(self._call, name, json.dumps(given, ensure_ascii=False))

    def _call(self, name: str, body: str) -> dict[str, Any]:
        self._socket.send(f"1|{name}|{body}")
        answer = self._socket.recv()
        assert isinstance(answer, str)
        found: dict[str, Any] = json.loads(answer.split("|")[2])
        return found

    def close(self) -> None:
        self._thread.shutdown()


@contextmanager
def portal_page(desk: Desk, origin: str) -> Iterator[PortalPage]:
    with connect(f"ws://localhost:{desk.port}/test", origin=Origin(origin), compression=None, proxy=None) as socket:
        page = PortalPage(socket)
        try:
            yield page
        finally:
            page.close()


class NotingChrome:
    """A Chrome that only notes what it is asked to open; found before any real one."""

    def __init__(self, folder: Path, put: Callable[[str, str], None]) -> None:
        """`put` sets a variable of the environment."""
        programs = folder / "programs"
        programs.mkdir()
        self._asked = folder / "asked"
        os.mkfifo(self._asked)
        self.program = chrome = programs / "google-chrome"
        chrome.write_text(f'#!/bin/sh\nfor last; do :; done\necho "$last" > "{self._asked}"\n')
        chrome.chmod(0o755)
        put("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")

    def asked(self, person: Person) -> str:
        """The next address that it is asked to open."""
        with ThreadPoolExecutor(1) as thread:
            return person.result(thread.submit(self._asked.read_text)).strip()
