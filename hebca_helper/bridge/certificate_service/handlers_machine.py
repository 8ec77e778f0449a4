"""What the computer is: nothing identifying, unless a setting says so."""

from __future__ import annotations

import asyncio
import socket
import uuid

from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session

NO_ADDRESS = {"ip": "127.0.0.1", "mac": "00-00-00-00-00-00"}


async def get_machine_info(session: Session, arguments: Arguments) -> dict[str, object]:
    await session.assistant.admit(session.connection)
    if not session.settings.tell_machine_info:
        return dict(NO_ADDRESS)
    return {"ip": await asyncio.to_thread(_address), "mac": await asyncio.to_thread(_hardware_address)}


def _address() -> str:
    """The address towards the network; connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1 (RFC 5737)
        except OSError:
            return NO_ADDRESS["ip"]
        return str(probe.getsockname()[0])


def _hardware_address() -> str:
    number = uuid.getnode()
    if number >> 40 & 1:  # multicast bit: made up, there is none (RFC 9562, 6.10)
        return NO_ADDRESS["mac"]
    return "-".join(f"{octet:02X}" for octet in number.to_bytes(6, "big"))
