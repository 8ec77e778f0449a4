"""One dialog at a time: the person's own first, then those of sites they let in, then each stranger's once around."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from enum import IntEnum

from hebca_helper.assistant.asker.asking import Asker
from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.sites.origins import site_of
from hebca_helper.errors import Code, HelperError

WAITING_PER_ORIGIN = 8
REFUSALS = 5
REFUSAL_SPAN = 60.0
_UNWANTED = frozenset({Code.USER_CANCELLED, Code.DENIED_BY_POLICY})
"""How a dialog ends that the person did not agree to; the second is a refused connection."""
Refuse = Callable[[], None]


@dataclass(frozen=True, slots=True)
class DialogLimits:
    """`waiting` dialogs of one site may be open or waiting at the same time. After `refusals` dialogs that the person
    refused or the page took back within `span` seconds, a site gets no further one until they age. A site is a registrable
    domain with all that is below it: one owner has as many origins as they like."""

    waiting: int = WAITING_PER_ORIGIN
    refusals: int = REFUSALS
    span: float = REFUSAL_SPAN


class _Rank(IntEnum):
    PERSON = 0
    LET_IN = 1
    STRANGER = 2


@dataclass(eq=False, slots=True)
class _Place:
    """In the queue. `site` is "" for the person; `refuse` is told when the person refuses all strangers at once."""

    rank: _Rank
    site: str
    refuse: Refuse | None
    called: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class DialogQueue:
    """Hands out the right to show a dialog. The person's own requests are never throttled, and never wait for a page's
    that is not open yet."""

    def __init__(self, clock: Clock, limits: DialogLimits | None = None) -> None:
        self._limits = limits or DialogLimits()
        self.limited = True
        """False where no person answers: unattended prompts have no dialogs to pile up."""
        self._clock = clock
        self._open = False
        self._queue: list[_Place] = []
        self._waiting: Counter[str] = Counter()
        self._refusals: dict[str, list[float]] = defaultdict(list)
        self._turns = 0
        self._served: dict[str, int] = {}
        """Which turn a site with further dialogs had last."""

    @property
    def strangers(self) -> int:
        """Questions of sites that wait for being let in; the open one is not among them."""
        return sum(1 for place in self._queue if place.rank is _Rank.STRANGER)

    def refuse_strangers(self) -> None:
        """The person has had enough: DENIED_BY_POLICY for every site that waits for being let in."""
        for place, refuse in [(each, each.refuse) for each in self._queue if each.refuse is not None]:
            self._queue.remove(place)
            self._count_refusal(place.site)
            place.called.set_exception(HelperError(Code.DENIED_BY_POLICY))
            refuse()

    @asynccontextmanager
    async def turn(self, asker: Asker, refuse: Refuse | None = None) -> AsyncIterator[None]:
        """Wait for the dialog's turn. `refuse` is given by who only asks to be let in: see `refuse_strangers`.

        HelperError(TOO_MANY) where the site has used up its dialogs."""
        if asker.origin is None or not self.limited:
            async with self._turn(_Place(_Rank.PERSON, "", None)):
                yield
            return
        site = site_of(asker.origin)
        self._require_patience(site)
        self._waiting[site] += 1
        try:
            async with self._turn(_Place(_Rank.LET_IN if refuse is None else _Rank.STRANGER, site, refuse)):
                self._require_few_refusals(site)
                with self._refusals_counted(site):
                    yield
        finally:
            self._leave(site)

    @asynccontextmanager
    async def _turn(self, place: _Place) -> AsyncIterator[None]:
        await self._wait(place)
        self._turns += 1
        if place.site:
            self._served[place.site] = self._turns
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, place: _Place) -> None:
        if not self._open:
            self._open = True
            return
        self._queue.append(place)
        try:
            await place.called
        except asyncio.CancelledError:
            if place in self._queue:
                self._queue.remove(place)
            elif place.called.exception() is None:  # called and gone at the same moment
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """To the first of the highest rank whose site had its last turn longest ago."""
        if not self._queue:
            self._open = False
            return
        following = min(self._queue, key=lambda place: (place.rank, self._served.get(place.site, 0)))
        self._queue.remove(following)
        following.called.set_result(None)

    @contextmanager
    def _refusals_counted(self, site: str) -> Iterator[None]:
        """Around an open dialog."""
        try:
            yield
        except asyncio.CancelledError:
            self._count_refusal(site)
            raise
        except HelperError as problem:
            if problem.code in _UNWANTED:
                self._count_refusal(site)
            raise

    def _count_refusal(self, site: str) -> None:
        self._refusals[site].append(self._clock.monotonic())

    def _require_patience(self, site: str) -> None:
        if self._waiting[site] >= self._limits.waiting:
            raise HelperError(Code.TOO_MANY)
        self._require_few_refusals(site)

    def _require_few_refusals(self, site: str) -> None:
        since = self._clock.monotonic() - self._limits.span
        recent = [moment for moment in self._refusals.get(site, []) if moment > since]
        if recent:
            self._refusals[site] = recent
        else:
            self._refusals.pop(site, None)
        if len(recent) >= self._limits.refusals:
            raise HelperError(Code.TOO_MANY)

    def _leave(self, site: str) -> None:
        self._waiting[site] -= 1
        if not self._waiting[site]:
            del self._waiting[site]
            self._served.pop(site, None)
