"""Logging in and out. Who may, and how often, is the assistant's to say."""

from __future__ import annotations

from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.errors import Code, HelperError


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
