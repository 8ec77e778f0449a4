"""`demo`: what somebody sees who starts the program on a machine without a display."""

from __future__ import annotations

import json
from pathlib import Path

from hebca_helper.practice.hall.clerk import StepName
from tests.cli.conftest import Run
from tests.practice_homes import put_practice_usbkey


def told(run: Run) -> dict[str, str]:
    done = run("demo", "--no-browser", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and all(row["ok"] for row in rows), (rows, done.stderr)
    return {row["step"]: row["detail"] for row in rows}


def test_the_whole_story_is_told_to_a_script(practice_home: Path, run: Run) -> None:
    steps = told(run)
    assert [step for step in steps if step in list(StepName)] == list(StepName)
    assert steps["证书服务"].startswith("ws://") and steps["签章服务"].startswith("ws://")
    assert steps["安全连接"].startswith("https://")
    assert "签章有效" in steps[StepName.RECEIPT]


def test_a_usbkey_without_a_seal_is_told_the_way_to_the_counter(home: Path, run: Run) -> None:
    put_practice_usbkey(home, "no-seal")
    steps = told(run)
    assert "没有印章" in steps[StepName.SEAL] and "柜台" in steps[StepName.RECEIPT]
