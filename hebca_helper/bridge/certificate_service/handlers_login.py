"""Logging in and out, and signatures with the signing certificate: bare PKCS#1 v1.5, ECDSA or SM2, base64 without
line breaks (resources/protocol.md, section 3)."""

from __future__ import annotations

from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.bridge.websocket.frames import b64, encoded
from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.keyinfo import KeyKind


async def ui_login(session: Session, arguments: Arguments) -> dict[str, object]:
    await session.assistant.login(session.connection, await session.certificate())
    return {}


async def login(session: Session, arguments: Arguments) -> dict[str, object]:
    entry = await session.selected(Usage.SIGN)
    await session.assistant.login_with_page_pin(session.connection, entry, arguments.text("pin"))
    return {}


async def un_ui_cert_login(session: Session, arguments: Arguments) -> dict[str, object]:
    entry = await find_by_serial(session, arguments.text("certSN"))
    await session.assistant.login_with_page_pin(session.connection, entry, arguments.text("password"))
    return {}


async def logout(session: Session, arguments: Arguments) -> dict[str, object]:
    session.require_admitted()
    await session.assistant.logout(session.connection)
    return {}


async def find_by_serial(session: Session, serial: str) -> CertificateEntry:
    """The signing certificate with this hexadecimal serial, whatever its case and leading zeros."""
    wanted = plain_serial(serial)
    for entry in await session.entries(Usage.SIGN):
        if entry.certificate.serial_hex == wanted:
            return entry
    raise HelperError(Code.NO_CERTIFICATE)


def plain_serial(serial: str) -> str:
    """As `Certificate.serial_hex` has it (resources/protocol.md, section 2, "Serials")."""
    return serial.strip().lower().lstrip("0") or "0"


async def sign_text(session: Session, arguments: Arguments) -> dict[str, object]:
    text = arguments.text("signText")
    return await _sign(session, encoded(text, session.settings.text_encoding), text)


async def sign_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    return await _sign(session, arguments.data("b64data"), None)


async def un_ui_sign(session: Session, arguments: Arguments) -> dict[str, object]:
    """No dialog at all; NOT_LOGGED_IN without a login of this connection, or when its repeats are used up."""
    entry = await find_by_serial(session, arguments.text("certSN"))
    signature = await session.assistant.sign_silently(session.connection, entry, arguments.data("b64data"))
    return _told(session, entry, signature)


async def _sign(session: Session, data: bytes, text: str | None) -> dict[str, object]:
    entry = await session.selected(Usage.SIGN)
    return _told(session, entry, await session.assistant.sign(session.connection, entry, data, text=text))


def _told(session: Session, entry: CertificateEntry, signature: bytes) -> dict[str, object]:
    if entry.certificate.key_kind is KeyKind.SM2 and session.settings.sm2_signature == "raw":
        from hebca_helper.pki import sm2

        signature = sm2.raw(signature)
    return {"signature": b64(signature)}
