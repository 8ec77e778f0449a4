"""What the program costs when nobody uses it: memory and processor of all its processes, beside a bare PySide6 window.

Memory is the proportional set size (PSS; proc(5), smaps_rollup), summed over the process tree. The two windows are shown one after
the other, never together: each would halve the other's share of Qt. Floors (tests/README.md): pss_ratio at most 2.5, cpu_percent under 0.3.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.benchmarks.program import practice_home
from tests.benchmarks.windows import BARE, RUN, Shown, shown
from tests.displays import VirtualDisplay


@dataclass(frozen=True)
class Idle:
    """A quiet window: PSS in KiB, per cent of one processor, and how many processes it took."""

    pss_kib: int
    cpu_percent: float
    processes: int


def tree(pid: int) -> list[psutil.Process]:
    """A process and all its descendants."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def pss_kib(pid: int) -> int:
    """Proportional set size of one process in KiB. SystemExit for a closed process (`hebca_helper.hardening`), unless root asks."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except PermissionError:
        raise SystemExit(
            "only root may read the memory of the program's processes: run this measurement as root"
        ) from None
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def cpu_seconds(processes: list[psutil.Process]) -> float:
    """User and system time so far, with that of children which have ended."""
    times = [process.cpu_times() for process in processes]
    return sum(each.user + each.system + each.children_user + each.children_system for each in times)


def observe(window: Shown, settle: float, period: float) -> Idle:
    """Waits `settle` seconds, then watches for `period` seconds. Here time itself is measured: sleeping is the work."""
    time.sleep(settle)
    before = cpu_seconds(tree(window.process.pid))
    time.sleep(period)
    processes = tree(window.process.pid)
    busy = cpu_seconds(processes) - before
    return Idle(sum(pss_kib(process.pid) for process in processes), 100 * busy / period, len(processes))


def measure(settle: float, period: float) -> tuple[Idle, Idle]:
    """The bare window, and the program's."""
    with VirtualDisplay(window_manager=True, tray=True) as display, practice_home() as home:
        environment = {**display.environment(), "HEBCA_HELPER_HOME": home["HEBCA_HELPER_HOME"]}
        with shown(BARE, environment, "window") as window:
            bare = observe(window, min(settle, 5.0), min(period, 5.0))
        with shown(RUN, environment, "window", "listening") as window:
            return bare, observe(window, settle, period)


def main(arguments: list[str]) -> int:
    """Measures and prints; the exit status says nothing about cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--settle", type=float, default=60.0, help="seconds after the start before anything is measured"
    )
    parser.add_argument("--period", type=float, default=60.0, help="seconds over which processor time is counted")
    chosen = parser.parse_args(arguments)
    bare, ours = measure(chosen.settle, chosen.period)
    ratios = {"pss_ratio": round(ours.pss_kib / bare.pss_kib, 3), "cpu_percent": round(ours.cpu_percent, 3)}
    print(json.dumps({**ratios, "bare": vars(bare), "program": vars(ours)}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
