"""One client's TCP connection, as far as the application needs to know it."""

from __future__ import annotations

from collections.abc import Callable


class Visitor:
    """HTTP/1.1 answers one request after the other: there is one to tell when the client hangs up."""

    def __init__(self) -> None:
        self.ours: bool | None = None
        """Whether it is a program of this very user's; None before anybody looked."""
        self.admitted: Callable[[], bool] = lambda: False
        """Whether the person let in who asks here."""
        self.asked_at = 0.0
        """When the last request came, in the loop's time."""
        self.cut: Callable[[], None] = lambda: None
        """Close without a word."""
        self.is_gone: Callable[[], bool] = lambda: False
        self._gone = False
        self._callback: Callable[[], None] | None = None

    @property
    def gives_way(self) -> bool:
        """A stranger who waits for no answer makes room for who comes."""
        return not (self._callback is not None or self.admitted())

    def when_gone(self, callback: Callable[[], None] | None) -> None:
        """`callback` comes once, at once where the client has gone already; None takes it back."""
        self._callback = callback
        if self._gone and callback is not None:
            callback()

    def leave(self) -> None:
        self._gone = True
        if self._callback is not None:
            self._callback()
