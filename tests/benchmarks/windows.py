"""The two windows that are compared: a bare PySide6 one, and the program's, each as a fresh process on a display."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.program import PROGRAM, stop
from tests.benchmarks.timing import VARIABLE, wait_for

BARE = (sys.executable, str(Path(__file__).with_name("bare_window.py")))
RUN = (*PROGRAM, "run", "--certificate-port", "0")


@dataclass(frozen=True)
class Shown:
    """A window on the screen: its process, and seconds from the start of the process to each moment."""

    process: subprocess.Popen[str]
    seconds: Mapping[str, float]


@contextmanager
def shown(command: tuple[str, ...], environment: Mapping[str, str], *names: str) -> Iterator[Shown]:
    """Starts `command`, waits for the moments `names`, and ends it with the block."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "timing")
        start = time.monotonic_ns()
        with subprocess.Popen(command, env={**environment, VARIABLE: str(path)}, text=True) as process:
            try:
                seen = wait_for(path, names, process)
                yield Shown(process, {name: (moment - start) / 1e9 for name, moment in seen.items()})
            finally:
                stop(process)
