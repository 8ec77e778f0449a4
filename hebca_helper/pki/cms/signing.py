"""Making SignedData (RFC 5652, 5): always with signed attributes, so that no signature of ours is over bare octets.

The key is a token's, so it goes in steps: `prepare` says what is to be signed, the token signs the digest of that,
and `frame` or `signed_data` puts the message together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from asn1crypto import cms, core, tsp, x509

from hebca_helper.pki import sm2
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import ber
from hebca_helper.pki.cms.algorithms import DigestAlgorithm, digest_identifier, signer_identifier
from hebca_helper.pki.cms.identifiers import issuer_and_serial
from hebca_helper.pki.cms.message import DATA, EXPLICIT_0, SIGNED_DATA
from hebca_helper.pki.keyinfo import KeyKind

__all__ = ["DigestAlgorithm", "Frame", "SignedAttributes", "frame", "prepare", "signed_data"]

_UNSIGNED = 0xA1
_VERSION = core.Integer(1).dump()
"""Signers named by issuer and serial number, content id-data (RFC 5652, 5.1 and 5.3)."""


@dataclass(frozen=True, slots=True)
class SignedAttributes:
    """`to_sign` is the DER SET OF Attribute that the signature is over (RFC 5652, 5.4), `digest` what hashes it, after
    `prefix` (SM2: what names signer and key)."""

    to_sign: bytes
    digest: DigestAlgorithm
    prefix: bytes = b""

    @property
    def to_sign_digest(self) -> bytes:
        """What the token signs."""
        return self.digest.of(self.prefix + self.to_sign)


class Frame(NamedTuple):
    """What stands before and after the content; a detached signature is `head + tail`."""

    head: bytes
    tail: bytes


def prepare(
    content_digest: bytes, certificate: Certificate, digest: DigestAlgorithm, signing_time: datetime | None
) -> SignedAttributes:
    """Content type, message digest, signing time (RFC 5652, 11) and signingCertificateV2 (RFC 5035, 3).

    `content_digest` is the `digest` of the content, `signing_time` aware; None leaves it out, as PAdES wants it. HelperError(NOT_SUPPORTED) for a key that
    cannot sign so.
    """
    signer_identifier(certificate, digest)
    attributes = [
        _attribute("content_type", cms.ContentType(DATA)),
        _attribute("message_digest", core.OctetString(content_digest)),
        _signing_certificate_attribute(certificate),
    ]
    if signing_time is not None:
        attributes.append(_attribute("signing_time", _time(signing_time)))
    prefix = sm2.prefix(certificate.spki) if certificate.key_kind is KeyKind.SM2 else None
    return SignedAttributes(ber.element(ber.SET, *sorted(attributes)), digest, prefix or b"")


def signed_data(
    content: bytes | None,
    attributes: SignedAttributes,
    certificate: Certificate,
    signature: bytes,
    extra_certificates: Sequence[Certificate] = (),
    time_stamp: bytes | None = None,
) -> bytes:
    """ContentInfo, DER; without `content` a detached signature. `time_stamp`: a token over the signature (RFC 3161, A)."""
    size = None if content is None else len(content)
    head, tail = frame(size, attributes, certificate, signature, extra_certificates, time_stamp)
    return b"".join((head, content or b"", tail))


def frame(
    size: int | None,
    attributes: SignedAttributes,
    certificate: Certificate,
    signature: bytes,
    extra_certificates: Sequence[Certificate] = (),
    time_stamp: bytes | None = None,
) -> Frame:
    """The DER around a content of `size` octets; None for a detached signature."""
    held = dict.fromkeys([certificate, *extra_certificates])
    tail = ber.element(EXPLICIT_0, *sorted(each.der for each in held))
    tail += ber.element(ber.SET, _signer_info(attributes, certificate, signature, time_stamp))
    before = _VERSION + ber.element(ber.SET, digest_identifier(attributes.digest).dump())
    content_type = core.ObjectIdentifier(DATA).dump()
    string = b"" if size is None else ber.header(ber.OCTET_STRING, size)
    explicit = b"" if size is None else ber.header(EXPLICIT_0, len(string) + size) + string
    inside = len(content_type) + len(explicit) + (size or 0)
    before += ber.header(ber.SEQUENCE, inside) + content_type + explicit
    whole = ber.header(ber.SEQUENCE, len(before) + (size or 0) + len(tail)) + before
    wrapped = ber.header(EXPLICIT_0, len(whole) + (size or 0) + len(tail)) + whole
    info = core.ObjectIdentifier(SIGNED_DATA).dump() + wrapped
    return Frame(ber.header(ber.SEQUENCE, len(info) + (size or 0) + len(tail)) + info, tail)


def _signer_info(
    attributes: SignedAttributes, certificate: Certificate, signature: bytes, time_stamp: bytes | None
) -> bytes:
    unsigned = (
        b"" if time_stamp is None else ber.element(_UNSIGNED, _attribute("signature_time_stamp_token", time_stamp))
    )
    return ber.element(
        ber.SEQUENCE,
        _VERSION,
        issuer_and_serial(certificate).dump(),
        digest_identifier(attributes.digest).dump(),
        bytes([EXPLICIT_0]) + attributes.to_sign[1:],
        signer_identifier(certificate, attributes.digest).dump(),
        core.OctetString(signature).dump(),
        unsigned,
    )


def _attribute(kind: str, value: core.Asn1Value | bytes) -> bytes:
    oid = cms.CMSAttributeType(kind).dump()
    dumped = value if isinstance(value, bytes) else value.dump()
    return ber.element(ber.SEQUENCE, oid, ber.element(ber.SET, dumped))


@lru_cache(maxsize=64)
def _signing_certificate_attribute(certificate: Certificate) -> bytes:
    return _attribute("signing_certificate_v2", _signing_certificate(certificate))


def _time(moment: datetime) -> core.Asn1Value:
    """UTCTime through 2049 (RFC 5652, 11.3), whole seconds."""
    moment = moment.astimezone(UTC).replace(microsecond=0)
    return core.UTCTime(moment) if moment.year < 2050 else core.GeneralizedTime(moment)


def _signing_certificate(certificate: Certificate) -> core.Asn1Value:
    """SHA-256 is the default and stays unnamed (RFC 5035, 4)."""
    issuer = x509.GeneralName("directory_name", x509.Name.load(certificate.issuer.der))
    issuer_serial = {"issuer": [issuer], "serial_number": certificate.serial_number}
    identifier = {"cert_hash": hashlib.sha256(certificate.der).digest(), "issuer_serial": issuer_serial}
    return tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(identifier)]})
