"""P7SignB64 of a megabyte against SignText plus an echo of the same frame by a bare server of the same library.

Floors (tests/README.md): document_ratio at most 2.5. The median of the rounds counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.bench_sign import NODE_MODULES, ORIGIN
from tests.benchmarks.program import practice_home, ready, started, stop

HERE = Path(__file__).parent


def measure(size: int, count: int, rounds: int) -> list[dict[str, float]]:
    """The rounds: microseconds of SignText, echo and document."""
    service = ("serve", "--unattended", "--certificate-port", "0", "--allow-origin", ORIGIN)
    echo_command = [sys.executable, "-m", "tests.benchmarks.echo_server"]
    with (
        practice_home() as environment,
        started(*service, environment=environment) as process,
        subprocess.Popen(echo_command, stdout=subprocess.PIPE, text=True) as echo,
    ):
        urls = (ready(process)["certificate_service"], ready(echo)["echo"])
        try:
            return [_round(*urls, size, count) for _ in range(rounds)]
        finally:
            stop(echo)


def _round(url: str, echo_url: str, size: int, count: int) -> dict[str, float]:
    command = ["node", str(HERE / "document_client.js"), url, echo_url, ORIGIN, str(size), str(count)]
    done = subprocess.run(
        command, env={**os.environ, "NODE_PATH": NODE_MODULES}, check=True, capture_output=True, text=True
    )
    times: dict[str, float] = json.loads(done.stdout)
    return times


def report(rounds: list[dict[str, float]]) -> dict[str, Any]:
    ratios = [each["document_us"] / (each["sign_text_us"] + each["echo_us"]) for each in rounds]
    return {"document_ratio": round(median(ratios), 3), "client": "Node ws", "rounds": rounds}


def main(arguments: list[str]) -> int:
    """Measures and prints; the exit status says nothing about speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1024 * 1024)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    print(json.dumps(report(measure(chosen.size, chosen.count, chosen.rounds)), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
