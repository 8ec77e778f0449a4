"""Watching the HTTPS service: what was read of a request's body, and the reply."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from hebca_helper.assistant.asker.asking import Channel

if TYPE_CHECKING:
    from hebca_helper.bridge.https.calls import Asked, Reply
    from hebca_helper.bridge.monitor.observation import Observation


def watched(
    answer: Callable[[Asked], Awaitable[Reply]], observation: Observation
) -> Callable[[Asked], Awaitable[Reply]]:
    """The same answers, told to whoever watches."""

    async def answered(asked: Asked) -> Reply:
        if not observation.watched:
            return await answer(asked)
        read, seen, begun = asked.read_body, [b""], time.perf_counter()

        async def remembering() -> bytes:
            seen[0] = await read()
            return seen[0]

        asked.read_body = remembering
        reply = await answer(asked)
        took = time.perf_counter() - begun
        call = f"{asked.method} {asked.path}"
        observation.note_call(Channel.HTTPS, asked.origin, call, seen[0], reply.status, reply.body, took)
        return reply

    return answered
