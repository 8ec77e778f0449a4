"""Screen lock, sleep and user switch as D-Bus tells them: a private bus, a stand-in for logind, and the real listener in
a process of its own (Qt connects to a bus once in a process)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hebca_helper.desktop.session.windows import means_away
from tests.displays import VirtualDisplay

pytestmark = pytest.mark.desktop

LISTENER = """
import sys
from PySide6.QtCore import QCoreApplication
from hebca_helper.desktop.session.watch import make_watch
application = QCoreApplication([])
watch = make_watch()
watch.away.connect(lambda: print("away", flush=True))
watch.start()
print("listening", flush=True)
application.exec()
"""


class Bus:
    def __init__(self, service: subprocess.Popen[str], listener: subprocess.Popen[str]) -> None:
        self._service, self._listener = service, listener

    def say(self, command: str) -> None:
        assert self._service.stdin is not None
        self._service.stdin.write(f"{command}\n")
        self._service.stdin.flush()

    def heard(self) -> str:
        assert self._listener.stdout is not None
        return self._listener.stdout.readline().strip()


@contextmanager
def running(command: list[str], environment: dict[str, str], ready: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == ready
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def bus() -> Iterator[Bus]:
    with VirtualDisplay(session_bus=True) as display:
        environment = display.environment(QT_QPA_PLATFORM="offscreen")
        environment["DBUS_SYSTEM_BUS_ADDRESS"] = environment["DBUS_SESSION_BUS_ADDRESS"]
        service = [sys.executable, "-m", "tests.desktop.login_service"]
        with (
            running(service, environment, "ready") as logind,
            running([sys.executable, "-c", LISTENER], environment, "listening") as listener,
        ):
            assert logind.stdout is not None
            assert logind.stdout.readline().strip() == "followed"
            made = Bus(logind, listener)
            made.say("sleep")  # the listener heard the answer before this
            assert made.heard() == "away"
            yield made


@pytest.mark.parametrize("event", ["lock", "sleep", "saver"])
def test_whoever_goes_away_is_noticed(bus: Bus, event: str) -> None:
    bus.say(event)
    assert bus.heard() == "away"


def test_a_switch_to_another_user_is_noticed(bus: Bus) -> None:
    bus.say("switch")
    assert bus.heard() == "away"
    bus.say("back")
    bus.say("lock")
    assert bus.heard() == "away"  # one only: coming back is none


def test_other_peoples_locks_and_waking_up_are_none_of_ours(bus: Bus) -> None:
    for nothing in ("other-lock", "wake", "saver-off"):
        bus.say(nothing)
    bus.say("sleep")
    assert bus.heard() == "away"
    bus.say("lock")
    assert bus.heard() == "away"


def test_without_any_bus_nothing_is_heard_and_nothing_breaks() -> None:
    nowhere = dict.fromkeys(("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"), "disabled:")
    environment = {**os.environ, **nowhere, "QT_QPA_PLATFORM": "offscreen"}
    with running([sys.executable, "-c", LISTENER], environment, "listening") as listener:
        assert listener.poll() is None


@pytest.mark.parametrize(
    ("message", "word", "away"),
    [
        (0x02B1, 0x7, True),
        (0x02B1, 0x8, False),
        (0x02B1, 0x2, True),
        (0x0218, 0x4, True),
        (0x0218, 0x12, False),
        (0x0010, 0x7, False),
    ],
)
def test_windows_messages_are_told_apart(message: int, word: int, away: bool) -> None:
    """WTS_SESSION_LOCK, _UNLOCK, CONSOLE_DISCONNECT; PBT_APMSUSPEND, _RESUMEAUTOMATIC; WM_CLOSE."""
    assert means_away(message, word) is away
