"""What the functions of the seal service do that need no document."""

from __future__ import annotations

import base64
import binascii

from hebca_helper.bridge.seal_service.session import SealSession
from hebca_helper.bridge.websocket.frames import b64
from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.keyinfo import KeyKind

_HEX = frozenset("0123456789abcdefABCDEF")


async def select_stamp(session: SealSession, _arguments: Arguments) -> dict[str, object]:
    """`stamp` is the seal (SESeal, DER); choice: `isSM2` is a number. Nobody chooses where there is one."""
    seal = await session.choose_stamp()
    _, entry = await session.stamp()
    return {"stamp": b64(seal.data), "isSM2": int(entry.certificate.key_kind is KeyKind.SM2)}


async def get_seal_count_in_key(session: SealSession, _arguments: Arguments) -> dict[str, object]:
    """Choice: only seals that can be used count, so that a page does not offer what will be refused."""
    seals = await session.assistant.seals.listed(session.connection)
    return {"count": sum(each.problem is None for each in seals)}


async def seal_hash(session: SealSession, arguments: Arguments) -> dict[str, object]:
    """Choice: `hash` in hexadecimal or base64; `result` is a PKCS#7 message (CMS SignedData, detached) of our own with
    signed attributes and the certificate in it, base64; the bare PKCS#1 signature where 设置 says so for this site."""
    digest = _digest(arguments.text("hash"))
    _, entry = await session.stamp()
    return {"result": b64(await session.assistant.blind_sealing.sign(session.connection, entry, digest))}


async def login_device(session: SealSession, arguments: Arguments) -> dict[str, object]:
    """A PIN from the page, under the same counter as `Login` of the certificate service."""
    _, entry = await session.stamp(arguments.text("sealSN"))
    await session.assistant.login_with_page_pin(session.connection, entry, arguments.text("pwd"))
    return {}


async def get_version(session: SealSession, _arguments: Arguments) -> dict[str, object]:
    session.require_admitted()
    return {"version": session.settings.compatible_version}


async def get_error_code(session: SealSession, _arguments: Arguments) -> dict[str, object]:
    """Of the last call before."""
    session.require_admitted()
    return {"code": session.last_error.number if session.last_error else 0}


async def get_error_message(session: SealSession, _arguments: Arguments) -> dict[str, object]:
    session.require_admitted()
    return {"msg": f"{session.last_error.text}。{session.last_error.remedy}" if session.last_error else ""}


def _digest(text: str) -> bytes:
    """Hexadecimal where it can be that: 40 characters of it would also be base64."""
    text = text.strip()
    if text and len(text) % 2 == 0 and set(text) <= _HEX:
        return bytes.fromhex(text)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise HelperError(Code.BAD_REQUEST, "hash") from None
