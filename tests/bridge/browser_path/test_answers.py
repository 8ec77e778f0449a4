"""What a test page may say, and what becomes of it in `doctor`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebca_helper.bridge.browser_path.answers import AUTOMATIC, Answers, Result, Step
from hebca_helper.bridge.browser_path.examination import choose
from hebca_helper.bridge.browser_path.findings import findings
from hebca_helper.checks.model import Outcome
from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.browsers import Browser, BrowserKind
from tests.scripted_browser import scripted_browser


def say(answers: Answers, step: str, result: str, detail: str = "") -> None:
    answers.report(json.dumps({"step": step, "result": result, "detail": detail}).encode())


def test_a_run_ends_when_every_step_has_its_answer() -> None:
    answers = Answers()
    for step in Step:
        assert not answers.finished.is_set()
        assert answers.automatic_done.is_set() == (answers.all().keys() >= AUTOMATIC)
        say(answers, step, "good")
    assert answers.finished.is_set()


@given(st.binary(max_size=200) | st.recursive(st.text() | st.none(), st.lists).map(lambda v: json.dumps(v).encode()))
def test_nonsense_is_a_bad_request(body: bytes) -> None:
    answers = Answers()
    with pytest.raises(HelperError) as caught:
        answers.report(body)
    assert caught.value.code is Code.BAD_REQUEST
    assert not answers.all()


def test_a_detail_is_short_and_printable() -> None:
    answers = Answers()
    say(answers, "tls", "bad", "\x1b[31m\u202e" + "x" * 1000)
    assert answers.all()[Step.TLS].detail == "[31m" + "x" * 194


def test_a_browser_that_never_spoke_is_one_problem() -> None:
    [only] = findings(BrowserKind.FIREFOX, {}, lambda: None)
    assert (only.outcome, only.seen.code) == (Outcome.PROBLEM, Code.BROWSER_SILENT)


def test_every_bad_answer_has_a_remedy() -> None:
    answers = Answers()
    for step in Step:
        say(answers, step, Result.BAD)
    told = findings(BrowserKind.CHROMIUM, answers.all(), lambda: None)
    [silent] = [finding.check.id for finding in told if not (finding.cause and finding.remedy)]
    assert silent == "browser-secure-socket", "one cause is told once"
    assert all("Chromium" in finding.title for finding in told)


def test_a_browser_that_is_not_there_is_told_with_its_name() -> None:
    chrome = Browser(BrowserKind.CHROME, Path("chrome"))
    assert choose("chrome", [chrome]) is chrome
    with pytest.raises(HelperError, match="firefox") as caught:
        choose("firefox", [chrome])
    assert caught.value.code is Code.BROWSER_MISSING


def test_doctor_puts_what_the_browser_said_under_its_own_heading(home: Path, tmp_path: Path) -> None:
    answers = {"tls": "good", "secure-socket": "good", "socket": "good", "loopback": "asks", "pdf": "bad"}
    scripted_browser(tmp_path, answers)
    command = [sys.executable, "-m", "hebca_helper", "doctor", "--browser", "chromium", "--json"]
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    rows = {row["id"]: row for row in json.loads(done.stdout)["checks"] if row["group"] == "browser"}
    assert {row["id"]: row["outcome"] for row in rows.values()} == {
        "browser-tls": "ok",
        "browser-secure-socket": "ok",
        "browser-socket": "ok",
        "browser-loopback": "ok",
        "browser-popup": "not-applicable",
        "browser-pdf": "warning",
        "browser-download": "not-applicable",
        "browser-print": "not-applicable",
        "browser-policy": "warning",
    }
    assert rows["browser-pdf"]["code"] == Code.BROWSER_PDF
