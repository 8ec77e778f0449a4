"""The program as a clerk has it: real window, real assistant, a practice USBKEY, some history."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QRect, QTimer
from PySide6.QtWidgets import QApplication

from hebca_helper.app.parts import App
from hebca_helper.app.window import Background
from hebca_helper.assistant.journal.book import Journal, JournalEntry, Operation, moment
from hebca_helper.bridge.ports import WantedPorts
from hebca_helper.desktop.application import make_application, speak
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.prompts import QtPrompts
from hebca_helper.desktop.window import MainWindow
from hebca_helper.errors import Code
from hebca_helper.portals import catalogue
from hebca_helper.practice.names import COMPANY
from tests.desktop.person import Person
from tests.desktop.questions import Office, make_office

SITES = {
    "https://rsj.zjk.gov.cn": "allowed",
    "http://111.62.46.105:9010": "blocked",
    "https://wt.zjkgjj.com": "trusted",
}
MOST_ROUNDS = 40
RESULTS = ("done", "done", Code.USER_CANCELLED, "done", Code.PIN_INCORRECT)


@dataclass(frozen=True)
class Stage:
    application: QApplication
    window: MainWindow
    runtime: Background
    prompts: QtPrompts
    person: Person
    office: Office

    def ask(self, question: Any) -> None:
        """A question of the assistant; its dialog appears in Qt's thread."""
        asyncio.run_coroutine_threadsafe(question, self.runtime.loop)

    def settle(self, milliseconds: int = 15) -> None:
        """At least so long, and until nothing moves any more."""
        before: list[QRect] = []
        for _ in range(MOST_ROUNDS):
            loop = QEventLoop()
            QTimer.singleShot(milliseconds, loop.quit)
            loop.exec()
            now = [w.geometry() for w in QApplication.allWidgets() if w.isVisible()]
            if now == before:
                return
            before = now


def furnish(home: Path, language: str, theme: str, percent: int) -> None:
    """Settings, sites and a journal, before the program starts."""
    with (home / "settings.toml").open("a") as file:
        file.write(f'language = "{language}"\ntheme = "{theme}"\nfont_size = {percent}\n')
    lines = "".join(f'"{site}" = "{state}"\n' for site, state in SITES.items())
    (home / "origins.toml").write_text(f'bare_signatures = ["https://wt.zjkgjj.com"]\n[origins]\n{lines}')
    journal = Journal(home)
    now = datetime.now(UTC)
    operations = [Operation.CONNECT, Operation.LOGIN, Operation.SIGN, Operation.SIGN_DOCUMENT, Operation.CHANGE_PIN]
    for number in range(40):
        at = moment(now - timedelta(hours=7 * (40 - number)))
        site = list(SITES)[number % len(SITES)]
        what, result = operations[number % len(operations)], RESULTS[number % len(RESULTS)]
        journal.write(
            JournalEntry(at, "certificate-service", site, what, "t", "1a2b", "ab" * 32, 120, result, COMPANY.name)
        )
    journal.close()


@contextmanager
def stage(home: Path, office: Path) -> Iterator[Stage]:
    app = App(home)
    application = make_application(app.settings.theme, app.settings.font_size)
    speak(application)
    link = Link()
    window = MainWindow(link, catalogue.load(), lambda: True)
    window.show()
    runtime = Background(app, ports=WantedPorts(0), practice=False)
    ready = runtime.start().result(60)
    prompts = QtPrompts(link, window.tell_notice)
    runtime.loop.call_soon_threadsafe(setattr, runtime.assistant, "prompts", prompts)
    window.attach(ready)
    person = Person()
    person.wait(lambda: window.state.known and not window.state.busy)
    try:
        yield Stage(application, window, runtime, prompts, person, make_office(office))
    finally:
        link.close()
        with ThreadPoolExecutor(1) as thread:
            thread.submit(runtime.quit).result(30)
