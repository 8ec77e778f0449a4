from __future__ import annotations

import pytest

from tests.benchmarks.bench_stamp import measure, report

pytestmark = pytest.mark.benchmark


def test_stamping_is_compared_with_pyhanko() -> None:
    found = report(measure(count=3, batch=3, rounds=1))
    assert found["stamp_ratio"] > 0
    assert found["batch_ratio"] > 0
