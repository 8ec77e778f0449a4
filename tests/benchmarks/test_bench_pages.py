"""The page benchmark still runs, on a small desk, and looks at every page."""

from __future__ import annotations

import pytest

from hebca_helper.pages import PageName
from tests.benchmarks.bench_pages import on_own_display

pytestmark = pytest.mark.benchmark


def test_each_page_is_shown_and_timed() -> None:
    result = on_own_display(rounds=1, certificates=20, rows=50)

    assert {"linksButton", "certificatesButton", "journalButton"} <= result["pages_p95"].keys()
    assert len(result["first"]) >= len(PageName) - 1
    assert result["switch_p95"] > 0
    assert result["wheel_p95"]["certificates"] > 0
