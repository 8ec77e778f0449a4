"""The benchmark of `cms sign` still runs and still gives a ratio; nothing here fails on a time."""

from __future__ import annotations

import pytest

from tests.benchmarks.bench_cms import MIB, measure, report

pytestmark = pytest.mark.benchmark


def test_signing_a_file_is_compared_with_openssl() -> None:
    result = report(measure(8 * MIB, rounds=1), 8 * MIB)

    assert result["throughput_ratio"] > 0
    assert result["time_ratio"] > 0
