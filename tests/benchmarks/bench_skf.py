"""An SM2 signature through service, pipe and token host, as a multiple of what cannot be saved: ECCSignData of the same
library called in this process, and one verification of ours.

Measured in turns, so that a slow minute of the machine meets all three; the median of the rounds counts.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from hebca_helper.pki import sm2
from hebca_helper.tokens.host.skf.library import EccSignature, Number, Skf
from hebca_helper.tokens.model import Mechanism
from hebca_helper.tokens.service import TokenService
from tests.tokens.soft_skf import PIN, SoftSkf, build, key_pair, provision

E = bytes(range(32))


def measure(rounds: int) -> dict[str, float]:
    """Milliseconds of each, and the ratio (less is better; the bar is 1.4)."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(provision(SoftSkf(build(Path(folder)), Path(folder) / "home")), rounds))


async def _measure(soft: SoftSkf, rounds: int) -> dict[str, float]:
    bare, service = _bare(soft), TokenService([soft.place])
    await service.start()
    try:
        token = (await service.tokens())[0].id
        await service.login(token, PIN)
        key = (token, b"con1/sign", Mechanism.SM2_SM3, E)
        signature, spki = await service.sign(*key), key_pair(1).spki
        turns = []
        for _ in range(rounds):
            turn = [_milliseconds(bare), _milliseconds(lambda: sm2.verify_digest(spki, E, signature))]
            start = time.perf_counter()
            await service.sign(*key)
            turns.append([*turn, (time.perf_counter() - start) * 1000])
    finally:
        await service.stop()
    alone, verification, through = (median(times) for times in zip(*turns, strict=True))
    ratio = through / (alone + verification)
    return {"library_ms": alone, "verification_ms": verification, "service_ms": through, "ratio": ratio}


def _bare(soft: SoftSkf) -> Callable[[], None]:
    """ECCSignData of a library that is logged in, here."""
    os.environ["SOFTSKF_HOME"] = str(soft.home)
    skf, made = Skf(str(soft.library)), EccSignature()
    application = skf.handle("OpenApplication", skf.handle("ConnectDev", b"key1"), b"HEBCA")
    skf.call("VerifyPIN", application, 1, ctypes.create_string_buffer(PIN.encode()), Number())
    container = skf.handle("OpenContainer", application, b"con1")
    return lambda: skf.call("ECCSignData", container, E, len(E), ctypes.byref(made))


def _milliseconds(what: Callable[[], object]) -> float:
    start = time.perf_counter()
    what()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    print(json.dumps(measure(1000)))
