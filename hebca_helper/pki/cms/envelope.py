"""EnvelopedData (RFC 5652, 6) and AuthEnvelopedData (RFC 5083): sealing to recipients, and opening.

A message is walked to its end before any key is used: what can be wrong with it openly is told openly, and what goes
wrong afterwards is DECRYPTION_FAILED, whatever it was.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from asn1crypto import cms, core

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import ber
from hebca_helper.pki.cms.ciphers import ContentCipher, Opener, Parameters, Sealer
from hebca_helper.pki.cms.message import (
    AUTHENTICATED_ENVELOPED_DATA,
    DATA,
    DATA_SM,
    ENVELOPED_DATA,
    ENVELOPED_DATA_SM,
    EXPLICIT_0,
    Body,
    binary,
    close_content_info,
    mark_body,
    open_content_info,
    other_type,
    read_type,
    reading,
)
from hebca_helper.pki.cms.recipients import MOST_RECIPIENTS, KeyTransport, Recipient, encrypt_for, recipient_info
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.texts import tr

__all__ = [
    "ContentCipher",
    "Envelope",
    "KeyTransport",
    "Recipient",
    "Sealing",
    "encrypt_for",
    "envelop",
    "open_envelope",
    "read_envelope",
    "recipient_for",
]

_ENCRYPTED_CONTENT = 0x80
_ATTRIBUTES_1, _ATTRIBUTES_2 = 0xA1, 0xA2


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope in a file or in memory, read to its end. `additional` is what GCM authenticates besides (DER)."""

    recipients: tuple[Recipient, ...]
    parameters: Parameters
    body: Body
    additional: bytes = b""
    mac: bytes = b""

    @property
    def cipher(self) -> ContentCipher:
        return self.parameters.cipher

    def pieces(self, content_key: bytes) -> Iterator[bytes]:
        """The content in pieces, not to be used before the last has come. HelperError(DECRYPTION_FAILED) only."""
        if len(content_key) != self.cipher.key_length:
            raise HelperError(Code.DECRYPTION_FAILED)
        opener = Opener(self.parameters, content_key, self.additional, self.mac)
        for octets in self.body.octets():
            yield opener.update(octets)
        yield opener.finish()

    def decrypt(self, content_key: bytes) -> bytes:
        """The content. HelperError(DECRYPTION_FAILED)."""
        return b"".join(self.pieces(content_key))


class Sealing:
    """Makes one envelope: `head`, then what `update` returns for the content, then `finish`; all of it is DER.

    For SM2 recipients it is SM4 and the names of GB/T 35275, whatever `cipher` says. HelperError(NOT_SUPPORTED) for a
    recipient of another kind than RSA and SM2, or of both together; BAD_REQUEST without recipients.
    """

    def __init__(self, recipients: Sequence[Certificate], cipher: ContentCipher, size: int) -> None:
        if not 1 <= len(recipients) <= MOST_RECIPIENTS:
            raise HelperError(Code.BAD_REQUEST, tr("收件人数量不对"))
        sm2 = any(each.key_kind is KeyKind.SM2 for each in recipients)
        if sm2 and not all(each.key_kind is KeyKind.SM2 for each in recipients):
            raise HelperError(Code.NOT_SUPPORTED, tr("收件人中既有国密 (SM2) 证书又有其他证书"))
        cipher = ContentCipher.SM4_CBC if sm2 else cipher
        key, parameters = secrets.token_bytes(cipher.key_length), Parameters.fresh(cipher)
        self._sealer = Sealer(parameters, key)
        self._missing = size
        infos = [recipient_info(each, key) for each in dict.fromkeys(recipients)]
        self.head = _head(infos, parameters, cipher.sealed_length(size), sm2=sm2)

    def update(self, data: bytes) -> bytes:
        self._missing -= len(data)
        return self._sealer.update(data)

    def finish(self) -> bytes:
        """HelperError(FILE_UNREADABLE) when the content had another size than told: it changed on the way."""
        if self._missing:
            raise HelperError(Code.FILE_UNREADABLE, tr("文件在处理过程中被改动"))
        last = self._sealer.finish()
        return last + core.OctetString(self._sealer.mac).dump() if self._sealer.mac else last


def envelop(content: bytes, recipients: Sequence[Certificate], cipher: ContentCipher) -> bytes:
    """ContentInfo, DER. HelperError as `Sealing`."""
    sealing = Sealing(recipients, cipher, len(content))
    return b"".join((sealing.head, sealing.update(content), sealing.finish()))


def read_envelope(message: bytes) -> Envelope:
    """HelperError(MESSAGE_UNREADABLE); NOT_SUPPORTED for other ciphers and kinds of messages."""
    return open_envelope(io.BytesIO(message))


def open_envelope(source: BinaryIO) -> Envelope:
    """As `read_envelope`, from a file that can seek and stays open as long as the envelope is used."""
    with reading():
        source = binary(source)
        reader, content_type = open_content_info(source)
        if content_type not in (ENVELOPED_DATA, ENVELOPED_DATA_SM, AUTHENTICATED_ENVELOPED_DATA):
            raise other_type(content_type)
        reader.enter(ber.SEQUENCE)
        envelope = _read(reader, source, content_type == AUTHENTICATED_ENVELOPED_DATA)
        close_content_info(reader)
    return envelope


def recipient_for(envelope: Envelope, certificate: Certificate) -> Recipient | None:
    """The recipient that names this certificate."""
    return next((each for each in envelope.recipients if each.means(certificate)), None)


def _read(reader: ber.Reader, source: BinaryIO, authenticated: bool) -> Envelope:
    """EnvelopedData or AuthEnvelopedData from its version on, and out of it."""
    reader.part(der.INTEGER)
    if reader.next_tag() == EXPLICIT_0:
        reader.skip()  # originatorInfo
    recipients = _recipients(reader.part(ber.SET))
    reader.enter(ber.SEQUENCE)
    read_type(reader)
    parameters = Parameters.read(reader.part(ber.SEQUENCE))
    if parameters.cipher.authenticated is not authenticated:
        raise other_type(parameters.cipher.value.oid)
    if not reader.more():
        raise ValueError("an envelope without content")
    body = mark_body(reader, source, _ENCRYPTED_CONTENT)
    reader.leave()
    additional, mac = _authenticated(reader, parameters) if authenticated else (b"", b"")
    if reader.more():
        reader.part(_ATTRIBUTES_2 if authenticated else _ATTRIBUTES_1)
        reader.leave()
    return Envelope(recipients, parameters, body, additional, mac)


def _authenticated(reader: ber.Reader, parameters: Parameters) -> tuple[bytes, bytes]:
    """authAttrs as they are authenticated, with the tag of a SET (RFC 5083, 2.2), and the MAC."""
    sent = reader.part(_ATTRIBUTES_1) if reader.next_tag() == _ATTRIBUTES_1 else b""
    mac = der.read(reader.part(der.OCTET_STRING)).content
    if len(mac) != parameters.mac_length:
        raise ValueError("authentication code of a wrong length")
    return (bytes([ber.SET]) + sent[1:] if sent else b""), mac


def _recipients(part: bytes) -> tuple[Recipient, ...]:
    infos = cms.RecipientInfos.load(part)
    if not 1 <= len(infos) <= MOST_RECIPIENTS:
        raise ValueError("no recipient, or too many")
    return tuple(Recipient.read(info) for info in infos)


def _head(infos: Sequence[bytes], parameters: Parameters, sealed: int, *, sm2: bool) -> bytes:
    """All before the encrypted content of `sealed` octets. Version 0 (RFC 5652, 6.1; RFC 5083, 2.1), 1 in GB/T 35275."""
    authenticated = parameters.cipher.authenticated
    after = len(ber.element(ber.OCTET_STRING, bytes(parameters.mac_length))) if authenticated else 0
    kind = DATA_SM if sm2 else DATA
    content = core.ObjectIdentifier(kind).dump() + parameters.identifier + ber.header(_ENCRYPTED_CONTENT, sealed)
    head: bytes = core.Integer(int(sm2)).dump() + ber.element(ber.SET, *sorted(infos))
    head += ber.header(ber.SEQUENCE, len(content) + sealed) + content
    for tag in (ber.SEQUENCE, EXPLICIT_0):
        head = ber.header(tag, len(head) + sealed + after) + head
    kind = AUTHENTICATED_ENVELOPED_DATA if authenticated else ENVELOPED_DATA_SM if sm2 else ENVELOPED_DATA
    head = core.ObjectIdentifier(kind).dump() + head
    return ber.header(ber.SEQUENCE, len(head) + sealed + after) + head
