"""`cms sign` of a large file against `openssl cms -sign -binary` of the same one: throughput as a ratio.

The two are measured in turns, so that a slow minute of the machine meets both; the median of the rounds counts. What
either needs for a file of one octet (starting, asking the USBKEY) is told apart, and is no part of the throughput.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.program import PRACTICE_PIN, PROGRAM, practice_home

MIB = 1024 * 1024


@dataclass(frozen=True)
class Round:
    """Seconds of one turn: for the file, and for one octet."""

    ours: float
    openssl: float
    ours_empty: float
    openssl_empty: float

    @property
    def throughput_ratio(self) -> float:
        """Our octets a second as a part of openssl's, start left out of both; more is better."""
        return (self.openssl - self.openssl_empty) / max(self.ours - self.ours_empty, 1e-6)

    @property
    def time_ratio(self) -> float:
        """How many times openssl's time a person waits, start included; less is better."""
        return self.ours / self.openssl


def measure(size: int, rounds: int) -> list[Round]:
    """`size` in octets."""
    with tempfile.TemporaryDirectory(prefix="hebca-benchmark-") as name, practice_home() as environment:
        folder = Path(name)
        _prepare(folder, size)
        return [_round(folder, environment) for _ in range(rounds)]


def report(rounds: list[Round], size: int) -> dict[str, Any]:
    ours = median(each.ours - each.ours_empty for each in rounds)
    return {
        "size_mib": size // MIB,
        "throughput_ratio": median(each.throughput_ratio for each in rounds),
        "time_ratio": median(each.time_ratio for each in rounds),
        "mib_per_second": size / MIB / max(ours, 1e-6),
        "start_seconds": median(each.ours_empty for each in rounds),
    }


def _prepare(folder: Path, size: int) -> None:
    (folder / "octet").write_bytes(b"x")
    with (folder / "file").open("wb") as file:
        for _ in range(0, size, MIB):
            file.write(os.urandom(MIB))
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=benchmark"]
    subprocess.run([*request, "-keyout", "key.pem", "-out", "signer.pem"], cwd=folder, check=True, capture_output=True)


def _round(folder: Path, environment: Mapping[str, str]) -> Round:
    def ours(name: str) -> None:
        command = [*PROGRAM, "cms", "sign", str(folder / name), "-o", str(folder / "ours"), "--force"]
        pin = f"{PRACTICE_PIN}\n".encode()
        subprocess.run(command, input=pin, env=dict(environment), check=True, capture_output=True)

    def openssl(name: str) -> None:
        command = ["openssl", "cms", "-sign", "-binary", "-nodetach", "-in", name, "-outform", "DER", "-out", "theirs"]
        signer = ["-signer", "signer.pem", "-inkey", "key.pem"]
        subprocess.run([*command, *signer], cwd=folder, check=True, capture_output=True)

    return Round(
        ours=_seconds(ours, "file"),
        openssl=_seconds(openssl, "file"),
        ours_empty=_seconds(ours, "octet"),
        openssl_empty=_seconds(openssl, "octet"),
    )


def _seconds(work: Callable[[str], None], name: str) -> float:
    start = time.perf_counter()
    work(name)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=256, help="MiB")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    size = options.size * MIB
    print(json.dumps(report(measure(size, options.rounds), size), indent=2))


if __name__ == "__main__":
    main()
