"""The report holds what the person sees and the codes of the last failures, and nothing that is theirs alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hebca_helper.app.parts import App
from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.checks.gathering import gather
from hebca_helper.checks.model import Check, Finding, Group, Outcome, Seen, fine, problem, warning
from hebca_helper.checks.report import Report
from hebca_helper.checks.runner import CHECKS, run_checks
from hebca_helper.errors import TABLE, Code, HelperError
from tests.assistant.scripted import ScriptedPrompts
from tests.practice_homes import put_practice_usbkey

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
CHECK = Check("disk", Group.SYSTEM, "磁盘空间", lambda _: ())


def report(*seen: Seen) -> Report:
    return Report([Finding(CHECK, each) for each in seen], (), NOW)


def test_the_summary_counts_what_is_wrong() -> None:
    assert report(fine(), fine()).summary == "全部正常"
    assert report(fine(), problem(Code.DISK_FULL), warning(Code.DISK_FULL)).summary == "1 个问题，1 个提醒"
    assert report(warning(Code.DISK_FULL)).summary == "1 个提醒"


def test_text_tells_cause_and_remedy_and_json_the_same() -> None:
    made = report(problem(Code.DISK_FULL, "剩余 3 MB"))
    text, table = made.as_text(), json.loads(made.as_json())
    for part in (
        "2026-11-21 10:00:00",
        "磁盘空间  剩余 3 MB",
        TABLE[Code.DISK_FULL].text,
        TABLE[Code.DISK_FULL].remedy,
    ):
        assert part in text
    [row] = table["checks"]
    assert row["code"] == "disk-full"
    assert row["remedy"] == TABLE[Code.DISK_FULL].remedy
    assert (table["problems"], table["warnings"]) == (1, 0)
    assert made.content("a.JSON") == (made.as_json() + "\n").encode()
    assert made.content("a.txt") == text.encode()


def test_the_account_name_in_paths_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/zhangsan")
    made = report(fine("/home/zhangsan/lib/x.so"))
    assert "zhangsan" not in made.as_text() + made.as_json()
    assert "~/lib/x.so" in made.as_text()


@pytest.mark.anyio
async def test_no_pin_no_site_and_no_content_of_the_past_stands_in_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOMEBODYS_SECRET", "swordfish")
    put_practice_usbkey(home)
    async with App(home).core() as core:
        page = core.assistant.connect(Asker(Channel.CERTIFICATE_SERVICE, "https://private.example"))
        person = core.assistant.connect(Asker(Channel.WINDOW))
        prompts = ScriptedPrompts(decisions={ConfirmKind.CONNECT: Decision.NO})
        prompts.type("998877", None, "123456")
        core.assistant.prompts = prompts
        with pytest.raises(HelperError):
            await core.assistant.entries(page)
        [entry, _] = await core.assistant.entries(person)
        with pytest.raises(HelperError):
            await core.assistant.login(person, entry)
        await core.assistant.login(person, entry)
        await core.assistant.errands_done()
        surroundings = await gather(core.assistant, core.tokens.modules, home, ())
        findings = await run_checks(CHECKS, surroundings)
    made = Report(findings, surroundings.failures, NOW)
    for secret in ("998877", "123456", "private.example", "swordfish"):
        assert secret not in made.as_text() + made.as_json() + repr(findings) + repr(surroundings)
    login, connect = json.loads(made.as_json())["failures"]  # newest first
    assert (connect["operation"], login["operation"]) == ("connect", "login")
    assert {login["code"], connect["code"]} <= {code.value for code in Code}
    assert login["code"] in made.as_text()


def test_each_outcome_has_a_word() -> None:
    text = report(*(Seen(outcome, "x") for outcome in Outcome)).as_text()
    for word in ("正常", "提醒", "问题", "未检测"):
        assert word in text
