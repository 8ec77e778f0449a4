"""Ports, sites, browsers, localhost and proxies: with real listeners and programs where this machine can have them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hebca_helper.app.parts import App
from hebca_helper.checks import gathering
from hebca_helper.checks.gathering import gather
from hebca_helper.checks.machine import ThisMachine
from hebca_helper.checks.model import Outcome
from hebca_helper.checks.surroundings import Program, Proxy, Service, services_of
from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.browsers import CHROME_DOWNLOAD
from hebca_helper.portals.catalogue import Catalogue
from hebca_helper.settings import Settings
from hebca_helper.tokens.catalogue import System
from tests.checks.situation import FINE, Situation, StatedMachine, look, only, verdict
from tests.running import serving

BECOME = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
HOLDER = "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
PORTAL = "https://wt.zjkgjj.com"


@contextmanager
def running(name: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real program of this name."""
    program = folder / name
    shutil.copy(shutil.which("cat") or "/bin/cat", program)
    with subprocess.Popen([str(program)], stdin=subprocess.PIPE) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@contextmanager
def another_program_listening() -> Iterator[tuple[int, int]]:
    """Port and process id of a real listener that is not ours."""
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline()), process.pid
        process.stdin.close()


# --- ports


def test_a_port_that_another_program_took_is_told_with_its_name(situation: Situation) -> None:
    with another_program_listening() as (port, number):
        seen = only("ports", situation(ThisMachine(), services=[Service("证书服务", port, expected=True)]))
    assert (seen.outcome, seen.code) == (Outcome.PROBLEM, Code.PORT_TAKEN)
    assert f"进程 {number}" in seen.told
    assert "python" in seen.told


def test_a_port_this_process_listens_on_is_fine(situation: Situation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        services = [
            Service("证书服务", 17212, scheme=scheme).at(f"{scheme}://localhost:{port}") for scheme in ("ws", "https")
        ]
        first, second = look("ports", situation(ThisMachine(), services=services))
    assert (first.outcome, first.told) == (Outcome.OK, f"正在监听 ws://localhost:{port}")
    assert (second.outcome, second.told) == (Outcome.OK, f"正在监听 https://localhost:{port}")


def test_a_program_on_the_other_loopback_address_is_not_hidden_by_ours(situation: Situation) -> None:
    with another_program_listening() as (port, number), socket.socket(socket.AF_INET6) as ours:
        ours.bind(("::1", port))
        ours.listen()
        seen = only("ports", situation(ThisMachine(), services=[Service("证书服务", port, expected=True)]))
    assert seen.code is Code.PORT_TAKEN
    assert f"进程 {number}" in seen.told


def test_the_program_in_another_process_is_recognised(situation: Situation) -> None:
    with serving() as service:
        port = int(service.url.split(":")[2].split("/")[0])
        assert verdict("ports", situation(ThisMachine(), services=[Service("证书服务", port)])) == FINE


def test_nobody_on_the_port_is_a_problem_only_where_we_should_be(situation: Situation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    silent = (Outcome.PROBLEM, Code.PORT_SILENT)
    assert verdict("ports", situation(ThisMachine(), services=[Service("证书服务", port, expected=True)])) == silent
    assert verdict("ports", situation(ThisMachine(), services=[Service("证书服务", port)])) == FINE


def test_a_holder_that_the_system_hides_still_holds_the_port(situation: Situation) -> None:
    hidden = StatedMachine(listeners={17212: Program("", 0)})
    seen = only("ports", situation(hidden, services=[Service("证书服务", 17212)]))
    assert seen.code is Code.PORT_TAKEN
    assert "其他程序" in seen.told


@pytest.mark.parametrize(("ours", "code"), [(True, Code.PORT_OF_OTHER_USER), (False, Code.PORT_TAKEN)])
def test_a_program_of_another_user_is_told_with_that_user(situation: Situation, ours: bool, code: Code) -> None:
    others = StatedMachine(listeners={17212: Program("", 0, ours, "zhang")})
    seen = only("ports", situation(others, services=[Service("证书服务", 17212)]))
    assert (seen.outcome, seen.code, "用户 zhang" in seen.told) == (Outcome.PROBLEM, code, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user needs root")
def test_whose_the_listener_is_stands_in_the_kernel_s_table() -> None:
    command = [*BECOME, "/usr/bin/python3", "-c", HOLDER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/") as process:
        assert process.stdin is not None and process.stdout is not None
        port = int(process.stdout.readline())
        for found in (ThisMachine().listener(port), ThisMachine()._listener_of_others(port)):
            assert found is not None and (found.user, found.ours) == ("nobody", False)
        process.stdin.close()


def test_the_port_of_a_service_is_that_of_its_address_or_of_the_settings() -> None:
    [_, seal, https] = services_of(Settings(seal_port=4000, https_port=4443))
    assert seal.at("ws://localhost:4711/test") == Service("签章服务", 4711, expected=True)
    assert https.at("") == Service("HTTPS 服务", 4443, expected=True, scheme="https")
    assert seal.at("").port == 4000


@pytest.mark.anyio
async def test_a_help_desks_mistake_in_the_links_is_told_and_stops_no_other_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = HelperError(Code.FILE_UNREADABLE, "portals.toml: renew: id 重复")
    monkeypatch.setattr(gathering, "load_what_can_be", lambda: (Catalogue(()), wrong))
    surroundings = await gather(None, list, tmp_path, ())
    seen = only("portals", surroundings)
    assert (seen.code, seen.told) == (Code.FILE_UNREADABLE, "portals.toml: renew: id 重复")
    assert verdict("origins", surroundings) == FINE


# --- sites that a browser was told to keep away


def keep_away(
    folder: Path, setting: int, pattern: str = "https://wt.zjkgjj.com:443,*", kind: str = "loopback_network"
) -> None:
    """As Chromium 156 writes it when the person clicks 禁止."""
    exceptions = {kind: {pattern: {"last_modified": "13300000000000000", "setting": setting}, "[*.]example.com,*": 7}}
    path = folder / "google-chrome" / "Default" / "Preferences"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"profile": {"content_settings": {"exceptions": exceptions}}}))


@pytest.mark.parametrize(
    ("setting", "pattern", "kind", "told"),
    [
        (2, "https://wt.zjkgjj.com:443,*", "loopback_network", True),
        (2, "https://wt.zjkgjj.com:443,*", "local_network_access", True),
        (1, "https://wt.zjkgjj.com:443,*", "loopback_network", False),
        (2, "https://elsewhere.example:443,*", "loopback_network", False),
        (2, "[*.]zjkgjj.com,*", "loopback_network", False),
    ],
)
def test_a_portal_that_the_person_refused_in_a_browser(
    situation: Situation, tmp_path: Path, setting: int, pattern: str, kind: str, told: bool
) -> None:
    keep_away(tmp_path, setting, pattern, kind)
    machine = ThisMachine({"XDG_CONFIG_HOME": str(tmp_path)})
    seen = only("refusals", situation(machine, known=frozenset({PORTAL})))
    assert (seen.outcome is Outcome.WARNING, PORTAL in seen.told) == (told, told)


# --- other programs


def test_the_issuers_own_assistant_is_found_while_it_runs(situation: Situation, tmp_path: Path) -> None:
    with running("HebcaAssistant", tmp_path) as process:
        seen = only("vendor-assistant", situation(ThisMachine()))
    assert seen.code is Code.VENDOR_ASSISTANT_RUNNING
    assert f"HebcaAssistant（进程 {process.pid}）" in seen.told


def test_this_program_is_not_taken_for_the_issuers(situation: Situation) -> None:
    ours = StatedMachine(running=[Program("hebca-helper", 5, ours=True), Program("bash", 6)])
    assert verdict("vendor-assistant", situation(ours)) == FINE


# --- sites


@pytest.mark.anyio
async def test_a_known_portal_that_the_person_blocked_can_be_let_ask_again(home: Path) -> None:
    (home / "origins.toml").write_text(f'[origins]\n"{PORTAL}" = "blocked"\n"https://evil.example" = "blocked"\n')
    async with App(home).core() as core:
        surroundings = await gather(core.assistant, core.tokens.modules, home, ())
        seen = only("origins", surroundings)
        assert (seen.outcome, seen.code, seen.told) == (Outcome.WARNING, Code.ORIGIN_BLOCKED, PORTAL)
        assert seen.fix is not None
        from anyio.to_thread import run_sync

        await run_sync(seen.fix.apply)
        again = only("origins", await gather(core.assistant, core.tokens.modules, home, ()))
    assert again.outcome is Outcome.OK
    assert "evil.example" in again.told
    assert PORTAL not in (home / "origins.toml").read_text()


def test_without_an_assistant_there_is_no_button(situation: Situation) -> None:
    seen = only("origins", situation(blocked=[PORTAL], known=frozenset({PORTAL})))
    assert seen.fix is None
    assert verdict("origins", situation()) == FINE


# --- browsers


def program(folder: Path, name: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)


def test_browsers(situation: Situation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hebca_helper.portals.browsers._usual_places", lambda kind: iter(()))
    surroundings = situation(environment={"PATH": str(tmp_path / "programs")})
    assert verdict("browsers", surroundings) == (Outcome.PROBLEM, Code.BROWSER_MISSING)
    program(tmp_path / "programs", "firefox")
    assert verdict("browsers", surroundings) == (Outcome.WARNING, Code.CHROME_MISSING)
    fix = only("browsers", surroundings).fix
    assert fix is not None
    os.mkfifo(tmp_path / "asked")
    (tmp_path / "programs" / "firefox").write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n')
    fix.apply()
    assert (tmp_path / "asked").read_text().strip() == CHROME_DOWNLOAD
    program(tmp_path / "programs", "chromium")
    assert verdict("browsers", surroundings) == FINE
    assert only("browsers", surroundings).told == "Chromium、Firefox"


@pytest.mark.parametrize(
    ("preferences", "blocked"),
    [
        ('{"profile": {"default_content_setting_values": {"popups": 2}}}', True),
        ('{"profile": {"default_content_setting_values": {"popups": 1}}}', False),
        ('{"profile": []}', False),
        ("{}", False),
        ("[" * 100_000, False),
        ("\0", False),
        (None, False),
    ],
)
def test_popups(situation: Situation, tmp_path: Path, preferences: str | None, blocked: bool) -> None:
    folder = tmp_path / "google-chrome" / "Default"
    folder.mkdir(parents=True)
    if preferences is not None:
        (folder / "Preferences").write_text(preferences)
    seen = only("popups", situation(ThisMachine({"XDG_CONFIG_HOME": str(tmp_path)})))
    assert seen.code is (Code.POPUPS_BLOCKED if blocked else None)
    assert seen.told


# --- the way to this computer


@pytest.mark.parametrize(
    ("addresses", "right"),
    [
        (["127.0.0.1"], True),
        (["127.0.0.1", "::1"], True),
        (["::1"], False),
        (["127.0.0.1", "10.0.0.7"], False),
        (["fe80::1%eth0"], False),
        ([], False),
    ],
)
def test_localhost(situation: Situation, addresses: list[str], right: bool) -> None:
    expected = FINE if right else (Outcome.PROBLEM, Code.LOCALHOST_WRONG)
    assert verdict("localhost", situation(StatedMachine(names={"localhost": addresses}))) == expected


def test_localhost_of_this_machine_is_looked_up() -> None:
    assert "127.0.0.1" in ThisMachine().addresses("localhost")
    assert ThisMachine().addresses("no such host") == []


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, FINE),
        ({"http_proxy": "http://10.0.0.1:3128"}, (Outcome.WARNING, Code.PROXY_TAKES_LOOPBACK)),
        (
            {"HTTPS_PROXY": "http://10.0.0.1:3128", "no_proxy": "localhost"},
            (Outcome.WARNING, Code.PROXY_TAKES_LOOPBACK),
        ),
        ({"http_proxy": "http://10.0.0.1:3128", "NO_PROXY": "localhost, 127.0.0.1"}, FINE),
        ({"all_proxy": "socks://10.0.0.1", "no_proxy": "*"}, FINE),
    ],
)
def test_proxies(situation: Situation, environment: dict[str, str], expected: object) -> None:
    surroundings = situation(ThisMachine(environment))
    assert verdict("proxies", surroundings) == expected
    assert "10.0.0.1" not in str(look("proxies", surroundings))


def test_a_system_whose_proxies_are_not_read_says_so(situation: Situation) -> None:
    assert verdict("proxies", situation(StatedMachine(System.MACOS))) == (Outcome.NOT_APPLICABLE, None)
    proxied = StatedMachine(System.MACOS, proxied=[Proxy("http_proxy", ())])
    assert verdict("proxies", situation(proxied))[0] is Outcome.WARNING


def test_programs_of_this_machine_hold_this_process() -> None:
    assert any(each.number == os.getpid() and each.ours for each in ThisMachine().programs())
