"""What a certificate says, and whether it is there."""

from __future__ import annotations

import base64

from hebca_helper.assistant.entries import CertificateEntry, Usage
from hebca_helper.bridge.parameters import Arguments
from hebca_helper.bridge.session import Session
from hebca_helper.pki.certificates import beijing_text


async def get_subject_item(session: Session, arguments: Arguments) -> dict[str, object]:
    entry = await session.certificate()
    return {"content": entry.certificate.subject_item(arguments.item("index"))}


async def get_sign_cert_not_after(session: Session, arguments: Arguments) -> dict[str, object]:
    entry = await session.entry_at(Usage.SIGN, arguments.number("index"))
    return {"certnotafter": beijing_text(entry.certificate.not_after)}


async def get_cert_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    entry = await session.certificate()
    return {"cert": base64.b64encode(entry.certificate.der).decode()}


async def is_cert_online(session: Session, arguments: Arguments) -> dict[str, object]:
    return {"result": int(bool(await _named(session, arguments)))}


async def is_cert_logined(session: Session, arguments: Arguments) -> dict[str, object]:
    found = await _named(session, arguments)
    return {"result": int(any(session.assistant.is_logged_in(session.connection, e.token.id) for e in found))}


async def _named(session: Session, arguments: Arguments) -> list[CertificateEntry]:
    name = arguments.text("cn")
    return [entry for entry in await session.entries() if entry.certificate.common_name == name]
