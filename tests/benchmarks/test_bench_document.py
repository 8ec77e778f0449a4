from __future__ import annotations

import pytest

from tests.benchmarks.bench_document import measure, report

pytestmark = pytest.mark.benchmark


def test_signing_a_document_is_compared_with_an_echo() -> None:
    assert report(measure(64 * 1024, count=5, rounds=1))["document_ratio"] > 0
