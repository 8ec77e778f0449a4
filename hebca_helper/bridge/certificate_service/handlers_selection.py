"""Which certificates there are, and which one the page works with."""

from __future__ import annotations

import base64

from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.errors import Code, HelperError


async def get_cert_count(session: Session, arguments: Arguments) -> dict[str, object]:
    return {"count": len(await session.entries())}


async def get_sign_cert_count(session: Session, arguments: Arguments) -> dict[str, object]:
    return {"count": len(await session.entries(Usage.SIGN))}


async def select_sign_cert(session: Session, arguments: Arguments) -> dict[str, object]:
    await session.choose(Usage.SIGN)
    return {}


async def select_crypt_cert(session: Session, arguments: Arguments) -> dict[str, object]:
    await session.choose(Usage.ENCRYPT)
    return {}


async def select_sign_cert_filter_device(session: Session, arguments: Arguments) -> dict[str, object]:
    names = arguments.text("deviceNames").split(";")
    await session.choose(Usage.SIGN, [name for name in names if name])
    return {}


async def get_sign_cert(session: Session, arguments: Arguments) -> dict[str, object]:
    await session.take(Usage.SIGN, arguments.number("index"))
    return {}


async def get_cert_list(session: Session, arguments: Arguments) -> dict[str, object]:
    """In the order of the GetSignCert index. Old pages hang on an empty string: no certificate is an error."""
    entries = await session.entries(Usage.SIGN)
    if not entries:
        raise HelperError(Code.NO_CERTIFICATE)
    certificates = [entry.certificate for entry in entries]
    return {
        "certlist": ";".join(base64.b64encode(certificate.der).decode() for certificate in certificates),
        "certsnlist": ";".join(certificate.serial_hex for certificate in certificates),
    }


async def reload_device(session: Session, arguments: Arguments) -> dict[str, object]:
    session.require_admitted()
    await session.assistant.rescan()
    return {}
