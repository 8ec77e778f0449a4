"""The OpenAPI 3.1 document, made from the table of operations and the table of failures.

`python -m tests.bridge.https.openapi` writes it; a test holds `resources/openapi.json` equal to it.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections import defaultdict
from http import HTTPStatus
from typing import Any

from hebca_helper.bridge.https.calls import LONGEST_REQUEST_ID
from hebca_helper.bridge.https.events import EVENTS_PATH, Event
from hebca_helper.bridge.https.failures import status_of
from hebca_helper.bridge.https.forms import KIND as FORM
from hebca_helper.bridge.https.shapes import Object
from hebca_helper.bridge.https.table import ROWS, Operation
from hebca_helper.errors import TABLE, Code, HelperError
from hebca_helper.settings import Settings

Json = dict[str, Any]
VERSION = "1.0.0"
_ABOUT = """Signing and logging in with the person's USBKEY, for web pages, on this computer only.

The calling page is known by its `Origin`; the person decides which sites may connect, and sees what is signed. Open the
WebSocket `wss://localhost:17443/v1/events` for a session: its first message is {"event":"session","session":id}. Calls
that carry the id in the header `Hebca-Session` share its logins, which end with the socket; a call without one asks for
the PIN each time it needs a key. A request that carries an id in `Hebca-Request` gets it back and can be cancelled. A page
that closes, or a client that hangs up, takes its dialogs with it.

Calls with an effect are POSTs of `application/json`; the body is always an object. Octets are base64 with padding.
Every failure has the same body and a `code` of the table below."""
_SESSION = {
    "name": "Hebca-Session",
    "in": "header",
    "required": False,
    "description": "The id that the events socket gave this page.",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
}
_REQUEST = {
    "name": "Hebca-Request",
    "in": "header",
    "required": False,
    "description": "An id of the page's choice, echoed in the answer. In use once at a time per session.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_REQUEST_ID, "pattern": "^[A-Za-z0-9_-]+$"},
}


def document() -> Json:
    """OpenAPI 3.1.0 (spec.openapis.org/oas/v3.1.0)."""
    paths: Json = {row.path: {row.method.lower(): _operation(row)} for row in ROWS}
    paths[EVENTS_PATH] = {"get": _events()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "HEBCA Helper", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": f"https://localhost:{Settings().https_port}"}],
        "paths": paths,
        "components": {"schemas": {"Failure": _failure()}, "responses": _failures()},
    }


def _operation(row: Operation) -> Json:
    about = inspect.getdoc(row.handler) or ""
    made: Json = {
        "operationId": row.name.partition(".")[0],
        "summary": about.partition("\n\n")[0].replace("\n", " "),
        "description": about.replace("\n\n", "\0").replace("\n", " ").replace("\0", "\n\n"),
        "parameters": [_SESSION, _REQUEST],
        "responses": {
            "200": {"description": "Done.", "headers": _echo(), "content": _json(_gives(row))},
            **{str(int(status)): {"$ref": f"#/components/responses/{_name(status)}"} for status in _statuses()},
        },
    }
    if row.method == "POST":
        form = {FORM: {"schema": {"type": "object"}}} if row.form else {}
        made["requestBody"] = {"required": True, "content": _json(row.takes.schema()) | form}
    return made


def _gives(row: Operation) -> Json:
    return {"type": "object"} if row.name.endswith(".json") else row.gives.schema() | _titled(row.gives)


def _titled(shape: Object) -> Json:
    return {"title": shape.title} if shape.title else {}


def _events() -> Json:
    """OpenAPI has no words for a WebSocket: what can be said is said of its upgrade."""
    told = ", ".join(f"`{event}`" for event in Event)
    return {
        "operationId": "events",
        "summary": "A WebSocket (RFC 6455): the session, and what happens to USBKEYs.",
        "description": f"Messages are objects with `event`, one of {told}; `session` comes first, with the id. The others"
        ' have `certificates`, fingerprints. The page may send {"cancel": request id}.',
        "responses": {
            "101": {"description": "The socket is open."},
            "403": {"$ref": f"#/components/responses/{_name(HTTPStatus.FORBIDDEN)}"},
            "426": {"description": "Not a WebSocket upgrade."},
        },
    }


def _echo() -> Json:
    return {"Hebca-Request": {"description": "As in the request.", "schema": {"type": "string"}}}


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _failure() -> Json:
    told = {
        "code": {"type": "string", "enum": [*Code]},
        "number": {"type": "integer", "description": "The same failure's number on the old services."},
        "text": {"type": "string", "description": "What is wrong, for the person."},
        "remedy": {"type": "string", "description": "What the person can do."},
    }
    sometimes = {
        "detail": {
            "type": "string",
            "description": "For developers, with `bad-request`: which member of the request is wrong, and what it takes.",
        }
    }
    inside = {
        "type": "object",
        "properties": told | sometimes,
        "required": [*told],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"error": inside},
        "required": ["error"],
        "additionalProperties": False,
    }


_OF_HTTP = {
    HTTPStatus.METHOD_NOT_ALLOWED: "Another method than the one documented.",
    HTTPStatus.REQUEST_TIMEOUT: "The body did not arrive in time.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "A body that is not `application/json`.",
}
"""Statuses that no code of the table has by itself; their code is `bad-request`."""


def _statuses() -> list[HTTPStatus]:
    return sorted({status_of(HelperError(code)) for code in TABLE} | set(_OF_HTTP))


def _name(status: HTTPStatus) -> str:
    """The same on every Python: 3.13 took other names for two (RFC 9110, sections 15.5.14 and 15.5.21)."""
    older = {413: "REQUEST_ENTITY_TOO_LARGE", 422: "UNPROCESSABLE_ENTITY"}
    return older.get(status, status.name)


def _failures() -> Json:
    codes: dict[HTTPStatus, list[Code]] = defaultdict(list)
    for code in TABLE:
        codes[status_of(HelperError(code))].append(code)
    return {_name(status): _response(status, codes[status]) for status in _statuses()}


def _response(status: HTTPStatus, codes: list[Code]) -> Json:
    lines = [_OF_HTTP[status]] if status in _OF_HTTP else [f"`{code}`: {TABLE[code].text}" for code in codes]
    made: Json = {"description": "\n".join(lines), "content": _json({"$ref": "#/components/schemas/Failure"})}
    if status is HTTPStatus.TOO_MANY_REQUESTS:
        made["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    return made


def text() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
