"""The coverage-guided fuzzers for a minute each: only in the full tier, and only where `atheris` is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

SECONDS = int(os.environ.get("FUZZ_SECONDS", "60"))


@pytest.mark.full
@pytest.mark.timeout(SECONDS + 120)
@pytest.mark.skipif(find_spec("atheris") is None, reason="the package atheris is not installed")
@pytest.mark.parametrize("target", ["frame", "arguments", "upgrade", "certificate", "message", "document", "desk"])
def test_nothing_is_found(target: str, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for number, seed in enumerate(_seeds(target)):
        (seeds / str(number)).write_bytes(seed)
    command = [sys.executable, "-m", "tests.fuzz.atheris_run", target, f"-max_total_time={SECONDS}", str(seeds)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stderr[-4000:]


def _seeds(target: str) -> list[bytes]:
    from tests.pki import certificate_maker as maker

    if target in ("certificate", "message"):
        return [
            maker.hebca().certificate(maker.hebca_name()),
            maker.hebca().der,
            maker.hebca().crl([(5, maker.NOW, 1)]),
        ]
    if target == "document":
        return [path.read_bytes() for path in (Path(__file__).parents[1] / "data" / "seals").glob("ofdrw-*")]
    if target == "upgrade":
        return [b"Host: localhost:17212\nOrigin: https://portal.example"]
    return [b'1|SignText|{"signText":"a|b"}', b'1|WriteDataText|{"name":"a","data":b,"isprivate":undefined}', b"0|1"]
