"""Public-key encryption, random keys and digests."""

from __future__ import annotations

import asyncio
import hashlib
import secrets

from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.bridge.certificate_service.handlers_login import plain_serial
from hebca_helper.bridge.websocket.frames import b64
from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.keyinfo import KeyKind

FILE_KEY_BYTES = 32
LARGE = 1024 * 1024
"""Bytes from which hashing leaves the loop."""

_DIGESTS = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sm3"}
_NUMBERS = {"0": "md5", "1": "sha1", "2": "sm3"}
"""HashAlg of the vendor's COM manual (resources/protocol.md, section 3)."""
_OF_KEY = {KeyKind.RSA: "sha1", KeyKind.SM2: "sm3"}


async def encrypt_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    """RSAES-PKCS1-v1_5 (RFC 8017, 7.2) with the encryption certificate, TOO_LARGE over the modulus less 11 bytes; with an
    SM2 one an SM2Cipher (GM/T 0009, DER), TOO_LARGE over 64 KiB."""
    from hebca_helper.pki.cms.envelope import encrypt_for

    entry = await session.selected(Usage.ENCRYPT)
    return {"b64encrypted": b64(encrypt_for(entry.certificate, arguments.data("b64data")))}


async def decrypt_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    entry = await session.selected(Usage.ENCRYPT)
    plain = await session.assistant.decryption.decrypt(session.connection, entry, arguments.data("b64data"))
    return {"b64decrypted": b64(plain)}


async def generate_file_key_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    """Choice: 256 random bits, the key of EncryptFile. What the page sends with it is ignored."""
    await session.assistant.admit(session.connection)
    return {"b64key": b64(secrets.token_bytes(FILE_KEY_BYTES))}


async def digest(session: Session, arguments: Arguments) -> dict[str, object]:
    """The certificate of that serial decides: RSA sha1, SM2 sm3; else the given name or number, and the name comes back."""
    data, wanted = arguments.data("b64data"), plain_serial(arguments.text("certSN"))
    kinds = [e.certificate.key_kind for e in await session.entries() if e.certificate.serial_hex == wanted]
    name = _OF_KEY.get(kinds[0], "") if kinds else ""
    name = name or _named(arguments.text("digestalg"))
    if len(data) < LARGE:
        return {"digest": b64(_digest(name, data)), "digestalg": name}
    return {"digest": b64(await asyncio.to_thread(_digest, name, data)), "digestalg": name}


def _named(text: str) -> str:
    name = text.strip().lower().replace("-", "")
    name = _NUMBERS.get(name, name)
    if name not in _DIGESTS:
        raise HelperError(Code.BAD_REQUEST)
    return name


def _digest(name: str, data: bytes) -> bytes:
    if name == "sm3" and name not in hashlib.algorithms_available:
        from cryptography.hazmat.primitives.hashes import SM3, Hash

        made = Hash(SM3())
        made.update(data)
        return made.finalize()
    return hashlib.new(name, data, usedforsecurity=False).digest()
