"""The port through which the operating system says that nobody sits at this computer any more."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class SessionWatch(QObject):
    """`away` comes in Qt's thread when the screen is locked, the computer goes to sleep, or another user takes over.

    It may come several times for one locking (several services tell): whoever listens only ends what is not over yet.
    """

    away = Signal()

    def start(self) -> None:
        """Begin to listen; does nothing where nothing can be heard."""

    def settled(self) -> None:
        """Whoever listens has done what `away` is for: a computer that waits for that may sleep."""

    def stop(self) -> None:
        """End it."""
