"""Lets the computer sleep only when what must happen before has happened.

Source: systemd's "Inhibitor Locks": a lock of mode "delay" holds sleep back after PrepareForSleep(true) until it is given
back, at most InhibitDelayMaxSec (5 s as shipped); it is held as long as the descriptor that Inhibit returned is open.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtDBus import QDBusConnection, QDBusError, QDBusMessage

from hebca_helper.texts import tr

LOGIN = "org.freedesktop.login1"
LOGIN_PATH = "/org/freedesktop/login1"
MANAGER = f"{LOGIN}.Manager"


class SleepDelay(QObject):
    """One lock of ours, or none where nobody gives any: then the computer sleeps at once, as without us."""

    def __init__(self) -> None:
        super().__init__()
        self._wanted = False
        self._held: Any = None

    def take(self) -> None:
        system = QDBusConnection.systemBus()
        if self._wanted or not system.isConnected():
            return
        self._wanted = True
        question = QDBusMessage.createMethodCall(LOGIN, LOGIN_PATH, MANAGER, "Inhibit")
        question.setArguments(["sleep", tr("河北CA数字证书助手"), tr("睡眠前退出证书登录"), "delay"])
        taken: Any = "1taken(QDBusMessage)"  # as Qt's SLOT() macro writes it; the type hints say bytes
        refused: Any = "1refused(QDBusError)"
        system.callWithCallback(question, self, taken, refused)

    @Slot(QDBusMessage)
    def taken(self, answer: QDBusMessage) -> None:
        """Too late for a sleep that has begun: then it is dropped, and closes itself."""
        if self._wanted:
            self._held = answer.arguments()[0]

    @Slot(QDBusError)
    def refused(self, problem: QDBusError) -> None:
        """A system without logind, or one that does not let this user."""
        self._wanted = False

    def release(self) -> None:
        """The descriptor closes with its last owner."""
        self._wanted = False
        self._held = None
