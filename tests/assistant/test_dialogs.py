"""One dialog at a time; a page that asks too much gets none, the person always does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.person.dialogs import REFUSAL_SPAN, REFUSALS, WAITING_PER_ORIGIN, DialogQueue
from hebca_helper.errors import Code, HelperError

PAGE = Asker(Channel.CERTIFICATE_SERVICE, "https://portal.example")
SISTER = Asker(Channel.HTTPS, "https://www.portal.example:8443")
OTHER = Asker(Channel.CERTIFICATE_SERVICE, "https://other.example")
PERSON = Asker(Channel.WINDOW)


def nothing() -> None:
    pass


class Line:
    """Askers in a queue; `seen` is who got a dialog. Each dialog is open until the next `close_one`."""

    def __init__(self) -> None:
        self.queue = DialogQueue(Clock())
        self.seen: list[str] = []
        self._close = asyncio.Semaphore(0)
        self._tasks: list[asyncio.Task[None]] = []

    async def enter(self, asker: Asker, refuse: Callable[[], None] | None = None) -> asyncio.Task[None]:
        task = asyncio.create_task(self._ask(asker, refuse))
        self._tasks.append(task)
        await asyncio.sleep(0)
        return task

    async def _ask(self, asker: Asker, refuse: Callable[[], None] | None) -> None:
        async with self.queue.turn(asker, refuse):
            self.seen.append(asker.origin or "person")
            await self._close.acquire()

    async def close_all(self) -> list[str]:
        for _ in self._tasks:
            self._close.release()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return self.seen


def stranger(number: int, domain: str = "stranger.example") -> Asker:
    return Asker(Channel.CERTIFICATE_SERVICE, f"https://{number}.{domain}")


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def cancel_one(queue: DialogQueue, asker: Asker) -> None:
    with pytest.raises(HelperError):
        async with queue.turn(asker):
            raise HelperError(Code.USER_CANCELLED)


@pytest.mark.anyio
async def test_a_second_dialog_waits_for_the_first() -> None:
    queue, order = DialogQueue(Clock()), list[str]()
    first_is_open, close_first = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with queue.turn(PAGE):
            first_is_open.set()
            await close_first.wait()
            order.append("first")

    async def second() -> None:
        async with queue.turn(PERSON):
            order.append("second")

    tasks = [asyncio.create_task(first())]
    await first_is_open.wait()
    tasks.append(asyncio.create_task(second()))
    close_first.set()
    await asyncio.gather(*tasks)
    assert order == ["first", "second"]


@pytest.mark.anyio
async def test_a_page_cannot_pile_up_dialogs() -> None:
    queue, close = DialogQueue(Clock()), asyncio.Event()
    opened = asyncio.Semaphore(0)

    async def hold() -> None:
        opened.release()
        async with queue.turn(PAGE):
            await close.wait()

    waiting = [asyncio.create_task(hold()) for _ in range(WAITING_PER_ORIGIN)]
    for _ in waiting:
        await opened.acquire()
    with pytest.raises(HelperError) as refused:
        async with queue.turn(PAGE):
            pass
    assert refused.value.code is Code.TOO_MANY
    close.set()
    await asyncio.gather(*waiting)
    async with queue.turn(PAGE):
        pass


@pytest.mark.anyio
async def test_after_repeated_refusals_the_page_must_wait_but_others_need_not() -> None:
    time = Time()
    queue = DialogQueue(Clock(monotonic=time))
    for _ in range(REFUSALS):
        await cancel_one(queue, PAGE)
    with pytest.raises(HelperError) as refused:
        async with queue.turn(PAGE):
            pass
    assert refused.value.code is Code.TOO_MANY
    async with queue.turn(OTHER):
        pass
    for _ in range(REFUSALS + 1):
        await cancel_one(queue, PERSON)
    time.seconds += REFUSAL_SPAN - 1
    await cancel_one_too_many(queue, PAGE)
    time.seconds += 1
    async with queue.turn(PAGE):
        pass


@pytest.mark.anyio
async def test_the_persons_own_request_comes_first_then_sites_that_were_let_in() -> None:
    line = Line()
    for number in range(6):
        await line.enter(stranger(number), nothing)
    await line.enter(PAGE)
    await line.enter(PERSON)
    assert (await line.close_all())[:4] == [stranger(0).origin, "person", PAGE.origin, stranger(1).origin]


@pytest.mark.anyio
async def test_a_site_with_many_sub_domains_has_one_place_in_the_queue() -> None:
    line = Line()
    for number in range(5):
        await line.enter(stranger(number), nothing)
    for domain in ("a.example", "b.example"):
        await line.enter(stranger(0, domain), nothing)
    await line.enter(stranger(1, "b.example"), nothing)
    order = await line.close_all()
    assert order[:3] == [stranger(0).origin, stranger(0, "a.example").origin, stranger(0, "b.example").origin]
    assert len(order) == 8


@pytest.mark.anyio
async def test_patience_is_counted_by_site_not_by_origin() -> None:
    line = Line()
    for number in range(WAITING_PER_ORIGIN):
        await line.enter(stranger(number), nothing)
    with pytest.raises(HelperError) as refused:
        await (await line.enter(stranger(99), nothing))
    assert refused.value.code is Code.TOO_MANY
    await line.close_all()
    queue = DialogQueue(Clock())
    for number in range(REFUSALS):
        await cancel_one(queue, (PAGE, SISTER)[number % 2])
    await cancel_one_too_many(queue, SISTER)


async def cancel_one_too_many(queue: DialogQueue, asker: Asker) -> None:
    with pytest.raises(HelperError) as refused:
        async with queue.turn(asker):
            pass
    assert refused.value.code is Code.TOO_MANY


@pytest.mark.anyio
async def test_all_strangers_that_wait_can_be_refused_at_once_and_nobody_else() -> None:
    line, told = Line(), list[str]()
    first = await line.enter(stranger(0), nothing)
    waiting = [await line.enter(stranger(number, "a.example"), lambda: told.append("refused")) for number in range(3)]
    await line.enter(PAGE)
    assert line.queue.strangers == 3
    line.queue.refuse_strangers()
    for task in waiting:
        with pytest.raises(HelperError) as refused:
            await task
        assert refused.value.code is Code.DENIED_BY_POLICY
    assert told == ["refused"] * 3
    assert line.queue.strangers == 0
    assert not first.done()
    assert await line.close_all() == [stranger(0).origin, PAGE.origin]
    for _ in range(REFUSALS - 3):
        await cancel_one(line.queue, stranger(7, "a.example"))
    await cancel_one_too_many(line.queue, stranger(8, "a.example"))


@pytest.mark.anyio
async def test_who_leaves_the_queue_keeps_nobody_from_a_turn() -> None:
    line = Line()
    await line.enter(PAGE)
    waiting = await line.enter(OTHER)
    await line.enter(PERSON)
    waiting.cancel()
    assert await line.close_all() == [PAGE.origin, "person"]


@pytest.mark.anyio
async def test_who_is_called_and_leaves_at_the_same_moment_passes_the_turn_on() -> None:
    queue = DialogQueue(Clock())

    async def ask() -> None:
        async with queue.turn(OTHER):
            pass

    async with queue.turn(PAGE):
        tasks = [asyncio.create_task(ask()), asyncio.create_task(ask())]
        await asyncio.sleep(0)
    tasks[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    async with asyncio.timeout(10):
        await tasks[1]
        async with queue.turn(PERSON):
            pass


@pytest.mark.anyio
async def test_who_is_refused_and_leaves_at_the_same_moment_takes_nobodys_turn() -> None:
    line = Line()
    await line.enter(PAGE)
    waiting = await line.enter(stranger(1), nothing)
    line.queue.refuse_strangers()
    waiting.cancel()
    await line.enter(PERSON)
    assert line.seen == [PAGE.origin]
    assert await line.close_all() == [PAGE.origin, "person"]
