"""What concerns the service and the connection, not a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from hebca_helper import __version__
from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.bridge.https.call import Call, Ready
from hebca_helper.bridge.https.shapes import Field, Flag, Object, Text
from hebca_helper.places import shipped

NOTHING = Object((), title="Nothing")
STATUS = Object(
    (
        Field("version", Text(), "Version of the program."),
        Field("session", Flag(), "Whether the request carried a session."),
    ),
    title="Status",
)
OPENAPI = Object((), title="Document")
REQUEST = Object((Field("request", Text(1, 64), "Id (header `Hebca-Request`) of the request to cancel."),))
CANCELLED = Object((Field("cancelled", Flag(), "False when no such request is in flight."),), title="Cancelled")


async def status(call: Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tells an origin that is admitted that the program runs. Others get 403 and no version."""
    call.require_admitted()
    return {"version": __version__, "session": bool(call.asking.session)}


async def openapi(call: Call, arguments: Mapping[str, Any]) -> Ready:
    """This document."""
    call.require_admitted()
    return Ready(_document())


async def logout(call: Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """End the session's logins. A request without a session has none."""
    call.require_admitted()
    await call.assistant.logout(call.connection)
    return {}


async def change_pin(call: Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Opens the program's own dialog for the old and the new PIN; the site learns neither."""
    entry = await call.entry(Usage.SIGN, arguments["certificate"])
    await call.assistant.change_pin(call.connection, entry.token.id)
    return {}


async def cancel(call: Call, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Withdraw a request of the same origin and session: its dialog closes, it is answered with `user-cancelled`."""
    return {"cancelled": call.flights.cancel(replace(call.asking, request=arguments["request"]))}


@cache
def _document() -> bytes:
    return shipped("resources", "openapi.json").read_bytes()
