"""The benchmark of seals still runs and still gives a ratio; nothing here fails on a time."""

from __future__ import annotations

import pytest

from tests.benchmarks.bench_seals import measure

pytestmark = pytest.mark.benchmark


def test_checking_a_seal_is_compared_with_a_verification() -> None:
    assert measure(3)["ratio"] > 0
