"""One frame in, one reply out, whatever the frame holds. Security core: 100 % branches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hebca_helper.bridge.certificate_service.functions import FUNCTIONS, Function, Handler, Standing
from hebca_helper.bridge.telling import as_told, unexpected
from hebca_helper.bridge.websocket import frames
from hebca_helper.bridge.websocket.lenient_json import parse_object
from hebca_helper.bridge.websocket.parameters import Arguments, bind
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.errors import Code, HelperError

_IDENTITY = "MyID"
"""Seal clients name themselves after the greeting and expect no answer; answering is harmless
(resources/protocol.md, section 1)."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What tells one WebSocket service from another: its functions, and how it words its replies.

    `success` and `failure` make the reply frame of the function of that name; both take names of no function, too."""

    functions: Mapping[str, Function]
    success: Callable[[str, Mapping[str, object]], str]
    failure: Callable[[str, HelperError], str]


CERTIFICATES = Dialect(FUNCTIONS, frames.success, frames.failure)
"""The certificate service's."""


async def answer(session: Session, frame: str | bytes, dialect: Dialect = CERTIFICATES) -> str:
    """The reply to a frame. Only cancellation of the calling task gets out."""
    if isinstance(frame, bytes):
        return _failed(dialect, session, frames.ERROR_NAME, HelperError(Code.BAD_REQUEST))
    request = frames.parse(frame)
    if request.kind is frames.Kind.HANDSHAKE:
        return frames.greeting(session.connection.id)
    if request.kind is frames.Kind.MALFORMED:
        return _failed(dialect, session, request.name, HelperError(Code.BAD_REQUEST))
    if request.name == _IDENTITY:
        return dialect.success(_IDENTITY, {})
    try:
        return dialect.success(request.name, await _call(dialect, session, request))
    except HelperError as problem:
        return _failed(dialect, session, request.name, problem)
    except asyncio.CancelledError:
        if _is_being_cancelled():
            raise
        return dialect.failure(request.name, unexpected(request.name, asyncio.CancelledError()))
    except Exception as problem:  # noqa: BLE001 - a page without a reply hangs for ever; it is logged
        return dialect.failure(request.name, unexpected(request.name, problem))


async def _call(dialect: Dialect, session: Session, request: frames.Request) -> dict[str, object]:
    try:
        handler, arguments = _prepare(dialect, session, request)
        return await handler(session, arguments)
    except HelperError as problem:
        raise as_told(session.assistant, session.connection, problem) from None


def _prepare(dialect: Dialect, session: Session, request: frames.Request) -> tuple[Handler, Arguments]:
    """Everything that can be wrong before anybody is asked."""
    function = _find(dialect, request.name)
    session.assistant.gate.enter(session.connection, function.name, function.risk)
    handler = _handler(function)
    return handler, bind(function.parameters, parse_object(request.arguments, function.recoverable))


def _failed(dialect: Dialect, session: Session, name: str, problem: HelperError) -> str:
    session.assistant.gate.failed(session.connection, problem.code)
    return dialect.failure(name, problem)


def _find(dialect: Dialect, name: str) -> Function:
    function = dialect.functions.get(name)
    if function is None:
        raise HelperError(Code.UNKNOWN_FUNCTION)
    return function


def _handler(function: Function) -> Handler:
    if function.handler is None:
        raise HelperError(
            Code.DENIED_BY_POLICY if function.standing is Standing.REFUSED else Code.NOT_SUPPORTED, function.name
        )
    return function.handler


def _is_being_cancelled() -> bool:
    """Whether somebody wants this very task to end, or only something inside the handler was cancelled."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
