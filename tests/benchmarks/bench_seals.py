"""Checking a seal, nothing remembered from before, as a multiple of one SM2 verification of our own.

The two are measured in turns, so that a slow minute of the machine meets both; the median of the rounds counts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from statistics import median

from hebca_helper.pki import certificates, chains, sm2
from hebca_helper.pki.certificates import Certificate
from hebca_helper.seals.checking import check_seal
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.seal import read_seal
from tests.seals import seal_maker


def measure(rounds: int) -> dict[str, float]:
    """Milliseconds of each, and how many verifications a check takes (less is better)."""
    data, roots = seal_maker.seal(), Roots([Certificate.parse(seal_maker.authority().der)])
    seal = read_seal(data)

    def check() -> None:
        chains.signed_by.cache_clear()
        certificates._parse.cache_clear()
        check_seal(read_seal(data), roots, seal_maker.NOW)

    def verify() -> None:
        sm2.verify(seal.maker.spki, seal.signed, seal.signature)

    verify()
    turns = [(_milliseconds(check), _milliseconds(verify)) for _ in range(rounds)]
    checks, verifications = (median(times) for times in zip(*turns, strict=True))
    return {"check_ms": checks, "verification_ms": verifications, "ratio": checks / verifications}


def _milliseconds(what: Callable[[], None]) -> float:
    start = time.perf_counter()
    what()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    print(json.dumps(measure(50)))
