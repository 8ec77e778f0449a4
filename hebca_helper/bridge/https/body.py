"""Reading the bodies of requests: so much, so long, and so many at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

from hebca_helper.bridge.budget import Budget
from hebca_helper.bridge.https.failures import HttpError
from hebca_helper.errors import Code, HelperError

SECONDS = 30.0
"""For a whole body to arrive; on loopback the largest takes less than one."""

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Bodies:
    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    async def read(self, origin: str, told_length: str, receive: Receive) -> bytes:
        """HelperError: TOO_LARGE over the largest, TOO_MANY for one that gave way to others, BAD_REQUEST (408) for one that
        does not come."""
        if told_length.isdecimal() and int(told_length[:20]) > self._budget.largest:
            raise HelperError(Code.TOO_LARGE)
        body = bytearray()
        arriving = _Arriving(origin)
        try:
            async with arriving.patience:
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise HelperError(Code.USER_CANCELLED)
                    body += message.get("body", b"")
                    if len(body) > self._budget.largest:
                        raise HelperError(Code.TOO_LARGE)
                    self._budget.hold(arriving, len(body))
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError:
            if arriving.gave_way:
                raise HelperError(Code.TOO_MANY) from None
            raise HttpError(Code.BAD_REQUEST, HTTPStatus.REQUEST_TIMEOUT) from None
        finally:
            self._budget.hold(arriving, 0)


class _Arriving:
    """A body on its way."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.gave_way = False
        self.patience = asyncio.timeout(SECONDS)

    def give_way(self) -> None:
        self.gave_way = True
        self.patience.reschedule(asyncio.get_running_loop().time())
