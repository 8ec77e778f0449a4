"""Whose program is at the other end of a loopback connection: only this very user's may talk to us."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
"""An ASGI application, as the frameworks have it; this floor imports none of them."""

ON_LINUX = str(sys.platform) == "linux"
_ESTABLISHED = "01"
_UID_COLUMN = 7


class SameUserOnly:
    """Around an ASGI application: whoever is not this very user is refused (403) before it hears anything."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if await comes_from_same_user(scope.get("client"), scope.get("server")):
            return await self._application(scope, receive, send)
        headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": b"another user's program\n"})
        return None


async def comes_from_same_user(peer: Sequence[Any] | None, ours: Sequence[Any] | None) -> bool:
    """As `is_same_user`, not holding up the loop; False for who is gone already. More than address and port is ignored."""
    if not peer or not ours:
        return False
    ends = (peer[0], peer[1]), (ours[0], ours[1])
    return is_same_user(*ends) if ON_LINUX else await asyncio.to_thread(is_same_user, *ends)


def is_same_user(peer: tuple[str, int], ours: tuple[str, int]) -> bool:
    """Whether the socket `peer` (address, port) connected to `ours` belongs to the user we run as. False when the
    system does not tell. Root counts as the same user only where we are root."""
    if ON_LINUX:
        return _linux_owner(peer, ours) == os.geteuid()
    return _is_same_user_elsewhere(peer, ours)


def _linux_owner(peer: tuple[str, int], ours: tuple[str, int]) -> int | None:
    """User id of the peer's end, from the kernel's socket tables (proc(5), /proc/net/tcp)."""
    address = ip_address(peer[0])
    tables = ["tcp6"] if isinstance(address, IPv6Address) else ["tcp", "tcp6"]
    for table in tables:
        owner = _owner_in(Path("/proc/net", table), _written(peer, table), _written(ours, table))
        if owner is not None:
            return owner
    return None


def _owner_in(table: Path, local: str, remote: str) -> int | None:
    """A line begins: number, local address, remote address, state. Only a live connection still has its owner."""
    try:
        text = table.read_text("ascii")
    except OSError:
        return None
    start = text.find(f" {local} {remote} {_ESTABLISHED} ")
    if start < 0:
        return None
    line = text[text.rfind("\n", 0, start) + 1 : text.find("\n", start)]
    return int(line.split()[_UID_COLUMN])


def _written(end: tuple[str, int], table: str) -> str:
    """An address as the table writes it: 32-bit words in the machine's byte order, port in hex. A program may reach an
    IPv4 address through an IPv6 socket; it is then written as a mapped address."""
    address = ip_address(end[0])
    if table == "tcp6" and isinstance(address, IPv4Address):
        address = IPv6Address(f"::ffff:{address}")
    packed = address.packed
    words = [int.from_bytes(packed[i : i + 4], sys.byteorder) for i in range(0, len(packed), 4)]
    return "".join(f"{word:08X}" for word in words) + f":{end[1]:04X}"


def _is_same_user_elsewhere(peer: tuple[str, int], ours: tuple[str, int]) -> bool:
    """Windows and macOS; not tested on real ones yet. Slow, because it looks through this user's processes. Another
    user's process is not ours to look at: its connection is not found and counts as foreign."""
    import psutil

    mine = psutil.Process().username()
    for process in psutil.process_iter():
        try:
            if process.username() == mine and _holds(process.net_connections("tcp"), peer, ours):
                return True
        except psutil.Error:
            continue
    return False


def _holds(connections: Iterable[Any], peer: tuple[str, int], ours: tuple[str, int]) -> bool:
    return any((tuple(found.laddr), tuple(found.raddr)) == (peer, ours) for found in connections)
