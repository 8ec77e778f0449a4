"""Tells whoever watches what went over the services. Costs one look at an empty list while nobody does."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from hebca_helper.assistant.asker.asking import Channel
from hebca_helper.bridge.monitor.redaction import redacted, redacted_text
from hebca_helper.errors import TABLE, Code
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.bridge.https.calls import Asked, Reply

_NAME = re.compile(r"[A-Za-z0-9_]{1,64}|（.*）")
"""What may be the name of a function; anything else that stands in its place could be content."""
MOST_WAITING = 500
"""Calls that a slow watcher may leave unread before the oldest are dropped."""
_CODES = {entry.number: code for code, entry in TABLE.items()}
Answer = Callable[[str | bytes], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Observed:
    """One call and its answer, decoded, without PINs and contents. `at` is ISO 8601 UTC, `took` milliseconds."""

    number: int
    at: str
    channel: str
    origin: str
    call: str
    arguments: Any
    answer: Any
    code: str = ""
    reason: str = ""
    took: float = 0.0

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(eq=False, slots=True)
class Watcher:
    seen: asyncio.Queue[Observed] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))


class Observation:
    """Lives on the services' loop."""

    def __init__(self, standing: Callable[[str], str] = lambda origin: "") -> None:
        """`standing` says what the person or the catalogue think of an origin: it explains most refusals."""
        self._standing = standing
        self._watchers: list[Watcher] = []
        self._numbers = count(1)

    def watch(self) -> Watcher:
        watcher = Watcher()
        self._watchers.append(watcher)
        return watcher

    def leave(self, watcher: Watcher) -> None:
        self._watchers.remove(watcher)

    def around(self, answer: Answer, channel: str, origin: str) -> Answer:
        """The same answers, told to whoever watches."""

        async def answered(frame: str | bytes) -> str:
            if not self._watchers:
                return await answer(frame)
            begun = time.perf_counter()
            reply = await answer(frame)
            self.note_frame(channel, origin, frame, reply, time.perf_counter() - begun)
            return reply

        return answered

    def around_calls(self, answer: Callable[[Asked], Awaitable[Reply]]) -> Callable[[Asked], Awaitable[Reply]]:
        """The same of the HTTPS service, with what was read of a request's body."""

        async def answered(asked: Asked) -> Reply:
            if not self._watchers:
                return await answer(asked)
            read, seen, begun = asked.read_body, [b""], time.perf_counter()

            async def remembering() -> bytes:
                seen[0] = await read()
                return seen[0]

            asked.read_body = remembering
            reply = await answer(asked)
            took = time.perf_counter() - begun
            call = f"{asked.method} {asked.path}"
            self.note_call(Channel.HTTPS, asked.origin, call, seen[0], reply.status, reply.body, took)
            return reply

        return answered

    def note_frame(self, channel: str, origin: str, frame: str | bytes, reply: str, took: float) -> None:
        kind, call, arguments = _fields(frame)
        _, _, told = _fields(reply)
        code = _CODES.get(_number(told))
        if not _NAME.fullmatch(call):
            call = redacted_text(call)
        if kind == "0":
            call, told = tr("（问候）"), {}
        self._tell(channel, origin, call, arguments, told, code, took)

    def note_call(
        self, channel: str, origin: str, call: str, body: bytes, status: int, answer: bytes, took: float
    ) -> None:
        """A call over HTTPS: `answer` is the JSON of a result or of a failure (`error.code`)."""
        told = _decoded(answer.decode(errors="replace"))
        error = told.get("error") if isinstance(told, Mapping) else None
        failed = error if status >= 400 and isinstance(error, Mapping) else {}
        name, detail = failed.get("code"), failed.get("detail", "")
        code = Code(name) if isinstance(name, str) and name in set(Code) else None
        self._tell(channel, origin, call, _decoded(body.decode(errors="replace")), told, code, took, detail)

    def note_refusal(self, channel: str, origin: str, reason: str) -> None:
        """Somebody who was not even let in."""
        self._spread(
            Observed(next(self._numbers), _now(), channel, origin[:200], tr("（连接）"), {}, {}, "refused", reason)
        )

    def _tell(
        self,
        channel: str,
        origin: str,
        call: str,
        arguments: Any,
        told: Any,
        code: Code | None,
        took: float,
        detail: str = "",
    ) -> None:
        """`detail` is our own word about a request that does not fit (ShapeError): nothing of the page's stands in it."""
        reason = f"{tr(TABLE[code].text)}。{tr(TABLE[code].remedy)}" if code else ""
        if code is Code.DENIED_BY_POLICY and (standing := self._standing(origin)):
            reason += tr("（这个网站：{standing}）").format(standing=standing)
        reason += f"\n{detail}" if detail else ""
        self._spread(
            Observed(
                next(self._numbers),
                _now(),
                channel,
                origin,
                call,
                redacted(arguments),
                redacted(told),
                code or "",
                reason,
                round(took * 1000, 1),
            )
        )

    def _spread(self, observed: Observed) -> None:
        for watcher in self._watchers:
            if watcher.seen.full():
                watcher.seen.get_nowait()
            watcher.seen.put_nowait(observed)


def _fields(frame: str | bytes) -> tuple[str, str, Any]:
    """Kind, name and decoded arguments of a frame `1|name|{…}`."""
    if isinstance(frame, bytes):
        return "?", tr("（二进制）"), redacted_text("x" * len(frame))
    kind, _, rest = frame.partition("|")
    name, _, arguments = rest.partition("|")
    return kind, name, _decoded(arguments)


def _decoded(text: str) -> Any:
    """Through the reader that the service itself uses, so that what the page meant is what the developer sees."""
    from hebca_helper.bridge.websocket.lenient_json import parse_object
    from hebca_helper.errors import HelperError

    try:
        return json.loads(text) if text else {}
    except (ValueError, RecursionError):
        pass
    try:
        return parse_object(text, "")
    except HelperError:
        return redacted_text(text)


def _number(told: Any) -> int:
    number = told.get("ret") if isinstance(told, Mapping) else None
    return number if isinstance(number, int) else 0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
