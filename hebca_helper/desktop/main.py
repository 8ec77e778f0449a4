"""The window from start to end: shown at once, joined to the rest of the program when that is ready."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from hebca_helper.checks import libraries
from hebca_helper.desktop.presence.single_instance import SingleInstance
from hebca_helper.desktop.runtime import RESTART, Runtime
from hebca_helper.errors import Code, HelperError
from hebca_helper.files import of_file
from hebca_helper.hardening import stay_open
from hebca_helper.settings import Settings

TIMING_VARIABLE = "HEBCA_HELPER_TIMING"
"""A file to which the moments of the start are appended (tests/benchmarks)."""


def run_desktop(
    home: Path,
    start_runtime: Callable[[], Future[Runtime]],
    settings: Settings,
    page: str = "",
    *,
    background: bool = False,
) -> int:
    """Exit status. `start_runtime` is called in the main thread when the window is on the screen, and must not block;
    the runtime it promises is quit here. A second start for this home raises the first one's window, on the `page` that
    is asked for, and ends with 0. In the `background` no window comes up, neither ours nor the first one's."""
    if (problem := libraries.problem()) is not None:
        print(problem, file=sys.stderr)
        return 1
    try:
        instance = SingleInstance(home)
        first = instance.claim()
    except OSError as failure:
        return tell_trouble(of_file(failure), settings)
    if not first:
        if background or instance.raise_first(page):
            return 0
        return tell_trouble(HelperError(Code.WINDOW_SILENT), settings, instance.holder())
    try:
        from hebca_helper.desktop.application import Desktop

        if settings.theme == "system":
            stay_open()  # Qt asks the desktop's portal for the look, which refuses a closed process (app.window closes it)
        desktop = Desktop(start_runtime, instance, lambda: note_moment("window"), settings, page, home)
        return desktop.run(hidden=background and settings.first_start_done)
    finally:
        instance.close()


def tell_trouble(problem: HelperError, settings: Settings | None = None, holder: int | None = None) -> int:
    """What keeps the window from opening, in a box of its own and in the terminal. Exit status, RESTART to try again."""
    print(f"{problem} [{problem.code}]", file=sys.stderr)
    from hebca_helper.desktop.application import make_application
    from hebca_helper.desktop.look.message_box import trouble

    settings = settings or Settings()
    application = make_application(settings.theme, settings.font_size)
    box = trouble(problem, RESTART, holder=holder)
    box.show()
    return application.exec()


def note_moment(name: str) -> None:
    """Append "NAME MONOTONIC_NANOSECONDS" to the timing file, where one is asked for."""
    path = os.environ.get(TIMING_VARIABLE)
    if path:
        with Path(path).open("a") as file:
            file.write(f"{name} {time.monotonic_ns()}\n")
