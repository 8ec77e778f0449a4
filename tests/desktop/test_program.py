"""The window as a program of its own: one per home, ended by SIGTERM, never out of reach, with readable words when
something is missing."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PySide6.QtWidgets import QApplication

from hebca_helper.checks import libraries
from hebca_helper.desktop.presence.single_instance import ADDRESS_NAME, SingleInstance
from hebca_helper.errors import Code
from tests.displays import VirtualDisplay

pytestmark = pytest.mark.desktop

PROGRAM = """
import sys
from hebca_helper.app.parts import App
from hebca_helper.app.window import run_window
from hebca_helper.bridge.ports import WantedPorts
from hebca_helper.places import home
sys.exit(run_window(App(home()), ports=WantedPorts(0), practice=False))
"""
TITLE = "河北CA数字证书助手"
SECONDS = 60.0


@pytest.fixture(scope="module")
def bare_display() -> Iterator[VirtualDisplay]:
    """A window manager, but no tray."""
    with VirtualDisplay(window_manager=True) as running:
        yield running


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(bare_display: VirtualDisplay) -> Iterator[Start]:
    with ExitStack() as running:

        def begin(display: VirtualDisplay = bare_display, **more: str) -> subprocess.Popen[str]:
            environment = display.environment(**more)
            program = subprocess.Popen(
                [sys.executable, "-c", PROGRAM], env=environment, stderr=subprocess.PIPE, text=True
            )
            running.enter_context(program)
            running.callback(program.kill)
            return program

        yield begin
    wait_for(lambda: not windows(bare_display))  # or the next test could take one of these for its own


def windows(display: VirtualDisplay) -> list[str]:
    command = ["xdotool", "search", "--onlyvisible", "--name", TITLE]
    return subprocess.run(command, env=display.environment(), capture_output=True, text=True).stdout.split()


def wait_for(seen: Callable[[], object]) -> None:
    """X tells nobody that another program's window came or went: it is looked for again."""
    end = time.monotonic() + SECONDS
    while not seen():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.05)


def test_sigterm_ends_it_with_0(start: Start, bare_display: VirtualDisplay) -> None:
    program = start()
    wait_for(lambda: windows(bare_display))
    program.send_signal(signal.SIGTERM)
    assert program.wait(SECONDS) == 0
    assert program.stderr is not None
    assert program.stderr.read() == ""


def test_sigterm_in_the_middle_of_the_start_ends_it_too(start: Start, tmp_path: Path) -> None:
    program = start(HEBCA_HELPER_TIMING=str(tmp_path / "timing"))
    wait_for((tmp_path / "timing").exists)
    program.send_signal(signal.SIGTERM)
    assert program.wait(SECONDS) == 0


def test_a_second_start_raises_the_first_and_ends_with_0(start: Start, bare_display: VirtualDisplay) -> None:
    start()
    wait_for(lambda: windows(bare_display))
    bare_display.run("xdotool", "windowminimize", windows(bare_display)[0])
    wait_for(lambda: not windows(bare_display))
    assert start().wait(SECONDS) == 0
    wait_for(lambda: windows(bare_display))


def test_another_home_has_a_window_of_its_own(start: Start, bare_display: VirtualDisplay, tmp_path: Path) -> None:
    start()
    wait_for(lambda: windows(bare_display))
    start(HEBCA_HELPER_HOME=str(tmp_path / "other"))
    wait_for(lambda: len(windows(bare_display)) == 2)


def test_the_first_paint_is_noted_for_benchmarks(start: Start, tmp_path: Path) -> None:
    before = time.monotonic_ns()
    start(HEBCA_HELPER_TIMING=str(tmp_path / "timing"))
    timing = tmp_path / "timing"
    wait_for(lambda: timing.exists() and "window " in timing.read_text() and timing.read_text().endswith("\n"))
    moments = dict(line.split() for line in timing.read_text().splitlines())
    assert before < int(moments["window"]) < time.monotonic_ns()


def test_without_a_tray_closing_asks_and_minimises(start: Start, bare_display: VirtualDisplay) -> None:
    program = start()
    wait_for(lambda: windows(bare_display))
    (first,) = windows(bare_display)
    bare_display.run("xdotool", "windowactivate", "--sync", first)
    bare_display.run("xdotool", "key", "alt+F4")
    wait_for(lambda: len(windows(bare_display)) == 2)
    (question,) = set(windows(bare_display)) - {first}
    bare_display.run("xdotool", "windowactivate", "--sync", question)
    bare_display.run("xdotool", "key", "Return")  # the button that has the focus: 最小化
    wait_for(lambda: not windows(bare_display))
    assert start().wait(SECONDS) == 0
    wait_for(lambda: windows(bare_display))
    bare_display.run("xdotool", "windowactivate", "--sync", windows(bare_display)[0])
    bare_display.run("xdotool", "key", "alt+F4")  # told once: now it just goes
    wait_for(lambda: not windows(bare_display))
    assert program.poll() is None


def test_with_a_tray_closing_hides(start: Start, display: VirtualDisplay) -> None:
    program = start(display)
    wait_for(lambda: windows(display))
    wait_for(lambda: tray_holds_an_icon(display))
    display.run("xdotool", "windowactivate", "--sync", windows(display)[0])
    display.run("xdotool", "key", "alt+F4")
    wait_for(lambda: not windows(display))
    assert program.poll() is None
    assert start(display).wait(SECONDS) == 0
    wait_for(lambda: windows(display))


def tray_holds_an_icon(display: VirtualDisplay) -> bool:
    """trayer is 2x24 while it is empty, and a square of 24 with one icon."""
    found = display.run("xdotool", "search", "--class", "trayer").split()
    told = "".join(display.run("xdotool", "getwindowgeometry", window) for window in found)
    return "24x24" in told


def test_a_lock_left_by_a_killed_window_keeps_nobody_out(start: Start, bare_display: VirtualDisplay) -> None:
    program = start()
    wait_for(lambda: windows(bare_display))
    program.kill()
    program.wait(SECONDS)
    wait_for(lambda: not windows(bare_display))
    start()
    wait_for(lambda: windows(bare_display))


HOLDING = """
import contextlib, fcntl, os, sys
with contextlib.suppress(FileExistsError):
    os.mkdir(sys.argv[1])
held = open(sys.argv[2])
fcntl.flock(held, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root can become somebody else")
def test_another_user_keeps_no_window_from_starting(start: Start, bare_display: VirtualDisplay) -> None:
    """Not with the home open to them until now, its lock held, and folders of our names made first."""
    with TemporaryDirectory(prefix="shared-") as shared:
        home = Path(shared, "home")
        home.mkdir()
        (home / "window.lock").touch()
        for folder, mode in ((Path(shared), 0o1777), (home, 0o755), (home / "window.lock", 0o644)):
            folder.chmod(mode)
        become = [
            "setpriv",
            "--reuid",
            "65534",
            "--regid",
            "65534",
            "--clear-groups",
            "/usr/bin/python3",
            "-c",
            HOLDING,
        ]
        other = [*become, str(Path(shared, f"hebca-helper-{os.getuid()}")), str(home / "window.lock")]
        with subprocess.Popen(other, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/") as holding:
            assert holding.stdout is not None
            assert holding.stdout.readline() == "held\n"
            program = start(HEBCA_HELPER_HOME=str(home), TMPDIR=shared, XDG_RUNTIME_DIR="")
            wait_for(lambda: windows(bare_display))
            assert home.stat().st_mode & 0o777 == 0o700
            wait_for((home / ADDRESS_NAME).exists)
            program.terminate()
            program.wait(SECONDS)


def test_the_window_is_reached_in_a_home_with_a_long_path(application: QApplication, tmp_path: Path) -> None:
    home = tmp_path / ("长" * 60)
    home.mkdir()
    first = SingleInstance(home)
    assert first.claim()
    first.listen(lambda page: None)
    found = (home / ADDRESS_NAME).stat()
    assert stat.S_ISSOCK(found.st_mode)
    assert found.st_mode & 0o077 == 0
    assert len(first._address) < 108  # unix(7)
    first.close()


def test_a_missing_library_is_named_with_its_package() -> None:
    problem = libraries.problem({"DISPLAY": ":9"}, loads=lambda name: name != "libxcb-cursor.so.0")
    assert problem is not None
    assert problem.code is Code.SYSTEM_LIBRARY_MISSING
    assert "libxcb-cursor.so.0" in str(problem)
    assert "libxcb-cursor0" in str(problem)
    assert "\n" not in str(problem)


def test_libraries_for_x11_are_not_asked_for_without_x11() -> None:
    assert libraries.problem({"QT_QPA_PLATFORM": "offscreen"}, loads=lambda name: "xcb" not in name) is None


def test_a_missing_chinese_font_is_named_with_its_package() -> None:
    problem = libraries.problem({}, has_font=lambda: False)
    assert problem is not None
    assert "fonts-wqy-microhei" in str(problem)
    assert libraries.has_chinese_font()


def test_a_computer_without_a_font_says_so(tmp_path: Path, bare_display: VirtualDisplay, start: Start) -> None:
    empty = tmp_path / "fonts.conf"
    empty.write_text('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig/>')
    program = start(FONTCONFIG_FILE=str(empty))
    assert program.wait(SECONDS) == 1
    assert program.stderr is not None
    assert "fonts-wqy-microhei" in program.stderr.read()


def test_qt_never_gets_to_abort_over_a_library(bare_display: VirtualDisplay) -> None:
    """The real thing: the library is away for this one process, in a mount namespace of its own."""
    library = next(Path("/usr/lib").rglob("libxcb-cursor.so.0"), None)
    hide = ["unshare", "--mount", "sh", "-c", 'mount --bind /dev/null "$1" && shift && exec "$@"', "sh", str(library)]
    if (
        library is None
        or not shutil.which("unshare")
        or subprocess.run([*hide, "true"], capture_output=True).returncode
    ):
        pytest.skip("no mount namespace here")
    done = subprocess.run(
        [*hide, sys.executable, "-c", PROGRAM], env=bare_display.environment(), capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "libxcb-cursor0" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({}, False),
        ({"DISPLAY": ":1"}, True),
        ({"WAYLAND_DISPLAY": "w"}, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, True),
    ],
)
def test_where_a_window_can_be_shown(environment: dict[str, str], shown: bool) -> None:
    assert libraries.has_display(environment) is shown
