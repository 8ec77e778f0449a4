"""The operating system and what else runs there; the autostart file is real."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from hebca_helper.checks.autostart import Autostart, autostart_file, read_autostart, turn_off, turn_on
from hebca_helper.checks.machine import ThisMachine
from hebca_helper.checks.model import Outcome
from hebca_helper.checks.surroundings import Program
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.catalogue import System
from tests.checks.situation import FINE, Situation, StatedMachine, only, verdict
from tests.checks.test_service_checks import program, running

MEGABYTE = 1024**2


@pytest.mark.parametrize(
    ("name", "machine", "expected"),
    [
        ("libraries", StatedMachine(libraries=["libEGL.so.1"]), (Outcome.PROBLEM, Code.SYSTEM_LIBRARY_MISSING)),
        ("libraries", StatedMachine(), FINE),
        ("libraries", StatedMachine(System.WINDOWS), (Outcome.NOT_APPLICABLE, None)),
        ("fonts", StatedMachine(font=False), (Outcome.PROBLEM, Code.FONT_MISSING)),
        ("fonts", StatedMachine(), FINE),
        ("disk", StatedMachine(free=50 * MEGABYTE), (Outcome.PROBLEM, Code.DISK_FULL)),
        ("disk", StatedMachine(free=500 * MEGABYTE), (Outcome.WARNING, Code.DISK_FULL)),
        ("disk", StatedMachine(), FINE),
        ("restart", StatedMachine(restart="linux-image"), (Outcome.WARNING, Code.RESTART_PENDING)),
        ("restart", StatedMachine(restart=None), (Outcome.NOT_APPLICABLE, None)),
        ("restart", StatedMachine(), FINE),
        (
            "antivirus",
            StatedMachine(running=[Program("ZhuDongFangYu.exe", 4)]),
            (Outcome.WARNING, Code.ANTIVIRUS_RUNNING),
        ),
        ("antivirus", StatedMachine(running=[Program("QQPCTray.exe", 4)]), (Outcome.WARNING, Code.ANTIVIRUS_RUNNING)),
        ("antivirus", StatedMachine(running=[Program("notepad.exe", 4)]), FINE),
        ("office", StatedMachine(found=None), (Outcome.WARNING, Code.OFFICE_MISSING)),
        ("office", StatedMachine(System.WINDOWS), FINE),
        ("pdf-viewer", StatedMachine(found=None), (Outcome.WARNING, Code.PDF_VIEWER_MISSING)),
        ("pdf-viewer", StatedMachine(System.MACOS), FINE),
        ("autostart", StatedMachine(System.WINDOWS), (Outcome.NOT_APPLICABLE, None)),
    ],
)
def test_good_and_bad_states(situation: Situation, name: str, machine: StatedMachine, expected: object) -> None:
    assert verdict(name, situation(machine)) == expected


def test_this_machine_has_what_its_windows_need(situation: Situation) -> None:
    machine = ThisMachine()
    for name in ("libraries", "fonts", "disk"):
        assert verdict(name, situation(machine)) == FINE


def test_antivirus_is_named_while_it_runs(situation: Situation, tmp_path: Path) -> None:
    with running("360Tray.exe", tmp_path):
        assert only("antivirus", situation(ThisMachine())).told == "360 安全卫士"


def test_a_waiting_restart_is_told_with_its_packages(tmp_path: Path) -> None:
    machine = ThisMachine({}, tmp_path)
    assert machine.restart_pending() == ""
    (tmp_path / "var/run").mkdir(parents=True)
    (tmp_path / "var/run/reboot-required").touch()
    assert machine.restart_pending() == "reboot-required"
    (tmp_path / "var/run/reboot-required.pkgs").write_text("linux-base\nlibc6\nlibc6\n")
    assert machine.restart_pending() == "linux-base、libc6"


def test_office_and_viewer_are_found_on_the_path(tmp_path: Path) -> None:
    machine = ThisMachine({"PATH": str(tmp_path / "programs")})
    assert machine.installed(["et", "soffice"]) is None
    program(tmp_path / "programs", "soffice")
    assert machine.installed(["et", "soffice"]) == tmp_path / "programs" / "soffice"


# --- autostart


def test_the_button_switches_autostart_on_and_off_again(situation: Situation) -> None:
    surroundings = situation()
    off = only("autostart", surroundings)
    assert (off.outcome, off.fix and off.fix.id) == (Outcome.OK, "autostart-on")
    assert off.fix is not None
    off.fix.apply()
    on = only("autostart", surroundings)
    assert (on.told, on.fix and on.fix.id) == ("已开启", "autostart-off")
    assert on.fix is not None
    on.fix.apply()
    assert not autostart_file(surroundings.environment).exists()


def test_the_autostart_file_starts_this_program(tmp_path: Path) -> None:
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    turn_on(environment)
    line = next(x for x in autostart_file(environment).read_text().splitlines() if x.startswith("Exec="))
    command = line.removeprefix("Exec=").removesuffix('"run" "--background"') + "--version"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("hebca-helper")


@pytest.mark.parametrize(
    ("content", "state"),
    [
        ("[Desktop Entry]\nExec=/nowhere/at/all run\n", Autostart.BROKEN),
        ('[Desktop Entry]\nExec="unbalanced\n', Autostart.BROKEN),
        ("", Autostart.BROKEN),
        ("[Desktop Entry]\nHidden=true\nExec=/nowhere\n", Autostart.OFF),
        ("[Desktop Entry]\nExec=/bin/sh run\n", Autostart.ON),
    ],
)
def test_an_autostart_file_that_starts_nothing_is_noticed(situation: Situation, content: str, state: Autostart) -> None:
    surroundings = situation()
    path = autostart_file(surroundings.environment)
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert read_autostart(surroundings.environment) is state
    expected = (Outcome.WARNING, Code.AUTOSTART_BROKEN) if state is Autostart.BROKEN else FINE
    assert verdict("autostart", surroundings) == expected
    fix = only("autostart", surroundings).fix
    assert fix is not None
    fix.apply()
    assert read_autostart(surroundings.environment) is (Autostart.OFF if state is Autostart.ON else Autostart.ON)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment = {"XDG_CONFIG_HOME": str(tmp_path / "file")}
    with pytest.raises(HelperError) as caught:
        turn_on(environment)
    assert caught.value.code is Code.FILE_UNREADABLE
    (tmp_path / "autostart" / "hebca-helper.desktop").mkdir(parents=True)
    with pytest.raises(HelperError):
        turn_off({"XDG_CONFIG_HOME": str(tmp_path)})
    assert read_autostart({"XDG_CONFIG_HOME": str(tmp_path)}) is Autostart.BROKEN


def test_a_relative_configuration_folder_means_the_usual_one() -> None:
    usual = Path("~/.config/autostart/hebca-helper.desktop").expanduser()
    assert autostart_file({"XDG_CONFIG_HOME": "here"}) == usual
    assert autostart_file({}) == usual
