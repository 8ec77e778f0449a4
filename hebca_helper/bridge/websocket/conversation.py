"""One page's socket: frames in, replies out, strictly in order, exactly one each.

Reading goes on while a request is at work, so that a page that closes is noticed at once and its dialog goes with it.
What was read ahead is bounded by bytes; beyond that reading stops and the page's own socket holds the rest.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from websockets.exceptions import ConnectionClosed

from hebca_helper.bridge.websocket.transport import PageConnection

_log = logging.getLogger("hebca_helper.bridge")

Answer = Callable[[str | bytes], Awaitable[str]]

_FRAME_COST = 256
"""Bytes that a queued frame costs besides its text."""


class Conversation:
    """`answer` gives the reply to a frame. `run` returns when the page is gone; nothing is left running then."""

    def __init__(self, page: PageConnection, answer: Answer) -> None:
        self._page = page
        self._answer = answer
        self._queue: deque[tuple[str | bytes, int]] = deque()
        self._queued = 0
        self._at_work = 0
        self._arrived = asyncio.Event()
        self._taken = asyncio.Event()

    async def run(self) -> None:
        worker = asyncio.create_task(self._work())
        worker.add_done_callback(self._worker_done)
        self._page.when_lost(self._taken.set)
        try:
            await self._pump()
        except ConnectionClosed:
            return
        finally:
            worker.cancel()
            await asyncio.wait({worker})

    async def _pump(self) -> None:
        while True:
            frame = await self._page.recv()
            size = len(frame) + _FRAME_COST
            self._queue.append((frame, size))
            self._queued += size
            self._page.hold(self._queued + self._at_work)
            self._arrived.set()
            while self._queued > self._page.largest and not self._page.lost:
                self._taken.clear()
                await self._taken.wait()

    async def _work(self) -> None:
        while True:
            while not self._queue:
                self._arrived.clear()
                await self._arrived.wait()
            frame, self._at_work = self._queue.popleft()
            self._queued -= self._at_work
            self._taken.set()
            await self._page.say(await self._answer(frame))
            self._at_work = 0
            self._page.hold(self._queued)
            if self._queue:  # a page that sends without waiting must not hold up the others
                await asyncio.sleep(0)

    def _worker_done(self, worker: asyncio.Task[None]) -> None:
        """The worker ends by itself only when nobody can be answered any more."""
        problem = None if worker.cancelled() else worker.exception()
        if problem is None:
            return
        if not isinstance(problem, ConnectionClosed):
            _log.error("reply could not be sent: %s", type(problem).__name__)
        self._page.drop()
