"""Which certificates there are, which one the page works with, and what it says."""

from __future__ import annotations

import base64

from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.bridge.websocket.frames import b64
from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.pki.moments import beijing_text
from hebca_helper.pki.sm2_encryption import public_key_blob


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


async def get_subject_item(session: Session, arguments: Arguments) -> dict[str, object]:
    entry = await session.certificate()
    return {"content": entry.certificate.subject_item(arguments.item("index"))}


async def get_sign_cert_not_after(session: Session, arguments: Arguments) -> dict[str, object]:
    entry = await session.entry_at(Usage.SIGN, arguments.number("index"))
    return {"certnotafter": beijing_text(entry.certificate.not_after)}


async def get_cert_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    entry = await session.certificate()
    return {"cert": b64(entry.certificate.der)}


async def get_pub_key_data(session: Session, arguments: Arguments) -> dict[str, object]:
    """Choice: what the certificate's BIT STRING holds: RSAPublicKey (RFC 8017, A.1.1, DER) or the point 04‖x‖y; of an SM2
    key ECCPUBLICKEYBLOB (GM/T 0016), 132 octets.

    `signflag` picks the signing or the encryption certificate on the token of the current one.
    """
    from hebca_helper.pki.keys import raw_public_key  # cryptography: megabytes that most runs never need

    current = await session.certificate()
    usage = Usage.SIGN if arguments.flag("signflag") else Usage.ENCRYPT
    found = [e for e in await session.entries(usage) if e.token.id == current.token.id]
    if not found:
        raise HelperError(Code.NO_CERTIFICATE)
    own = [e for e in found if e.certificate == current.certificate]
    certificate = (own or found)[0].certificate
    sm2 = certificate.key_kind is KeyKind.SM2
    return {"pubkey": b64(public_key_blob(certificate.spki) if sm2 else raw_public_key(certificate.spki))}


async def is_cert_online(session: Session, arguments: Arguments) -> dict[str, object]:
    return {"result": int(bool(await _named(session, arguments)))}


async def is_cert_logined(session: Session, arguments: Arguments) -> dict[str, object]:
    found = await _named(session, arguments)
    return {"result": int(any(session.assistant.is_logged_in(session.connection, e.token.id) for e in found))}


async def _named(session: Session, arguments: Arguments) -> list[CertificateEntry]:
    name = arguments.text("cn")
    return [entry for entry in await session.entries() if entry.certificate.common_name == name]
