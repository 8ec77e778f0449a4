"""`trust` and `policy` as scripts of an administrator meet them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hebca_helper.bridge.system_root import VARIABLE


@pytest.fixture(autouse=True)
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Own home folder, own system."""
    (tmp_path / "root/etc").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "root"))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "root"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)


def run(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "hebca_helper", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def test_trust_is_told_in_exit_status_words_and_json() -> None:
    assert run("trust", "status")[0] == 1
    status, text = run("trust", "install")
    assert status == 0
    assert "已信任  Chrome、Chromium、Edge" in text
    assert "重新打开后生效" in text
    status, text = run("trust", "status", "--json")
    assert status == 0
    assert {row["state"] for row in json.loads(text)} == {"trusted"}
    status, text = run("trust", "remove", "--json")
    assert status == 0
    assert {row["state"] for row in json.loads(text)} == {"not-trusted"}
    assert run("trust", "remove") == (0, "没有安装过。\n")


def test_policies_are_told_for_each_browser() -> None:
    status, text = run("policy", "install", "--json")
    assert status == 0
    rows = json.loads(text)
    assert [row["browser"] for row in rows] == ["Chromium", "Chrome", "Edge", "Firefox"]
    assert all(row["allowed"] and not row["missing"] for row in rows)
    assert "未设置 0 个" in run("policy", "status")[1]
    assert run("policy", "remove")[0] == 0
    assert "允许连接本机的网站 0 个" in run("policy", "status")[1]
