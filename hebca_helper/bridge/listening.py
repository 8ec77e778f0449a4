"""Loopback sockets: both address families on one port, or the port counts as taken (house rule 1)."""

from __future__ import annotations

import errno
import os
import socket

from hebca_helper.errors import Code, HelperError

V4 = "127.0.0.1"
V6 = "::1"
_BACKLOG = 128
_ATTEMPTS = 20
_NO_IPV6 = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT})


def listen(port: int) -> list[socket.socket]:
    """Listening sockets on 127.0.0.1 and ::1 (only the first where the machine has no IPv6). Port 0 finds one that is
    free in both. HelperError(PORT_TAKEN) when either is taken."""
    for _ in range(_ATTEMPTS if port == 0 else 1):
        sockets = _listen_on_both(port)
        if sockets:
            return sockets
    raise HelperError(Code.PORT_TAKEN)


def _listen_on_both(port: int) -> list[socket.socket]:
    """Empty when the port is taken in one of the families."""
    first = _listen_on(socket.AF_INET, V4, port)
    if first is None:
        return []
    try:
        second = _listen_on(socket.AF_INET6, V6, first.getsockname()[1])
    except _NoIpv6Error:
        return [first]
    if second is None:
        first.close()
        return []
    return [first, second]


class _NoIpv6Error(Exception):
    pass


def _listen_on(family: socket.AddressFamily, host: str, port: int) -> socket.socket | None:
    try:
        # with its protocol named, or asyncio leaves Nagle on: an answer in two pieces would take 40 ms
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as problem:
        raise _NoIpv6Error from problem
    try:
        _keep_to_ourselves(listener)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError as problem:
        listener.close()
        if family == socket.AF_INET6 and problem.errno in _NO_IPV6:
            raise _NoIpv6Error from problem
        return None
    return listener


def _keep_to_ourselves(listener: socket.socket) -> None:
    """Windows would let another program bind the same port; on POSIX SO_REUSEADDR only skips TIME_WAIT, two listeners
    never share a port."""
    if os.name == "nt":
        listener.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_EXCLUSIVEADDRUSE"), 1)  # noqa: B009
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if listener.family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)


def port_taken(port: int) -> HelperError:
    """With who holds the port in its detail, where the system tells it. Takes a while: it looks through all processes."""
    from hebca_helper.checks import service_checks  # only needed when the port is taken: it costs start-up time
    from hebca_helper.checks.machine import ThisMachine

    return service_checks.port_taken(port, ThisMachine().listener(port))
