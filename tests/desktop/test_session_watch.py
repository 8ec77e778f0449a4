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
from PySide6.QtCore import QCoreApplication, QSocketNotifier, QTimer
from hebca_helper.desktop.presence.attention import make_watch
application = QCoreApplication([])
watch = make_watch()
watch.away.connect(lambda: QTimer.singleShot(0, lambda: print("away", flush=True)))
watch.start()
commands = {"settled": watch.settled, "stop": watch.stop}
told = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
def obey():
    commands[sys.stdin.readline().strip()]()
    print("done", flush=True)
told.activated.connect(obey)
print("listening", flush=True)
application.exec()
"""


class Bus:
    def __init__(self, service: subprocess.Popen[str], listener: subprocess.Popen[str]) -> None:
        self._service, self._listener = service, listener

    def say(self, command: str) -> None:
        _write(self._service, command)

    def heard(self) -> str:
        return _read(self._listener)

    def listener(self, command: str) -> None:
        """Returns when it has been obeyed: what the bus tells comes another way, and could overtake it."""
        _write(self._listener, command)
        assert _read(self._listener) == "done"

    def logind_says(self) -> str:
        return _read(self._service)

    @property
    def delay(self) -> str:
        """Whether logind waits for the listener before the computer sleeps."""
        self.say("delay")
        return self.logind_says()


def _write(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def _read(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


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
            made = Bus(logind, listener)
            assert {made.logind_says(), made.logind_says()} == {"held", "followed"}
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


def test_sleep_waits_until_the_logins_have_ended(bus: Bus) -> None:
    bus.say("wake")
    bus.say("lock")
    assert bus.heard() == "away"
    bus.listener("settled")  # a lock is no sleep
    bus.say("sleep")
    assert bus.heard() == "away"
    assert bus.delay == "held"
    bus.listener("settled")
    assert bus.logind_says() == "released"
    bus.say("wake")
    assert bus.logind_says() == "held"  # for the next time


def test_who_listens_no_more_holds_nothing_up(bus: Bus) -> None:
    bus.listener("stop")
    assert bus.logind_says() == "released"
    bus.say("wake")
    assert bus.logind_says() == "held"


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
