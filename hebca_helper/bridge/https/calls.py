"""One call in, one answer out: the gate, the arguments, the work, and what its asker may be told of a failure."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from hebca_helper.bridge.budget import LARGEST_OF_STRANGER
from hebca_helper.bridge.https.failures import HttpError, fields_of, status_of
from hebca_helper.bridge.https.flights import Asking, Flight, Flights
from hebca_helper.bridge.https.forms import KIND as FORM
from hebca_helper.bridge.https.forms import no_number, read_form
from hebca_helper.bridge.https.sessions import Sessions
from hebca_helper.bridge.https.table import OPERATIONS, Call, Operation, Ready
from hebca_helper.bridge.telling import as_told, unexpected
from hebca_helper.errors import Code, HelperError

if TYPE_CHECKING:
    from hebca_helper.assistant.asker.connection import Connection
    from hebca_helper.assistant.assistant import Assistant
    from hebca_helper.settings import Settings

LONGEST_REQUEST_ID = 64
_REQUEST_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_REQUEST_ID}}}")


@dataclass(slots=True)
class Asked:
    """A request before its body was read. `read_body` gives the octets, `when_gone` is told whom to call when the
    client hangs up."""

    origin: str
    method: str
    path: str
    read_body: Callable[[], Awaitable[bytes]]
    when_gone: Callable[[Callable[[], None]], None]
    session: str | None = None
    request: str | None = None
    content_type: str = ""
    length: str = ""
    """Octets of the body as its head tells them; "" where it does not."""


@dataclass(slots=True)
class Reply:
    status: int
    body: bytes
    content_type: str = "application/json"
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


class Calls:
    def __init__(
        self, assistant: Assistant, settings: Callable[[], Settings], sessions: Sessions, flights: Flights
    ) -> None:
        self._assistant = assistant
        self._settings = settings
        self._sessions = sessions
        self._flights = flights

    async def answer(self, asked: Asked) -> Reply:
        """Always a reply; only the cancellation of the calling task gets out."""
        own = self._sessions.connect(asked.origin)
        try:
            return await self._answer(asked, own)
        finally:
            await self._assistant.close(own)

    async def _answer(self, asked: Asked, own: Connection) -> Reply:
        connection = own
        try:
            connection = own if asked.session is None else self._sessions.find(asked.origin, asked.session)
            asking = Asking(asked.origin, asked.session or "", _request_id(asked.request))
            with self._flights.begin(asking) as flight:
                asked.when_gone(flight.withdraw)
                return _success(await self._run(asked, connection, flight))
        except HelperError as problem:
            told = as_told(self._assistant, connection, problem)
            self._assistant.gate.failed(connection, told.code)
            return failure(told)
        except Exception as problem:  # noqa: BLE001 - a page without an answer waits for ever; it is logged
            return failure(unexpected(asked.path, problem))

    async def _run(self, asked: Asked, connection: Connection, flight: Flight) -> Mapping[str, Any] | Ready:
        operation = _find(asked)
        self._assistant.gate.enter(connection, operation.name, operation.risk)
        call = Call(self._assistant, connection, self._settings(), self._flights, flight.asking)
        if operation.method == "GET":
            return await operation.handler(call, {})
        if not _is_small(asked.length):
            # a stranger's large body is not taken in before the person let the site in
            await self._assistant.admit(connection)
        return await operation.handler(call, operation.takes.read(await _body(operation, asked)))


def _is_small(length: str) -> bool:
    return length.isdecimal() and int(length[:20]) <= LARGEST_OF_STRANGER


async def _body(operation: Operation, asked: Asked) -> object:
    kind = asked.content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return _parsed(await asked.read_body())
    if operation.form and kind == FORM:
        return read_form(asked.content_type, asked.request or "", await asked.read_body())
    raise HttpError(Code.BAD_REQUEST, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def failure(problem: HelperError) -> Reply:
    return Reply(status_of(problem), json.dumps(fields_of(problem), separators=(",", ":")).encode())


def _success(result: Mapping[str, Any] | Ready) -> Reply:
    if isinstance(result, Ready):
        return Reply(HTTPStatus.OK, result.body)
    return Reply(HTTPStatus.OK, json.dumps(result, separators=(",", ":")).encode())


def _find(asked: Asked) -> Operation:
    operation = OPERATIONS.get(asked.path)
    if operation is None:
        raise HelperError(Code.UNKNOWN_FUNCTION)
    if operation.method != asked.method:
        raise HttpError(Code.BAD_REQUEST, HTTPStatus.METHOD_NOT_ALLOWED)
    return operation


def _request_id(text: str | None) -> str:
    if text is not None and _REQUEST_ID.fullmatch(text) is None:
        raise HelperError(Code.BAD_REQUEST)
    return text or ""


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body.decode("utf-8"), parse_constant=no_number)
    except (ValueError, RecursionError):
        raise HelperError(Code.BAD_REQUEST) from None
