"""What keeps the program from starting is said in a window with the ways out, never only in a terminal nobody sees."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from hebca_helper.checks.libraries import display_answers
from hebca_helper.desktop.look.message_box import trouble
from hebca_helper.desktop.presence.single_instance import SingleInstance
from hebca_helper.desktop.runtime import RESTART
from hebca_helper.errors import Code, HelperError
from tests.desktop.test_program import PROGRAM, TITLE, wait_for, windows
from tests.displays import VirtualDisplay
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.desktop


@contextmanager
def begun(display: VirtualDisplay, *words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, *(words or ("-m", "hebca_helper", "run"))]
    with subprocess.Popen(command, env=display.environment(**more), stderr=subprocess.PIPE, text=True) as program:
        try:
            yield program
        finally:
            program.kill()
    wait_for(lambda: not windows(display))


@pytest.fixture
def bare_display() -> Iterator[VirtualDisplay]:
    with VirtualDisplay(window_manager=True) as running:
        yield running


def said(program: subprocess.Popen[str]) -> str:
    assert program.stderr is not None
    return program.stderr.readline()


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a folder away needs root")
def test_a_home_of_somebody_else(bare_display: VirtualDisplay, home: Path) -> None:
    os.chown(home, 65534, -1)
    with begun(bare_display) as program:
        assert f"{home} 属于另一个用户" in said(program)
        wait_for(lambda: windows(bare_display))

        def left() -> bool:
            """A window that is only just there may miss a key."""
            press = ["xdotool", "search", "--name", TITLE, "windowfocus", "key", "Escape"]
            subprocess.run(press, env=bare_display.environment(), capture_output=True, check=False)
            return program.poll() is not None

        wait_for(left)
        assert program.returncode == 1


def test_a_first_window_that_hangs(bare_display: VirtualDisplay, home: Path) -> None:
    with begun(bare_display, "-c", PROGRAM) as first:
        wait_for(lambda: windows(bare_display))
        again = [sys.executable, "-c", PROGRAM]
        # it answers: one that is stopped while it begins may hold the whole display
        subprocess.run(again, env=bare_display.environment(), check=True)
        first.send_signal(signal.SIGSTOP)
        with subprocess.Popen(again, env=bare_display.environment(), stderr=subprocess.PIPE, text=True) as second:
            try:
                assert f"[{Code.WINDOW_SILENT}]" in said(second)
                wait_for(lambda: len(windows(bare_display)) == 2)
            finally:
                second.kill()
        assert SingleInstance(home).holder() == first.pid


def test_who_comes_second_knows_the_first(home: Path) -> None:
    first, second = SingleInstance(home), SingleInstance(home)
    assert first.claim() and not second.claim()
    assert second.holder() == os.getpid()
    (home / "window.lock").write_bytes(b"")  # of an older version
    assert second.holder() is None
    first.close()
    second.close()


PRESSED = {"againButton": RESTART, "endButton": RESTART, "leaveButton": 1}


@pytest.mark.parametrize("name", PRESSED)
def test_the_ways_out(application: QApplication, name: str) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as hanging:
        box = trouble(HelperError(Code.WINDOW_SILENT), RESTART, holder=hanging.pid)
        box.show()
        button = box.findChild(QPushButton, name)
        assert isinstance(button, QPushButton)
        QTimer.singleShot(0, button.click)
        assert application.exec() == PRESSED[name]
        if name == "endButton":
            assert hanging.wait(60) == -signal.SIGKILL
        else:
            assert hanging.poll() is None
            hanging.kill()


def test_a_display_that_is_gone(bare_display: VirtualDisplay, tmp_path: Path) -> None:
    here = {"DISPLAY": bare_display.name}
    assert display_answers(here)
    assert display_answers({**here, "WAYLAND_DISPLAY": "gone"})
    assert display_answers({"QT_QPA_PLATFORM": "offscreen"})
    for gone in (
        {},
        {"DISPLAY": ":9731"},
        {"DISPLAY": "localhost:97.0"},
        {"DISPLAY": "nonsense"},
        {"WAYLAND_DISPLAY": "gone", "XDG_RUNTIME_DIR": str(tmp_path)},
        {**here, "QT_QPA_PLATFORM": "wayland"},
        {**here, "QT_QPA_PLATFORM": "no-such-platform"},
    ):
        assert not display_answers(gone), gone


@pytest.mark.parametrize(
    ("name", "words", "status", "told"),
    [
        ("DISPLAY", ("run",), 0, "✓ 演示结束"),
        ("WAYLAND_DISPLAY", ("run", "--background"), 1, "[not-supported]"),
        ("WAYLAND_DISPLAY", ("show", "seals"), 1, "[not-supported]"),
    ],
)
def test_with_a_display_that_is_gone(home: Path, name: str, words: tuple[str, ...], status: int, told: str) -> None:
    put_practice_usbkey(home)
    gone = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {**{key: value for key, value in os.environ.items() if key not in gone}, name: ":9731"}
    command = [sys.executable, "-m", "hebca_helper", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == status
    assert told in done.stdout + done.stderr
    assert "显示器 :9731 没有响应" in done.stderr
