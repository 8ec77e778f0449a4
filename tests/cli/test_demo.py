"""`demo`: what somebody sees who starts the program on a machine without a display."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hebca_helper.practice.hall.clerk import StepName
from tests.practice_homes import put_practice_usbkey
from tests.running import Run


def rows(run: Run) -> list[dict[str, Any]]:
    done = run("demo", "--json")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0 and all(row["ok"] for row in told), (told, done.stderr)
    return told


def told(run: Run) -> dict[str, str]:
    return {row["step"]: row["detail"] for row in rows(run)}


def test_the_whole_story_is_told_to_a_script(practice_home: Path, run: Run) -> None:
    story = rows(run)
    steps = {row["step"]: row["detail"] for row in story}
    assert [step for step in steps if step in list(StepName)] == list(StepName)
    assert steps["证书服务"].startswith("ws://") and steps["签章服务"].startswith("ws://")
    assert steps["安全连接"].startswith("https://")
    assert "签章有效" in steps[StepName.RECEIPT]
    calls = {row["step"]: row["calls"] for row in story}
    assert calls[StepName.CERTIFICATE_LOGIN] == [
        "POST /api/challenge",
        "证书服务 SignText",
        "证书服务 GetCertB64",
        "POST /api/ca/login",
    ]
    assert any(call.startswith("签章服务 SealKeyWordBase64PDF") for call in calls[StepName.SEAL])


def test_a_person_reads_what_was_done_and_how(practice_home: Path, run: Run) -> None:
    lines = run("demo").stdout.splitlines()
    at = next(place for place, line in enumerate(lines) if line.startswith("✓ CA证书登录"))
    assert lines[at + 1].strip() == (
        "POST /api/challenge → 证书服务 SignText → 证书服务 GetCertB64 → POST /api/ca/login"
    )
    assert lines[-1].startswith("✓ 演示结束")


def test_a_usbkey_without_a_seal_is_told_the_way_to_the_counter(home: Path, run: Run) -> None:
    put_practice_usbkey(home, "no-seal")
    steps = told(run)
    assert "没有印章" in steps[StepName.SEAL] and "柜台" in steps[StepName.RECEIPT]
