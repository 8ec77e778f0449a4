"""Screen lock, sleep and user switch on Windows, as messages to a window of ours. Written from the documentation of
WTSRegisterSessionNotification, WM_WTSSESSION_CHANGE and WM_POWERBROADCAST; no Windows was there to try it on."""

from __future__ import annotations

import ctypes
from typing import Any

from PySide6.QtCore import QAbstractNativeEventFilter, QCoreApplication
from PySide6.QtWidgets import QWidget

from hebca_helper.desktop.session.watch import SessionWatch

WM_POWERBROADCAST = 0x0218
WM_WTSSESSION_CHANGE = 0x02B1
PBT_APMSUSPEND = 0x0004
LEAVING = frozenset({0x2, 0x4, 0x6, 0x7})
"""WTS_CONSOLE_DISCONNECT, WTS_REMOTE_DISCONNECT, WTS_SESSION_LOGOFF, WTS_SESSION_LOCK."""
NOTIFY_FOR_THIS_SESSION = 0


class Message(ctypes.Structure):
    """The beginning of MSG (winuser.h)."""

    _fields_ = (
        ("window", ctypes.c_void_p),
        ("message", ctypes.c_uint),
        ("word", ctypes.c_size_t),
        ("long", ctypes.c_ssize_t),
    )


def means_away(message: int, word: int) -> bool:
    if message == WM_POWERBROADCAST:
        return word == PBT_APMSUSPEND
    return message == WM_WTSSESSION_CHANGE and word in LEAVING


class WindowsWatch(SessionWatch):
    def __init__(self) -> None:
        super().__init__()
        self._window: QWidget | None = None
        self._filter = _Filter(self)

    def start(self) -> None:
        """A window that is never shown: both messages come to every top-level window that asked."""
        application = QCoreApplication.instance()
        if application is None:
            return
        self._window = QWidget()
        application.installNativeEventFilter(self._filter)
        handle = ctypes.c_void_p(int(self._window.winId()))
        ctypes.CDLL("wtsapi32").WTSRegisterSessionNotification(handle, NOTIFY_FOR_THIS_SESSION)

    def stop(self) -> None:
        application = QCoreApplication.instance()
        if application is None or self._window is None:
            return
        ctypes.CDLL("wtsapi32").WTSUnRegisterSessionNotification(ctypes.c_void_p(int(self._window.winId())))
        application.removeNativeEventFilter(self._filter)
        self._window = None


class _Filter(QAbstractNativeEventFilter):
    def __init__(self, watch: SessionWatch) -> None:
        super().__init__()
        self._watch = watch

    def nativeEventFilter(self, kind: Any, message: int) -> Any:
        if bytes(kind.data() if hasattr(kind, "data") else kind) == b"windows_generic_MSG":
            seen = Message.from_address(int(message))
            if means_away(seen.message, seen.word):
                self._watch.away.emit()
        return False, 0
