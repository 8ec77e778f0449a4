"""What setup.sh puts on the person's desktop, as desktops read it: entries, icon, the p11 scheme; and how it goes again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from configparser import ConfigParser
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hebca_helper.bridge.identity.identity import load_or_make
from hebca_helper.bridge.system_root import VARIABLE as SYSTEM_ROOT
from hebca_helper.places import HOME_VARIABLE
from tests.installer.test_setup import ROOT, fake_venv, person, setup, tool, write_stamp

NAMES = ("hebca-helper", "hebca-helper-seals", "hebca-helper-p11")


@pytest.fixture
def placed(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A checkout after `setup.sh run`; a test may want another name for it."""
    checkout = tmp_path / getattr(request, "param", "checkout")
    shutil.copytree(ROOT / "installer", checkout / "installer")
    (checkout / "hebca_helper").mkdir()
    (checkout / "resources" / "icons").mkdir(parents=True)
    for name in ("pyproject.toml", "hebca_helper/__init__.py", "resources/icons/assistant.svg"):
        shutil.copy(ROOT / name, checkout / name)
    fake_venv(checkout)
    tool(checkout / ".venv" / "bin" / "hebca-helper")
    for stamp in ("run", "program"):
        write_stamp(checkout, stamp)
    done = setup(checkout, "run")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return checkout


def data(checkout: Path) -> Path:
    return Path(person(checkout)["XDG_DATA_HOME"])


def entry(checkout: Path, name: str) -> dict[str, str]:
    """As a desktop reads it: the one group, with its string escapes undone."""
    parser = ConfigParser(interpolation=None, delimiters=("=",), strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(data(checkout) / "applications" / f"{name}.desktop", encoding="utf-8")
    assert parser.sections() == ["Desktop Entry"]
    return {key: value.replace("\\\\", "\\") for key, value in parser["Desktop Entry"].items()}


def arguments(line: str) -> list[str]:
    """The words of Exec (Desktop Entry Specification 1.5): quotes, backslashes in them, and %% for %."""
    if not line.startswith('"'):
        return line.split()
    program, rest, at = "", "", 1
    while line[at] != '"':
        at += line[at] == "\\"
        program, at = program + line[at], at + 1
    rest = line[at + 1 :]
    return [word.replace("%%", "%") for word in (program, *rest.split())]


@pytest.mark.parametrize("placed", ["plain", "check 'out' 100%"], indirect=True)
def test_a_double_click_starts_the_assistant_or_shows_the_seals(placed: Path) -> None:
    program = str(placed / ".venv" / "bin" / "hebca-helper")
    assert arguments(entry(placed, "hebca-helper")["Exec"]) == [program, "run"]
    assert arguments(entry(placed, "hebca-helper-seals")["Exec"]) == [program, "show", "seals"]
    assert entry(placed, "hebca-helper-seals")["Name[zh_CN]"] == "印章查看"
    icon = data(placed) / "icons" / "hicolor" / "scalable" / "apps" / f"{entry(placed, 'hebca-helper')['Icon']}.svg"
    assert icon.read_bytes() == (ROOT / "resources" / "icons" / "assistant.svg").read_bytes()


def test_p11_links_only_raise_the_window(placed: Path) -> None:
    """Fixed arguments, no field code: the link itself is not asked for."""
    found = entry(placed, "hebca-helper-p11")
    assert arguments(found["Exec"])[1:] == ["summon"]
    assert found["MimeType"] == "x-scheme-handler/p11;"
    assert found["NoDisplay"] == "true"


@pytest.mark.skipif(not shutil.which("gio"), reason="gio is not here")
def test_the_desktop_finds_who_opens_p11(placed: Path) -> None:
    told = subprocess.run(
        ["gio", "mime", "x-scheme-handler/p11"],
        env={**os.environ, **person(placed), "LC_ALL": "C"}, capture_output=True, text=True,
    )  # fmt: skip
    assert "Default application" in told.stdout
    assert "hebca-helper-p11.desktop" in told.stdout.splitlines()[0]


@pytest.mark.skipif(not shutil.which("gio"), reason="gio is not here")
def test_a_link_starts_the_fixed_command_whatever_it_says(placed: Path, tmp_path: Path) -> None:
    """Launchers that add the link may: it is the last and single word, and the program ignores it (tests/cli)."""
    heard = tmp_path / "heard"
    os.mkfifo(heard)
    program = placed / ".venv" / "bin" / "hebca-helper"
    program.write_text(f'#!/bin/bash\nprintf "%s\\n" "$@" >"{heard}"\n', encoding="utf-8")
    environment = {**os.environ, **person(placed), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    subprocess.run(["gio", "open", "p11://--help;$(touch x)"], env=environment, cwd=tmp_path, check=True)
    words = heard.read_text("utf-8").splitlines()  # waits for whoever was started
    assert words[0] == "summon"
    assert len(words) <= 2


def test_a_second_run_writes_nothing(placed: Path) -> None:
    files = [data(placed) / "applications" / f"{name}.desktop" for name in NAMES]
    before = [(file.stat().st_ino, file.stat().st_mtime_ns) for file in files]
    assert setup(placed, "run").stderr == ""
    assert [(file.stat().st_ino, file.stat().st_mtime_ns) for file in files] == before


def test_what_else_the_person_chose_for_links_stays(placed: Path) -> None:
    config = Path(person(placed)["XDG_CONFIG_HOME"], "mimeapps.list")
    config.write_text("[Default Applications]\ntext/html=x.desktop\nx-scheme-handler/p11=old.desktop\n\n[Added]\na=b\n")
    setup(placed, "run")
    expected = (
        "[Default Applications]\nx-scheme-handler/p11=hebca-helper-p11.desktop\ntext/html=x.desktop\n\n[Added]\na=b\n"
    )
    assert config.read_text() == expected


def test_uninstall_takes_everything_away_and_says_what(placed: Path) -> None:
    autostart = Path(person(placed)["XDG_CONFIG_HOME"], "autostart", "hebca-helper.desktop")
    autostart.parent.mkdir()
    autostart.touch()
    done = setup(placed, "uninstall")
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert {"hebca-helper|trust|remove", "hebca-helper|policy|remove"} <= set(told)
    gone = [*(data(placed) / "applications" / f"{name}.desktop" for name in NAMES), autostart]
    assert {str(path) for path in gone} <= set(told)
    assert any("x-scheme-handler/p11" in line for line in told)
    left = [path for path in Path(person(placed)["HOME"]).rglob("*") if path.is_file()]
    assert [path.name for path in left] == ["mimeapps.list"]
    assert "p11" not in left[0].read_text("utf-8")


def test_uninstall_has_the_program_take_its_certificate_and_policies_out_of_the_browsers(
    placed: Path, tmp_path: Path
) -> None:
    """The real program, on a system root and a person of the test's own."""
    system = tmp_path / "system"
    environment = {
        **os.environ,
        **person(placed),
        SYSTEM_ROOT: str(system),
        HOME_VARIABLE: str(tmp_path / "home"),
        "PYTHONPATH": str(ROOT),
    }
    program = placed / ".venv" / "bin" / "hebca-helper"
    program.write_text(f'#!/bin/bash\nexec "{sys.executable}" -m hebca_helper "$@"\n', encoding="utf-8")
    company = system / "usr" / "local" / "share" / "ca-certificates" / "company.crt"
    company.parent.mkdir(parents=True)
    shutil.copy(load_or_make(tmp_path / "company", datetime.now(UTC)).ca_certificate, company)
    for what in ("trust", "policy"):
        subprocess.run([str(program), what, "install"], env=environment, check=True, capture_output=True)
    database = ["certutil", "-L", "-d", f"sql:{person(placed)['HOME']}/.pki/nssdb"]
    assert "hebca" in subprocess.check_output(database, text=True).lower()
    assert any(b"LoopbackNetworkAllowedForUrls" in content for content in contents(system).values())
    done = setup(placed, "uninstall", environment=environment)
    assert done.returncode == 0, done.stderr
    assert "hebca" not in subprocess.check_output(database, text=True).lower()
    assert set(contents(system).values()) == {company.read_bytes()}, "what the company put there stays"


def test_what_an_ordinary_user_cannot_take_away_is_told(placed: Path) -> None:
    """Policies belong to the whole computer."""
    program = placed / ".venv" / "bin" / "hebca-helper"
    program.write_text('#!/bin/sh\n[ "$*" != "policy remove" ] || { echo 失败; exit 1; }\n', encoding="utf-8")
    done = setup(placed, "uninstall")
    assert done.returncode == 1
    assert "失败" in done.stdout
    assert "没有全部移除" in done.stderr
    again = done.stderr.splitlines()[-1].partition("sudo ")[2]
    named = subprocess.check_output(["bash", "-c", f'printf "%s\\n" {again}'], text=True).splitlines()
    assert named == ["bash", str(placed / "installer" / "setup.sh"), "uninstall"]
    assert not (data(placed) / "applications" / "hebca-helper.desktop").exists(), "the rest is gone all the same"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_home_that_cannot_be_written_to_keeps_nobody_from_working(placed: Path) -> None:
    setup(placed, "uninstall")
    applications = data(placed) / "applications"
    applications.rmdir()
    applications.write_text("in the way")
    done = setup(placed, "run")
    assert done.returncode == 0
    assert "未能放置桌面图标" in done.stderr
    assert "hebca-helper|run|--practice" in done.stdout
