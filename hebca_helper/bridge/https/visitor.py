"""One client's TCP connection, as far as the application needs to know it."""

from __future__ import annotations

from collections.abc import Callable


class Visitor:
    """HTTP/1.1 answers one request after the other: there is one to tell when the client hangs up."""

    def __init__(self) -> None:
        self.ours: bool | None = None
        """Whether it is a program of this very user's; None before anybody looked."""
        self._gone = False
        self._callback: Callable[[], None] | None = None

    def when_gone(self, callback: Callable[[], None] | None) -> None:
        """`callback` comes once, at once where the client has gone already; None takes it back."""
        self._callback = callback
        if self._gone and callback is not None:
            callback()

    def leave(self) -> None:
        self._gone = True
        if self._callback is not None:
            self._callback()
