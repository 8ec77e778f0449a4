"""Where each call of a page comes in: policy, patience, and a row in the journal for what is refused. Security core."""

from __future__ import annotations

from collections import defaultdict, deque

from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.journal.recorder import Recorder
from hebca_helper.assistant.login.logins import Logins
from hebca_helper.assistant.sites.policy import Policy
from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.errors import Code, HelperError

_CALM = frozenset(
    {
        Code.NO_CERTIFICATE,
        Code.CERTIFICATE_UNREADABLE,
        Code.TOKEN_BLANK,
        Code.TOKEN_UNREADABLE,
        Code.USER_CANCELLED,
        Code.TOKEN_REMOVED,
        Code.TOO_MANY,
        Code.DATA_OBJECT_MISSING,
        Code.REGISTRY_VALUE_MISSING,
    }
)
"""Failures that are no sign of harm: old pages look for a USBKEY again and again. Cancelled dialogs are counted elsewhere."""


class Gate:
    """`most` failed or refused calls of one origin within `span` seconds; then it waits until they age (house rule 6).

    A connection that holds a login works with a person's consent and is not held up.
    """

    def __init__(
        self, policy: Policy, logins: Logins, recorder: Recorder, clock: Clock, *, most: int, span: float
    ) -> None:
        self.limited = True
        """False where no person answers: there is nobody's patience to save."""
        self._policy = policy
        self._logins = logins
        self._recorder = recorder
        self._clock = clock
        self._most = most
        self._span = span
        self._failures: dict[str, deque[float]] = defaultdict(deque)

    def enter(self, connection: Connection, function: str, risk: Risk) -> None:
        """HelperError(TOO_MANY), or DENIED_BY_POLICY with its row in the journal."""
        if self._is_held_up(connection):
            raise HelperError(Code.TOO_MANY)
        try:
            self._policy.require(connection, risk)
        except HelperError as refusal:
            self._recorder.write(connection, function, refusal.code)
            raise

    def failed(self, connection: Connection, code: Code) -> None:
        """A call of this connection ended so."""
        origin = connection.asker.origin
        if origin is not None and self.limited and code not in _CALM:
            self._failures[origin].append(self._clock.monotonic())

    def _is_held_up(self, connection: Connection) -> bool:
        failures = self._failures.get(connection.asker.origin or "")
        if failures is None:
            return False
        since = self._clock.monotonic() - self._span
        while failures and failures[0] <= since:
            failures.popleft()
        if not failures:
            del self._failures[connection.asker.origin or ""]
        return len(failures) >= self._most and not self._logins.any_of(connection.id)
