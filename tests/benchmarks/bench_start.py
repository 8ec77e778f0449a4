"""How long `run` takes to show its window and to listen, as ratios to a bare PySide6 window.

Each round starts both, one after the other; the median of the rounds counts. A first start of each is not counted: it fills caches.
Floors (tests/README.md): window_ratio at most 2.5, listening_ratio at most 3. "listening" is when the port takes connections,
"answering" when the greeting of one that came early would go out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from statistics import median

from tests.benchmarks.program import practice_home
from tests.benchmarks.windows import BARE, RUN, shown
from tests.displays import VirtualDisplay


def start_once(environment: Mapping[str, str]) -> dict[str, float]:
    """Seconds of one round: bare window shown, window shown, services listening, services answering."""
    with shown(BARE, environment, "window") as bare:
        pass
    with shown(RUN, environment, "window", "listening", "answering") as ours:
        pass
    return {"bare": bare.seconds["window"], **ours.seconds}


def measure(rounds: int) -> list[dict[str, float]]:
    """The rounds, on one display and one practice home."""
    with VirtualDisplay(window_manager=True, tray=True) as display, practice_home() as home:
        environment = {**display.environment(), "HEBCA_HELPER_HOME": home["HEBCA_HELPER_HOME"]}
        start_once(environment)
        return [start_once(environment) for _ in range(rounds)]


def main(arguments: list[str]) -> int:
    """Measures and prints; the exit status says nothing about speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = measure(parser.parse_args(arguments).rounds)
    middle = {name: median(each[name] for each in rounds) for name in ("bare", "window", "listening", "answering")}
    ratios = {f"{name}_ratio": round(middle[name] / middle["bare"], 3) for name in ("window", "listening", "answering")}
    print(json.dumps({**ratios, "median_seconds": middle, "rounds": rounds}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
