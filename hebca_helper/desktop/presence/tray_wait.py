"""Waits for a tray that comes after us: at log-in the panel is often the last to start."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher

from hebca_helper.desktop.presence.tray import has_tray

WATCHER = "org.kde.StatusNotifierWatcher"
"""Who takes in the icons of status-notifier hosts."""
LOOKS = 24
INTERVAL_MILLISECONDS = 5000
"""An XEmbed tray tells nobody that Qt would let us hear: two minutes are enough for any panel."""


class TrayWait(QObject):
    """Calls `found` once, when there is a tray."""

    def __init__(self, found: Callable[[], object], interval: int = INTERVAL_MILLISECONDS) -> None:
        super().__init__()
        self._found = found
        self._looks = 0
        self._timer = QTimer(self, interval=interval)
        self._timer.timeout.connect(self._look_again)
        self._timer.start()
        bus = QDBusConnection.sessionBus()
        self._watcher = QDBusServiceWatcher(WATCHER, bus, QDBusServiceWatcher.WatchModeFlag.WatchForRegistration, self)
        self._watcher.serviceRegistered.connect(lambda _: self._look())

    def stop(self) -> None:
        self._timer.stop()
        self._watcher.setWatchedServices([])

    def _look_again(self) -> None:
        self._looks += 1
        if self._looks >= LOOKS:
            self._timer.stop()
        self._look()

    def _look(self) -> None:
        if has_tray():
            self.stop()
            self._found()
