"""One dialog at a time, and none for those who ask too much."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from hebca_helper.assistant.asking import Asker
from hebca_helper.assistant.clock import Clock
from hebca_helper.errors import Code, HelperError

WAITING_PER_ORIGIN = 8
REFUSALS = 5
REFUSAL_SPAN = 60.0
_UNWANTED = frozenset({Code.USER_CANCELLED, Code.DENIED_BY_POLICY})
"""How a dialog ends that the person did not agree to; the second is a refused connection."""


@dataclass(frozen=True, slots=True)
class DialogLimits:
    """`waiting` dialogs of one origin may be open or waiting at the same time. After `refusals` dialogs that the person
    refused or the page took back within `span` seconds, an origin gets no further one until they age."""

    waiting: int = WAITING_PER_ORIGIN
    refusals: int = REFUSALS
    span: float = REFUSAL_SPAN


class DialogQueue:
    """Hands out the right to show a dialog. The person's own requests are never throttled."""

    def __init__(self, clock: Clock, limits: DialogLimits | None = None) -> None:
        self._limits = limits or DialogLimits()
        self.limited = True
        """False where no person answers: unattended prompts have no dialogs to pile up."""
        self._clock = clock
        self._turn = asyncio.Lock()
        self._waiting: dict[str, int] = defaultdict(int)
        self._refusals: dict[str, list[float]] = defaultdict(list)

    @asynccontextmanager
    async def turn(self, asker: Asker) -> AsyncIterator[None]:
        """Wait for the dialog's turn. HelperError(TOO_MANY) where the origin has used up its dialogs."""
        origin = asker.origin
        if origin is None or not self.limited:
            async with self._turn:
                yield
            return
        self._require_patience(origin)
        self._waiting[origin] += 1
        try:
            async with self._turn:
                self._require_few_refusals(origin)
                with self._refusals_counted(origin):
                    yield
        finally:
            self._leave(origin)

    @contextmanager
    def _refusals_counted(self, origin: str) -> Iterator[None]:
        """Around an open dialog."""
        try:
            yield
        except asyncio.CancelledError:
            self._refusals[origin].append(self._clock.monotonic())
            raise
        except HelperError as problem:
            if problem.code in _UNWANTED:
                self._refusals[origin].append(self._clock.monotonic())
            raise

    def _require_patience(self, origin: str) -> None:
        if self._waiting.get(origin, 0) >= self._limits.waiting:
            raise HelperError(Code.TOO_MANY)
        self._require_few_refusals(origin)

    def _require_few_refusals(self, origin: str) -> None:
        since = self._clock.monotonic() - self._limits.span
        recent = [moment for moment in self._refusals.get(origin, []) if moment > since]
        if recent:
            self._refusals[origin] = recent
        else:
            self._refusals.pop(origin, None)
        if len(recent) >= self._limits.refusals:
            raise HelperError(Code.TOO_MANY)

    def _leave(self, origin: str) -> None:
        self._waiting[origin] -= 1
        if not self._waiting[origin]:
            del self._waiting[origin]
