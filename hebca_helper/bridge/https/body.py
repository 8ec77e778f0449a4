"""Reading the bodies of requests: so much, so long, and so many at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from hebca_helper.bridge.https.failures import HttpError
from hebca_helper.errors import Code, HelperError

if TYPE_CHECKING:
    from hebca_helper.settings import Settings

SECONDS = 30.0
"""For a whole body to arrive; on loopback the largest takes less than one."""
_AT_A_TIME = 4
"""Largest bodies that may be in memory together; further ones are refused with TOO_MANY."""

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Bodies:
    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings
        self._arriving = 0

    async def read(self, told_length: str, receive: Receive) -> bytes:
        """HelperError: TOO_LARGE over settings.largest_frame, TOO_MANY, BAD_REQUEST (408) for one that does not come."""
        if told_length.isdecimal() and int(told_length[:20]) > self._settings().largest_frame:
            raise HelperError(Code.TOO_LARGE)
        body = bytearray()
        try:
            async with asyncio.timeout(SECONDS):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise HelperError(Code.USER_CANCELLED)
                    self._take(body, message.get("body", b""))
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError:
            raise HttpError(Code.BAD_REQUEST, HTTPStatus.REQUEST_TIMEOUT) from None
        finally:
            self._arriving -= len(body)

    def _take(self, body: bytearray, part: bytes) -> None:
        largest = self._settings().largest_frame
        body += part
        self._arriving += len(part)
        if len(body) > largest:
            raise HelperError(Code.TOO_LARGE)
        if self._arriving > _AT_A_TIME * largest:
            raise HelperError(Code.TOO_MANY)
