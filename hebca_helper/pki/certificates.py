"""Certificates as HEBCA really issues them, read leniently: what a person, a page and a portal want to know of one.

Shape: RFC 5280, 4.1. Never parsed with pyca/cryptography, which raises on HEBCA's BasicConstraints `30 03 01 01 00`
and cannot load SM2 keys (resources/protocol.md, section 4).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property, lru_cache
from typing import NamedTuple

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der, identity
from hebca_helper.pki.keyinfo import KeyInfo, KeyKind
from hebca_helper.pki.moments import Validity, beijing, within
from hebca_helper.pki.names import COMMON_NAME, GIVEN_NAME, ORGANISATION, Name
from hebca_helper.pki.structure import Extension, MomentError, Structure, read_certificate
from hebca_helper.texts import tr

LARGEST_CERTIFICATE = 64 * 1024
"""Octets; real ones have 1 to 2 KiB."""
PRACTICE_MARK = "演练"

KEY_USAGE = "2.5.29.15"
BASIC_CONSTRAINTS = "2.5.29.19"
SUBJECT_KEY_IDENTIFIER, AUTHORITY_KEY_IDENTIFIER = "2.5.29.14", "2.5.29.35"
_KEY_IDENTIFIER, _SERIAL_NUMBER = 0x80, 0x82
"""Of an AuthorityKeyIdentifier (RFC 5280, 4.2.1.1)."""


class KeyUsage(Enum):
    """Bits of the KeyUsage extension, numbered as in RFC 5280, 4.2.1.3."""

    DIGITAL_SIGNATURE = 0
    NON_REPUDIATION = 1
    KEY_ENCIPHERMENT = 2
    DATA_ENCIPHERMENT = 3
    KEY_AGREEMENT = 4
    KEY_CERT_SIGN = 5
    CRL_SIGN = 6
    ENCIPHER_ONLY = 7
    DECIPHER_ONLY = 8


_SIGNING = frozenset({KeyUsage.DIGITAL_SIGNATURE, KeyUsage.NON_REPUDIATION})
_ENCRYPTING = frozenset({KeyUsage.KEY_ENCIPHERMENT, KeyUsage.DATA_ENCIPHERMENT, KeyUsage.KEY_AGREEMENT})


@dataclass(frozen=True, slots=True)
class BasicConstraints:
    """RFC 5280, 4.2.1.9. `path_length` is the number of CA certificates that may follow, None for any number."""

    authority: bool
    path_length: int | None


class AuthorityKey(NamedTuple):
    """RFC 5280, 4.2.1.1: `key` b"" and `serial` (the INTEGER's octets) None where they are not told."""

    key: bytes
    serial: bytes | None


@dataclass(frozen=True, eq=False)
class Certificate:
    """One certificate; equal and hashable by its DER. Octets after the DER are dropped when it is parsed."""

    der: bytes
    structure: Structure = field(repr=False)

    @classmethod
    def parse(cls, der: bytes) -> Certificate:
        """From DER. HelperError(CERTIFICATE_UNREADABLE) for anything else, or over 64 KiB."""
        if len(der) > LARGEST_CERTIFICATE:
            raise HelperError(Code.CERTIFICATE_UNREADABLE, tr("证书超过 64 KiB"))
        return _parse(bytes(der))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.der == other.der

    def __hash__(self) -> int:
        return hash(self.der)

    # Who and when

    @property
    def serial_number(self) -> int:
        """As X.509 has it; negative for those old serials whose first bit is set."""
        return der.integer(self.structure.serial)

    @cached_property
    def serial_hex(self) -> str:
        """The serial's octets as pages see them: lower case, no leading zeros ("0" for zero)."""
        return self.structure.serial.hex().lstrip("0") or "0"

    @property
    def serial_decimal(self) -> str:
        """As portals store it ("certSn")."""
        return str(self.serial_number)

    @property
    def subject(self) -> Name:
        return self.structure.subject

    @property
    def issuer(self) -> Name:
        return self.structure.issuer

    @property
    def not_before(self) -> datetime:
        """First valid moment, aware UTC."""
        return self.structure.not_before

    @property
    def not_after(self) -> datetime:
        """Last valid moment, aware UTC."""
        return self.structure.not_after

    @property
    def common_name(self) -> str:
        return self.subject.first(COMMON_NAME)

    @property
    def holder(self) -> str:
        """Name of the holder for people: CN, else G, else O, else the whole name; without any the serial number."""
        names = (self.subject.first(oid).strip() for oid in (COMMON_NAME, GIVEN_NAME, ORGANISATION))
        return next(filter(None, (*names, self.subject.text)), "") or tr("序列号 {serial}").format(
            serial=self.serial_hex
        )

    @property
    def issuer_name(self) -> str:
        """Name of the issuer for people: CN, else O, else the whole name."""
        return self.issuer.first(COMMON_NAME) or self.issuer.first(ORGANISATION) or self.issuer.text

    @property
    def practice(self) -> bool:
        """Whether the issuer calls itself a practice CA (演练): such a certificate proves nothing."""
        return any(PRACTICE_MARK in text for _, text in self.issuer.items)

    def subject_item(self, item: int | str) -> str:
        """DN item as GetSubjectItem has it: index 0..19 or name ("DN" for the whole subject); "" when absent.

        HelperError(BAD_REQUEST) for an index or name that does not exist.
        """
        return self.subject.item(item)

    @cached_property
    def unique_id(self) -> str:
        """What portals bind an account to: the longer of CN and G (resources/protocol.md, section 4).

        Without a G, the unique-id extension 1.2.156.112586.1.4 when there is one, because a bare CN is only a name.
        """
        common_name, given_name = self.common_name, self.subject.first(GIVEN_NAME)
        if not given_name:
            return self.extension_text(identity.HEBCA_UNIQUE_ID) or common_name
        return common_name if len(common_name) > len(given_name) else given_name

    @cached_property
    def credit_code(self) -> str:
        """Unified social credit code of the holder, or "" unless one with the right check digit is found."""
        oids = identity.CREDIT_CODE_OIDS
        named = [text for oid in oids for text in (self.subject.first(oid), self.extension_text(oid)) if text]
        return identity.credit_code(named, (text for _, text in self.subject.items))

    # What the key is for

    @cached_property
    def key_usage(self) -> frozenset[KeyUsage]:
        """Bits of the extension; empty without one, and for one that cannot be read (then it is good for nothing)."""
        extension = self.extensions.get(KEY_USAGE)
        if extension is None:
            return frozenset()
        try:
            octets = der.bits(der.expect(der.read(extension.value), der.BIT_STRING).content)
        except ValueError:
            return frozenset()
        shown = int.from_bytes(octets[:2].ljust(2, b"\0"), "big")
        return frozenset(usage for usage in KeyUsage if shown & 0x8000 >> usage.value)

    @property
    def signs(self) -> bool:
        """Whether this is a signing certificate: digitalSignature or nonRepudiation, or no KeyUsage at all."""
        return KEY_USAGE not in self.extensions or bool(self.key_usage & _SIGNING)

    @property
    def encrypts(self) -> bool:
        """Whether this is an encryption certificate: a bit of encipherment or keyAgreement, or no KeyUsage at all."""
        return KEY_USAGE not in self.extensions or bool(self.key_usage & _ENCRYPTING)

    @cached_property
    def basic_constraints(self) -> BasicConstraints | None:
        """None when absent or unreadable. HEBCA writes cA FALSE out in full, which DER forbids: no CA all the same."""
        extension = self.extensions.get(BASIC_CONSTRAINTS)
        if extension is None:
            return None
        try:
            return _basic_constraints(extension.value)
        except ValueError:
            return None

    @cached_property
    def _key(self) -> KeyInfo:
        return KeyInfo.of(self.spki)

    @property
    def key_kind(self) -> KeyKind:
        return self._key.kind

    @property
    def key_bits(self) -> int:
        """Length of the RSA modulus or the curve's field in bits; 0 when unknown."""
        return self._key.bits

    @property
    def spki(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""
        return self.structure.spki

    @cached_property
    def key_fingerprint(self) -> bytes:
        """SHA-256 of `spki`, 32 octets."""
        return hashlib.sha256(self.spki).digest()

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, lower-case hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    @cached_property
    def key_identifiers(self) -> frozenset[bytes]:
        """What others may call its key: its subjectKeyIdentifier, else what is usual (RFC 5280, 4.2.1.2)."""
        extension = self.extensions.get(SUBJECT_KEY_IDENTIFIER)
        try:
            if extension:
                return frozenset({der.expect(der.read(extension.value), der.OCTET_STRING).content})
            key = der.bits(der.expect(der.inside(self.spki, der.SEQUENCE)[1], der.BIT_STRING).content)
        except (ValueError, IndexError):
            return frozenset()
        digest = hashlib.sha1(key, usedforsecurity=False).digest()
        return frozenset({digest, b"\x40" + digest[-7:]})

    @cached_property
    def authority_key(self) -> AuthorityKey:
        """What it says of its issuer's key; nothing where it cannot be read."""
        extension = self.extensions.get(AUTHORITY_KEY_IDENTIFIER)
        try:
            parts = der.inside(extension.value, der.SEQUENCE) if extension else []
        except ValueError:
            parts = []
        found = {part.tag: part.content for part in parts}
        return AuthorityKey(found.get(_KEY_IDENTIFIER, b""), found.get(_SERIAL_NUMBER))

    @property
    def extensions(self) -> Mapping[str, Extension]:
        """Extension by object identifier: (critical, value), value being what the OCTET STRING holds."""
        return self.structure.extensions

    def extension_text(self, oid: str) -> str:
        """Text of an identity extension, which holds a DER string or bare text; "" when absent."""
        extension = self.extensions.get(oid)
        return _extension_text(extension.value) if extension else ""


def validity(certificate: Certificate, now: datetime) -> Validity:
    """State at `now` (aware)."""
    return within(certificate.not_before, certificate.not_after, now)


def days_left(certificate: Certificate, now: datetime) -> int:
    """Calendar days in Beijing from `now` to the last day; 0 on that day, negative once expired."""
    days = (beijing(certificate.not_after).date() - beijing(now).date()).days
    return min(days, -1) if validity(certificate, now) is Validity.EXPIRED else days


@lru_cache(maxsize=256)
def _parse(encoded: bytes) -> Certificate:
    try:
        return Certificate(encoded[: der.read(encoded).end], read_certificate(encoded))
    except MomentError as error:
        raise HelperError(Code.CERTIFICATE_UNREADABLE, tr("有效期写得不对")) from error
    except ValueError as error:
        raise HelperError(Code.CERTIFICATE_UNREADABLE) from error


def _basic_constraints(value: bytes) -> BasicConstraints:
    parts = der.inside(value, der.SEQUENCE)
    authority = bool(parts) and parts[0].tag == der.BOOLEAN and parts[0].content == b"\xff"
    lengths = [der.integer(part.content) for part in parts if part.tag == der.INTEGER]
    return BasicConstraints(authority, lengths[0] if lengths else None)


def _extension_text(value: bytes) -> str:
    try:
        element = der.read(value)
    except ValueError:
        return der.octets_text(value)
    # bare text may begin with an octet that looks like a tag; then the length does not fit
    return der.text(element) if element.end == len(value) else der.octets_text(value)
