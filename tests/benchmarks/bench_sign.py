"""SignText over 17212 against a bare C_Sign on the same practice USBKEY: latency and throughput as ratios.

The two are measured in turns, so that a slow minute of the machine meets both; the median of the rounds counts.
Floors (tests/README.md): p50_ratio at most 2.1, throughput_ratio at least 0.78 with 8 connections.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.program import PRACTICE_PIN, SOFTHSM, practice_home, ready, started

HERE = Path(__file__).parent
ORIGIN = "https://benchmark.invalid"  # a name that can never exist (RFC 2606, section 2)
NODE_MODULES = "/usr/share/nodejs"  # where Debian's node-ws is


@dataclass(frozen=True)
class Round:
    """One turn: microseconds and signatures per second of the bare call, and of the browser service."""

    bare: Mapping[str, float]
    service: Mapping[str, float]

    @property
    def p50_ratio(self) -> float:
        """How many times the bare call's median time a page waits; less is better."""
        return self.service["p50_us"] / self.bare["p50_us"]

    @property
    def throughput_ratio(self) -> float:
        """Signatures a second of all connections as a part of what one bare thread makes; more is better."""
        return self.service["operations_per_second"] / self.bare["operations_per_second"]


def build_bare_sign(folder: Path) -> Path:
    """Compiles bare_sign.c into `folder`."""
    program = folder / "bare_sign"
    options = ("-O2", "-Wall", "-Wextra", "-Werror", "-I/usr/include/p11-kit-1")
    subprocess.run(["gcc", *options, "-o", str(program), str(HERE / "bare_sign.c"), "-ldl"], check=True)
    return program


def bare_sign(program: Path, count: int, token: Mapping[str, str]) -> dict[str, Any]:
    """`count` signatures by C_Sign alone; `token` names the SoftHSM configuration (SOFTHSM2_CONF) and the PIN."""
    return _json_of([str(program), str(SOFTHSM), str(count), "rsa"], {**os.environ, **token})


def sign_client(url: str, count: int, connections: int) -> dict[str, Any]:
    """`count` signatures by SignText through Node's `ws`, alone and over `connections` at once."""
    command = ["node", str(HERE / "sign_client.js"), url, ORIGIN, str(count), str(connections)]
    return _json_of(command, {**os.environ, "NODE_PATH": NODE_MODULES})


def measure(count: int, connections: int, rounds: int) -> list[Round]:
    """The rounds, on a practice USBKEY made for them."""
    with tempfile.TemporaryDirectory() as folder, practice_home() as environment:
        program = build_bare_sign(Path(folder))
        configuration = Path(environment["HEBCA_HELPER_HOME"], "practice", "softhsm2.conf")
        token = {"SOFTHSM2_CONF": str(configuration), "BARE_SIGN_PIN": PRACTICE_PIN}
        service = ("serve", "--unattended", "--certificate-port", "0", "--allow-origin", ORIGIN)
        with started(*service, environment=environment) as process:
            url = ready(process)["certificate_service"]
            return [
                Round(bare_sign(program, count, token), sign_client(url, count, connections)) for _ in range(rounds)
            ]


def report(rounds: list[Round]) -> dict[str, Any]:
    """What is printed: the medians, and every round beside them."""
    return {
        "p50_ratio": round(median(each.p50_ratio for each in rounds), 3),
        "throughput_ratio": round(median(each.throughput_ratio for each in rounds), 3),
        "client": "Node ws",
        "rounds": [{"bare": each.bare, "service": each.service} for each in rounds],
    }


def main(arguments: list[str]) -> int:
    """Measures and prints; the exit status says nothing about speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="signatures in each measurement")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    print(json.dumps(report(measure(chosen.count, chosen.connections, chosen.rounds)), indent=2))
    return 0


def _json_of(command: list[str], environment: Mapping[str, str]) -> dict[str, Any]:
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
