"""One dialog at a time; a page that asks too much gets none, the person always does."""

from __future__ import annotations

import asyncio

import pytest

from hebca_helper.assistant.asking import Asker, Channel
from hebca_helper.assistant.clock import Clock
from hebca_helper.assistant.dialogs import REFUSAL_SPAN, REFUSALS, WAITING_PER_ORIGIN, DialogQueue
from hebca_helper.errors import Code, HelperError

PAGE = Asker(Channel.CERTIFICATE_SERVICE, "https://portal.example")
OTHER = Asker(Channel.CERTIFICATE_SERVICE, "https://other.example")
PERSON = Asker(Channel.WINDOW)


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
    time.seconds += REFUSAL_SPAN + 1
    async with queue.turn(PAGE):
        pass
