"""Who may open a socket: judged from the upgrade request alone, before any upgrade. Security core: 100 % branches.

Design, threat model rule 1. A browser always sends `Host` and, on a WebSocket, `Origin` (RFC 6455, section 4.1), and a
page can forge neither. `Host` must name this very service, or a name of the attacker's that resolves to 127.0.0.1 would
reach it (DNS rebinding). `Origin` must be one serialised origin (RFC 6454, section 6.2), because it is the only evidence
of who asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus

PATH = "/test"
"""resources/protocol.md, section 1."""
LARGEST_HEADERS = 64 * 1024
"""Characters of all header names and values together."""
LONGEST_ORIGIN = 300
"""Scheme, a host name of 253 characters (RFC 1035, section 2.3.4), a trailing dot, a port."""

_ONCE = frozenset({"host", "origin", "upgrade", "sec-websocket-key", "sec-websocket-version"})
_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ORIGIN = re.compile(
    r"(?P<scheme>https?|chrome-extension|moz-extension|safari-web-extension)://"
    r"(?P<host>[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]{2,45}\])"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
)


class RefusedError(Exception):
    """`reason` is plain text without anything the caller sent, and without our name or version."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason


def checked_origin(path: str, headers: Iterable[tuple[str, str]], port: int) -> str:
    """The exact origin of an upgrade request, or RefusedError. `port` is the one we listen on."""
    origin = asking_origin(headers, port)
    if path != PATH:
        raise RefusedError(HTTPStatus.NOT_FOUND, "not found")
    return origin


def asking_origin(headers: Iterable[tuple[str, str]], port: int, scheme: str = "http") -> str:
    """The exact origin that asks, whatever for, or RefusedError. `scheme` is what we speak on `port`."""
    found = _collect(headers)
    if not _names_us(found.get("host", ""), port, _DEFAULT_PORTS[scheme]):
        raise RefusedError(HTTPStatus.FORBIDDEN, "wrong host")
    origin = found.get("origin", "")
    if not is_serialised_origin(origin):
        raise RefusedError(HTTPStatus.FORBIDDEN, "wrong origin")
    return origin


def is_serialised_origin(text: str) -> bool:
    """`scheme://host[:port]` exactly as a browser writes it: lower case, no default port, never `null`."""
    if len(text) > LONGEST_ORIGIN:
        return False
    match = _ORIGIN.fullmatch(text)
    if match is None:
        return False
    if match["port"] is None:
        return True
    port = int(match["port"])
    return port <= 65535 and port != _DEFAULT_PORTS.get(match["scheme"])


def _collect(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers that count, by lower-case name. A second one would let two readers see two different requests."""
    found: dict[str, str] = {}
    size = 0
    for name, value in headers:
        size += len(name) + len(value)
        lower = name.lower()
        if lower in found:
            raise RefusedError(HTTPStatus.FORBIDDEN, "duplicate header")
        if lower in _ONCE:
            found[lower] = value
    if size > LARGEST_HEADERS:
        raise RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "headers too large")
    return found


def _names_us(host: str, port: int, default: int) -> bool:
    name, colon, number = host.lower().rpartition(":")
    if port == default and host.lower() in _HOSTS:
        return True  # a browser leaves out the default port
    return bool(colon) and name in _HOSTS and number == str(port)
