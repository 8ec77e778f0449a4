"""CMS messages (RFC 5652), which the vendor calls PKCS#7. Base64 of DER on the wire."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.bridge.websocket.frames import Base64, b64
from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.errors import HelperError
from hebca_helper.pki import pem
from hebca_helper.pki.certificates import Certificate

_T = TypeVar("_T")

LARGE = 64 * 1024
"""Bytes from which the work leaves the loop."""


async def p7_sign_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    """SignedData with the content and the signer's certificate inside. The person is asked each time."""
    data, entry = arguments.data("b64data"), await session.selected(Usage.SIGN)
    signed = await session.assistant.documents.sign(session.connection, entry, data)
    return {"b64data": Base64(signed)}


async def p7_verify_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    """Choice: `result` 1 where every signer's signature and digest are right, 0 for everything else, also for what is no
    SignedData with its content inside. The signer's certificate is not judged: that is the portal's part."""
    await session.assistant.admit(session.connection)
    message = arguments.data("b64data")
    return {"result": int(await _off_the_loop(len(message), lambda: _is_signed(message)))}


async def envelop_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    """EnvelopedData for RSA recipients, with the cipher of the settings, or for SM2 recipients, with SM4."""
    await session.assistant.admit(session.connection)
    cipher = session.settings.envelope_cipher
    return {"b64data": b64(await enveloped(arguments.data("b64data"), arguments.certificates("certs"), cipher))}


async def un_envelop_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    """The key is found by recipient info, on all tokens; nothing needs to be selected."""
    opened = await session.assistant.decryption.open_envelope(session.connection, arguments.data("b64data"))
    return {"b64data": b64(opened)}


async def enveloped(data: bytes, certificates: list[bytes], cipher: str) -> bytes:
    """CMS EnvelopedData, DER, for recipients given by their certificates. HelperError(CERTIFICATE_UNREADABLE)."""
    recipients = [pem.certificates_from(encoded)[0] for encoded in certificates]
    size = len(data) + LARGE * (len(recipients) > 8)
    return await _off_the_loop(size, lambda: _seal(data, recipients, cipher))


def _is_signed(message: bytes) -> bool:
    from hebca_helper.pki.cms.verification import verify

    try:
        reports = verify(message)
    except HelperError:
        return False
    return bool(reports) and all(report.problem is None for report in reports)


def _seal(data: bytes, recipients: list[Certificate], cipher: str) -> bytes:
    from hebca_helper.pki.cms.envelope import ContentCipher, envelop

    ciphers = {"des-ede3-cbc": ContentCipher.DES_EDE3_CBC, "aes-256-cbc": ContentCipher.AES_256_CBC}
    return envelop(data, recipients, ciphers[cipher])


async def _off_the_loop(size: int, work: Callable[[], _T]) -> _T:
    """Large work in a thread, so that other pages need not wait."""
    return work() if size < LARGE else await asyncio.to_thread(work)
