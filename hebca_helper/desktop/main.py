"""The window from start to end: shown at once, joined to the rest of the program when that is ready."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from hebca_helper.desktop import preflight_libraries
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.desktop.single_instance import SingleInstance

TIMING_VARIABLE = "HEBCA_HELPER_TIMING"
"""A file to which "window MONOTONIC_NANOSECONDS" is appended when the window is on the screen, for benchmarks."""


def run_desktop(home: Path, start_runtime: Callable[[], Future[Runtime]]) -> int:
    """Exit status. `start_runtime` is called in the main thread when the window is on the screen, and must not block;
    the runtime it promises is quit here. A second start for this home raises the first one's window and ends with 0."""
    if (problem := preflight_libraries.problem()) is not None:
        print(problem, file=sys.stderr)
        return 1
    instance = SingleInstance(home)
    if not instance.claim():
        return 0 if instance.raise_first() else 1
    try:
        from hebca_helper.desktop.application import Desktop

        return Desktop(start_runtime, instance, timing_hook()).run()
    finally:
        instance.close()


def timing_hook() -> Callable[[], None]:
    path = os.environ.get(TIMING_VARIABLE)
    return (lambda: _note_time(Path(path))) if path else (lambda: None)


def _note_time(path: Path) -> None:
    with path.open("a") as file:
        file.write(f"window {time.monotonic_ns()}\n")
