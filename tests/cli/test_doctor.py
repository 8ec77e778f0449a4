"""`doctor` tells a terminal and a script what the window tells a clerk."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hebca_helper.practice.in_use import rebuild_lock
from tests.practice_homes import put_practice_usbkey
from tests.running import Run, serving


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))


def test_json_has_every_check_and_the_status_tells_whether_there_is_a_problem(home: Path, run: Run) -> None:
    put_practice_usbkey(home, "locked")
    ended = run("doctor", "--json")
    assert (ended.returncode, ended.stderr) == (1, "")
    table = json.loads(ended.stdout)
    rows = {row["id"]: row for row in table["checks"]}
    assert len(rows) >= 20
    assert (rows["pin"]["outcome"], rows["pin"]["code"]) == ("problem", "pin-locked")
    assert rows["token"]["outcome"] == "ok"
    assert table["problems"] == sum(row["outcome"] == "problem" for row in table["checks"])


def test_the_report_is_written_as_its_name_says(practice_home: Path, run: Run, tmp_path: Path) -> None:
    for name in ("report.txt", "report.json"):
        shown = run("doctor", "--report", str(tmp_path / name)).stdout
        assert "[USBKEY 与证书]" in shown
    assert "[USBKEY 与证书]" in (tmp_path / "report.txt").read_text("utf-8")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["format"] == 1
    refused = run("doctor", "--report", str(tmp_path / "no" / "folder"))
    assert refused.returncode == 2
    assert "[bad-request]" in refused.stderr


def test_what_keeps_the_usbkey_from_being_read_does_not_keep_the_rest(practice_home: Path, run: Run) -> None:
    with rebuild_lock(practice_home):
        rows = {row["id"]: row for row in json.loads(run("doctor", "--json").stdout)["checks"]}
    assert rows["token"]["code"] == "practice-busy"
    assert rows["localhost"]["outcome"] == "ok"


def test_beside_a_running_assistant_each_port_is_told_and_who_has_it(practice_home: Path, run: Run) -> None:
    with serving() as service, socket.create_server(("127.0.0.1", 0)) as other:
        services = ("certificate_service", "https")
        certificate, https = (urlsplit(service.urls[name]).port for name in services)
        seal = other.getsockname()[1]
        (practice_home / "settings.toml").write_text(
            f"certificate_port = {certificate}\nseal_port = {seal}\nhttps_port = {https}\n"
        )
        rows = json.loads(run("doctor", "--json").stdout)["checks"]
    ports = {row["title"]: row for row in rows if row["id"] == "ports"}
    assert ports["端口：证书服务"]["told"] == f"正在监听 ws://localhost:{certificate}"
    assert ports["端口：HTTPS 服务"]["told"] == f"正在监听 https://localhost:{https}"
    assert ports["端口：签章服务"]["code"] == "port-taken"
    assert f"进程 {os.getpid()}" in ports["端口：签章服务"]["told"]
    assert [row["outcome"] for row in rows if row["id"] == "token"] == ["ok"]
