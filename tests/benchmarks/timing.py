"""Moments that a starting program writes into the file named by HEBCA_HELPER_TIMING, awaited without sleeping blindly."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Collection
from pathlib import Path

VARIABLE = "HEBCA_HELPER_TIMING"
WAIT_SECONDS = 60.0
LOOK_SECONDS = 0.02


def moments(path: Path) -> dict[str, int]:
    """Name → monotonic nanoseconds of every whole line so far; the first of a name counts."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="ascii").splitlines(keepends=True)
    pairs = [line.split() for line in lines if line.endswith("\n")]
    return {name: int(value) for name, value in reversed(pairs)}


def wait_for(path: Path, names: Collection[str], process: subprocess.Popen[str]) -> dict[str, int]:
    """All moments, once `names` are among them. Looking costs next to nothing: the measured program writes the times."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not set(names) <= moments(path).keys():
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with status {process.returncode}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"{sorted(names)} expected, {sorted(moments(path))} seen")
        time.sleep(LOOK_SECONDS)
    return moments(path)
