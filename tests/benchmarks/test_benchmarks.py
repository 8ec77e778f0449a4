"""The benchmarks still run and still give ratios. Nothing here fails on a time: a busy machine is no defect."""

from __future__ import annotations

import sys

import pytest

from tests.benchmarks.bench_idle import observe
from tests.benchmarks.bench_sign import measure, report
from tests.benchmarks.windows import BARE, shown
from tests.displays import VirtualDisplay

pytestmark = pytest.mark.benchmark


def test_signing_through_the_browser_service_is_compared_with_a_bare_signature() -> None:
    result = report(measure(count=16, connections=8, rounds=1))

    assert result["p50_ratio"] > 0
    assert result["throughput_ratio"] > 0


def test_the_bare_window_tells_when_it_is_shown_and_what_it_costs() -> None:
    with VirtualDisplay() as display, shown(BARE, display.environment(), "window") as window:
        idle = observe(window, settle=0, period=0.1)

    assert window.seconds["window"] > 0
    assert idle.pss_kib > 0
    assert idle.processes == 1


def test_a_window_that_never_comes_is_told_at_once() -> None:
    broken = (sys.executable, "-c", "raise SystemExit(3)")

    with pytest.raises(RuntimeError, match="ended with status 3"), shown(broken, {}, "window"):
        pass
