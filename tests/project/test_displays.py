"""The displays that other tests rest on: there when entered, apart from each other, gone when left."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.displays import VirtualDisplay

pytestmark = pytest.mark.desktop


def test_a_display_shows_its_window_manager_and_tray_at_once() -> None:
    with VirtualDisplay(window_manager=True, tray=True) as display:
        assert "window id #" in display.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
        assert display.run("xdotool", "search", "--onlyvisible", "--class", "trayer").strip()


def test_two_displays_do_not_meet() -> None:
    with VirtualDisplay() as first, VirtualDisplay() as second:
        assert first.name != second.name
        assert first.environment()["DISPLAY"] == first.name


def test_a_display_is_gone_when_left() -> None:
    with VirtualDisplay() as display:
        assert "1280x900" in display.run("xdpyinfo")

    with pytest.raises(subprocess.CalledProcessError):
        display.run("xdpyinfo")


def test_a_display_names_no_bus_unless_it_has_one() -> None:
    with VirtualDisplay() as display:
        assert display.environment()["DBUS_SESSION_BUS_ADDRESS"] == "disabled:"
    with VirtualDisplay(session_bus=True) as display:
        call = (
            "dbus-send",
            "--session",
            "--print-reply",
            "--dest=org.freedesktop.DBus",
            "/",
            "org.freedesktop.DBus.GetId",
        )
        assert "string" in display.run(*call)


def test_a_screenshot_has_the_size_of_the_screen(tmp_path: Path) -> None:
    with VirtualDisplay(size="640x480x24") as display:
        picture = display.screenshot(tmp_path / "screen.png")

        assert display.run("identify", "-format", "%wx%h", str(picture)) == "640x480"


def test_a_program_that_cannot_start_is_named() -> None:
    with pytest.raises(RuntimeError, match="Xvfb did not start"), VirtualDisplay(size="nonsense"):
        pass
