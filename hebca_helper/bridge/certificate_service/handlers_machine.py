"""What the computer is, its registry and its files, as pages see them: nothing identifying unless a setting says so, a virtual
registry, and paths only after the person confirmed them (house rule 7)."""

from __future__ import annotations

import asyncio
import socket
import uuid

from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.errors import Code, HelperError

NO_ADDRESS = {"ip": "127.0.0.1", "mac": "00-00-00-00-00-00"}
_CLIENT_KEY = "hkey_current_user\\software\\hebca\\clientx"


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


async def read_reg_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    """Only `version` exists (resources/protocol.md, section 2, `getAssistorVersion`), with or without a leading backslash.
    `p11ObjectDebug`, which the v2 library asks first, is missing: it takes that for "no"."""
    session.require_admitted()
    key = arguments.text("key").removeprefix("\\").lower()
    if key != _CLIENT_KEY or arguments.text("name").lower() != "version":
        raise HelperError(Code.REGISTRY_VALUE_MISSING)
    return {"value": version_number(session.settings.compatible_version)}


def version_number(version: str) -> int:
    """ "6.3.5" → 0x060305 (0x00MMmmpp). REGISTRY_VALUE_MISSING for what is no such version."""
    parts = version.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
        raise HelperError(Code.REGISTRY_VALUE_MISSING)
    major, minor, patch = (int(part) for part in parts)
    if max(major, minor, patch) > 255:
        raise HelperError(Code.REGISTRY_VALUE_MISSING)
    return major << 16 | minor << 8 | patch


async def encrypt_file(session: Session, arguments: Arguments) -> dict[str, object]:
    """Choice: our own authenticated format in place of DES-ECB; `key` is a key of GenerateFileKeyB64."""
    names = arguments.text("src"), arguments.text("dst")
    await session.assistant.files.encrypt(session.connection, arguments.data("key"), *names)
    return {}


async def decrypt_file(session: Session, arguments: Arguments) -> dict[str, object]:
    names = arguments.text("src"), arguments.text("dst")
    await session.assistant.files.decrypt(session.connection, arguments.data("key"), *names)
    return {}
