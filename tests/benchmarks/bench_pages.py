"""How long the window needs to change its page, with 200 certificates plugged in and 5,000 rows in the journal.

Each page is asked for by its button in the side bar; the time ends when everything that the click asked for is painted.
Floors (tests/README.md): p95 at most 50 ms, three frames at 60 Hz. The first showing of each page, which makes it, is told apart;
so is one step of the wheel on the two long pages. Prints JSON; never fails on time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from tests.displays import VirtualDisplay

if TYPE_CHECKING:
    from PySide6.QtWidgets import QScrollBar

    from hebca_helper.desktop.window import MainWindow

CERTIFICATES, ROWS = 200, 5000
CHILD = "--on-this-display"


def fill_journal(home: Path, rows: int) -> None:
    """Logins and signatures of some years, at a few sites."""
    from hebca_helper.assistant.asker.clock import utc_now
    from hebca_helper.assistant.journal.book import Journal, JournalEntry, Operation, moment

    journal, now = Journal(home), utc_now()
    operations = (Operation.CONNECT, Operation.LOGIN, Operation.SIGN, Operation.SIGN_DOCUMENT)
    for row in range(rows):
        at = moment(now - timedelta(hours=rows - row))
        origin = f"https://site{row % 7}.example.com"
        journal.write(JournalEntry(at, "certificate-service", origin, operations[row % 4], holder="演练科技有限公司"))
    journal.close()


def plug_many(window: MainWindow, folder: Path, certificates: int) -> None:
    """Certificates of as many holders, two on each USBKEY, as the window hears of them."""
    from tests.desktop.questions import TOKEN, make_office

    entry = make_office(folder).entry()
    tokens = [replace(TOKEN, id=f"longmai:{number}", serial=f"{number:08X}") for number in range(certificates // 2)]
    state = window.state
    state.tokens = tokens
    state.entries = [replace(entry, token=token) for token in tokens for _ in range(2)]
    state.known = True
    state.changed.emit()


@contextmanager
def running_window(home: Path) -> Iterator[MainWindow]:
    """The window with its program, on the display of this process."""
    from hebca_helper.app.parts import App
    from hebca_helper.app.window import Background
    from hebca_helper.bridge.ports import WantedPorts
    from hebca_helper.desktop.application import make_application
    from hebca_helper.desktop.link import Link
    from hebca_helper.desktop.window import MainWindow
    from hebca_helper.portals import catalogue

    application = make_application()
    link = Link()
    window = MainWindow(link, catalogue.load(), lambda: True)
    window.show()
    runtime = Background(App(home), ports=WantedPorts(0), practice=False)
    runtime.start().result(60)
    window.attach(runtime)
    settle()
    try:
        yield window
    finally:
        link.close()
        runtime.quit()
        window.deleteLater()
        del application


def settle(seconds: float = 1.0) -> None:
    """Everything that is under way comes to its end."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def painted(act: Callable[[], object]) -> float:
    """Milliseconds until what `act` changes is on the screen: Qt has nothing to do any more."""
    from PySide6.QtWidgets import QApplication

    start = time.perf_counter()
    act()
    QApplication.processEvents()
    QApplication.processEvents()  # what the first turn posted: layouts, then painting
    return (time.perf_counter() - start) * 1000


def measure(home: Path, rounds: int, certificates: int, rows: int) -> dict[str, Any]:
    from PySide6.QtWidgets import QToolButton

    fill_journal(home, rows)
    with running_window(home) as window:
        plug_many(window, home, certificates)
        settle()
        buttons: list[QToolButton] = [b for b in window.side_bar.findChildren(QToolButton) if b.isVisible()]
        first = {button.objectName(): painted(button.click) for button in buttons}
        settle()
        times: dict[str, list[float]] = {button.objectName(): [] for button in buttons}
        for _ in range(rounds):
            for button in buttons:
                times[button.objectName()].append(painted(button.click))
        return {"first": first, "again": times, "wheel": wheel(window)}


def wheel(window: MainWindow, steps: int = 40) -> dict[str, list[float]]:
    """One step of the wheel, on the pages that grow."""
    from PySide6.QtWidgets import QAbstractScrollArea

    found: dict[str, list[float]] = {}
    for name in ("certificates", "journal"):
        window.show_page(name)
        settle(0.5)
        page = window._pages[name]
        areas = [area for area in page.findChildren(QAbstractScrollArea) if area.verticalScrollBar().maximum() > 0]
        if areas:
            bar = max((area.verticalScrollBar() for area in areas), key=lambda each: each.maximum())
            found[name] = [painted(partial(_turn, bar)) for _ in range(steps)]
    return found


def _turn(bar: QScrollBar) -> None:
    bar.setValue(bar.value() + 3 * bar.singleStep())


def report(found: Mapping[str, Any]) -> dict[str, Any]:
    """p50 and p95 in milliseconds, of all changes together and of each page."""
    every = [time for times in found["again"].values() for time in times]
    return {
        "switch_p50": round(median(every), 1),
        "switch_p95": p95(every),
        "pages_p95": {name: p95(times) for name, times in found["again"].items()},
        "first": {name: round(time, 1) for name, time in found["first"].items()},
        "wheel_p95": {name: p95(times) for name, times in found["wheel"].items()},
    }


def p95(times: list[float]) -> float:
    return round(quantiles(times, n=20, method="inclusive")[-1], 1) if len(times) > 1 else round(times[0], 1)


def on_own_display(rounds: int, certificates: int, rows: int) -> dict[str, Any]:
    """In a process of its own: Qt belongs to one display for good."""
    with VirtualDisplay(window_manager=True) as display, tempfile.TemporaryDirectory() as folder:
        Path(folder, "settings.toml").write_text("seal_port = 0\nhttps_port = 0\n", encoding="ascii")
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.bench_pages",
            CHILD,
            str(rounds),
            str(certificates),
            str(rows),
        ]
        environment = display.environment(HEBCA_HELPER_HOME=folder)
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def main(arguments: list[str]) -> int:
    if arguments[:1] == [CHILD]:
        rounds, certificates, rows = map(int, arguments[1:])
        print(json.dumps(report(measure(Path(os.environ["HEBCA_HELPER_HOME"]), rounds, certificates, rows))))
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--certificates", type=int, default=CERTIFICATES)
    parser.add_argument("--rows", type=int, default=ROWS)
    given = parser.parse_args(arguments)
    print(json.dumps(on_own_display(given.rounds, given.certificates, given.rows), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
