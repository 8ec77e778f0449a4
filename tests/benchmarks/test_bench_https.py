"""The benchmark of the HTTPS API still runs and still gives its figures. Nothing here fails on a time."""

from __future__ import annotations

import pytest

from tests.benchmarks.bench_https import measure, report


@pytest.mark.benchmark
def test_calls_are_compared_with_a_bare_signature_and_an_empty_echo() -> None:
    result = report(measure(count=10, rounds=1))

    assert result["sign_ratio"] > 0
    assert result["login_ratio"] > 0
    assert result["status_while_8_sign_us"] > 0
