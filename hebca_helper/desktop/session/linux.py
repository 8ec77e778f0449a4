"""Screen lock, sleep and user switch on Linux, as D-Bus tells them.

Sources: org.freedesktop.login1(5), "Manager" (PrepareForSleep) and "Session" objects (Lock, Active); the ActiveChanged
signal of org.freedesktop.ScreenSaver (KDE) and of the screen savers of GNOME, Cinnamon and MATE.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtDBus import QDBusConnection, QDBusError, QDBusMessage, QDBusVariant

from hebca_helper.desktop.session.delay import LOGIN, LOGIN_PATH, MANAGER, SleepDelay
from hebca_helper.desktop.session.watch import SessionWatch

SESSION = f"{LOGIN}.Session"
PROPERTIES = "org.freedesktop.DBus.Properties"
SCREEN_SAVERS = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
)


class BusWatch(SessionWatch):
    """Listens on the session bus and on the system bus; whatever of these is missing tells nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._path = ""
        self._delay = SleepDelay()
        self._sleeping = False

    def start(self) -> None:
        person = QDBusConnection.sessionBus()
        for name in SCREEN_SAVERS:
            _listen(person, "", name, "ActiveChanged", self, _slot("became_active(bool)"))
        system = QDBusConnection.systemBus()
        _listen(system, LOGIN_PATH, MANAGER, "PrepareForSleep", self, _slot("prepare_for_sleep(bool)"), LOGIN)
        self._delay.take()
        self._ask_for_session(system)

    def stop(self) -> None:
        self._delay.release()

    def settled(self) -> None:
        if self._sleeping:
            self._delay.release()

    def _ask_for_session(self, system: QDBusConnection) -> None:
        """Signals of other sessions are not ours: which object is our session?"""
        if not system.isConnected():
            return
        question = QDBusMessage.createMethodCall(LOGIN, f"{LOGIN_PATH}/session/auto", PROPERTIES, "Get")
        question.setArguments([SESSION, "Id"])
        self._ask(question, "id_found(QDBusMessage)", "no_session(QDBusError)")

    @Slot(QDBusMessage)
    def id_found(self, answer: QDBusMessage) -> None:
        """Signals come from the session's own object, not from the one called "auto"."""
        question = QDBusMessage.createMethodCall(LOGIN, LOGIN_PATH, MANAGER, "GetSession")
        question.setArguments([_plain(answer)])
        self._ask(question, "session_found(QDBusMessage)", "no_session(QDBusError)")

    @Slot(QDBusMessage)
    def session_found(self, answer: QDBusMessage) -> None:
        self._follow(answer.arguments()[0].path())

    @Slot(QDBusError)
    def no_session(self, problem: QDBusError) -> None:
        """Started outside any session: every lock then counts, one too many does no harm."""
        self._follow("")

    def _follow(self, path: str) -> None:
        system = QDBusConnection.systemBus()
        self._path = path
        _listen(system, path, SESSION, "Lock", self, _slot("locked()"), LOGIN)
        _listen(system, path, PROPERTIES, "PropertiesChanged", self, _slot("session_changed()"), LOGIN)

    @Slot(bool)
    def became_active(self, active: bool) -> None:
        """The screen saver took over."""
        if active:
            self.away.emit()

    @Slot(bool)
    def prepare_for_sleep(self, begins: bool) -> None:
        """The computer waits for us before it sleeps; awake again, the next sleep has to be held back too."""
        self._sleeping = begins
        if begins:
            self.away.emit()
        else:
            self._delay.take()

    @Slot()
    def locked(self) -> None:
        self.away.emit()

    @Slot()
    def session_changed(self) -> None:
        """Something about our session changed: is it still the one on the screen? (A user switch makes it inactive.)"""
        if not self._path:
            return
        question = QDBusMessage.createMethodCall(LOGIN, self._path, PROPERTIES, "Get")
        question.setArguments([SESSION, "Active"])
        self._ask(question, "heard_active(QDBusMessage)", "ignored(QDBusError)")

    @Slot(QDBusMessage)
    def heard_active(self, answer: QDBusMessage) -> None:
        if _plain(answer) is False:
            self.away.emit()

    @Slot(QDBusError)
    def ignored(self, problem: QDBusError) -> None:
        """The session went while we asked."""

    def _ask(self, question: QDBusMessage, answered: str, failed: str) -> None:
        QDBusConnection.systemBus().callWithCallback(question, self, _slot(answered), _slot(failed))


def _plain(answer: QDBusMessage) -> object:
    """The value of a property, out of its variant."""
    value = answer.arguments()[0]
    return value.variant() if isinstance(value, QDBusVariant) else value


def _slot(signature: str) -> Any:
    """As Qt's SLOT() macro writes it; PySide6's type hints say bytes, and its calls take text only."""
    return f"1{signature}"


def _listen(
    bus: QDBusConnection, path: str, interface: str, signal: str, receiver: QObject, slot: Any, service: str = ""
) -> None:
    if bus.isConnected():
        bus.connect(service or interface, path, interface, signal, receiver, slot)
