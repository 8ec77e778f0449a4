"""The benchmark of SM2 signatures still runs and still gives a ratio; nothing here fails on a time."""

from __future__ import annotations

import pytest

from tests.benchmarks.bench_skf import measure

pytestmark = pytest.mark.benchmark


def test_an_sm2_signature_is_compared_with_the_library_and_a_verification(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOFTSKF_HOME", "")
    assert measure(3)["ratio"] > 0
