"""What the program does without being asked: notices at plug-in, advice to unplug, the end of logins when nobody is there."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from hebca_helper.desktop.presence.advice import UnplugAdvice
from hebca_helper.desktop.presence.status import Status
from hebca_helper.desktop.session.watch import SessionWatch
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.certificates.entries import CertificateEntry
    from hebca_helper.tokens.model import TokenInfo

LATE_MILLISECONDS = 50
"""Waking up a little early would be for nothing."""


class PlugNotices:
    """`look` after every change of what is plugged in; each plugging-in is told once."""

    def __init__(self, tell: Callable[[str], None], tell_ending: Callable[[str], None] | None = None) -> None:
        """`tell_ending` where renewing helps; without it `tell`."""
        self._tell = tell
        self._tell_ending = tell_ending or tell
        self._seen: set[str] = set()

    def look(self, tokens: Sequence[TokenInfo], entries: Sequence[CertificateEntry]) -> None:
        from hebca_helper.desktop import words
        from hebca_helper.pki.moments import Validity

        new = {token.id for token in tokens} - self._seen
        self._seen = {token.id for token in tokens}
        for token_id in sorted(new):
            urgent = words.most_urgent([entry for entry in entries if entry.token.id == token_id])
            if urgent is not None and not urgent.replaced and (said := words.validity(urgent)).text:
                tell = self._tell if urgent.validity is Validity.NOT_YET_VALID else self._tell_ending
                tell(tr("{holder}：{text}").format(holder=urgent.holder, text=said.text))


class Attention(QObject):
    """Wakes up only when something is due: an idle program costs nothing."""

    away = Signal()
    """The screen was locked, the computer goes to sleep, or another user took over. Answered with `settled()`."""

    def __init__(
        self,
        state: TokenState,
        status: Status,
        tell: Callable[[str], None],
        *,
        tell_ending: Callable[[str], None] | None = None,
        watch: SessionWatch | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`tell_ending` is told of certificates that end; without it `tell` is."""
        super().__init__()
        self._state = state
        self._notices = PlugNotices(tell, tell_ending)
        self._advice = UnplugAdvice(tell, monotonic)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        state.changed.connect(self._plugged)
        status.logged_in.connect(self._logged_in)
        status.logged_out.connect(self._logged_out)
        self._watch = watch or make_watch()
        self._watch.away.connect(self._gone)
        self._watch.start()
        self._plugged()

    def stop(self) -> None:
        self._timer.stop()
        self._watch.stop()

    def settled(self) -> None:
        """What `away` is for has been done."""
        self._watch.settled()

    def look(self) -> None:
        """Say what is due, and wake up again for the next."""
        self._advice.look()
        due = self._advice.due()
        if due is None:
            self._timer.stop()
        else:
            self._timer.start(int(due * 1000) + LATE_MILLISECONDS)

    def _plugged(self) -> None:
        if self._state.busy or not self._state.known or self._state.problem is not None:
            return
        self._notices.look(self._state.tokens, self._state.entries)
        self._advice.plugged(bool(self._state.tokens))
        self.look()

    def _logged_in(self) -> None:
        self._advice.logged_in()
        self.look()

    def _logged_out(self) -> None:
        self._advice.logged_out()
        self.look()

    def _gone(self) -> None:
        self.away.emit()
        self._advice.away()
        self.look()


def make_watch() -> SessionWatch:
    """The one for this operating system."""
    if sys.platform == "win32":
        from hebca_helper.desktop.session.windows import WindowsWatch

        return WindowsWatch()
    if sys.platform == "darwin":
        from hebca_helper.desktop.session.macos import MacWatch

        return MacWatch()
    from hebca_helper.desktop.session.linux import BusWatch

    return BusWatch()
