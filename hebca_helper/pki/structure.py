"""The fields of a certificate (RFC 5280, 4.1), read once and completely, so that no property of it can fail later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from hebca_helper.pki import der
from hebca_helper.pki.names import Name

VERSION, ISSUER_UNIQUE_ID, SUBJECT_UNIQUE_ID, EXTENSIONS = 0xA0, 0x81, 0x82, 0xA3


class MomentError(ValueError):
    """A moment of the validity that nobody can read."""


class Extension(NamedTuple):
    critical: bool
    value: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """SIGNED{} of X.509: the octets that were signed, the AlgorithmIdentifier beside the signature, and the signature."""

    body: der.Element
    signed: bytes
    algorithm: bytes
    signature: bytes

    @classmethod
    def read(cls, encoded: bytes) -> Signed:
        """The SEQUENCE at the start of `encoded`; octets after it are ignored. ValueError when it is none."""
        outer = der.expect(der.read(encoded), der.SEQUENCE)
        body, algorithm, signature = list(der.children(outer.content))[:3]
        der.expect(body, der.SEQUENCE)
        der.expect(algorithm, der.SEQUENCE)
        return cls(
            body=body,
            signed=outer.content[body.start : body.end],
            algorithm=outer.content[algorithm.start : algorithm.end],
            signature=_octets(der.expect(signature, der.BIT_STRING).content),
        )


def _moment(element: der.Element) -> datetime:
    try:
        return der.moment(element)
    except ValueError as problem:
        raise MomentError(str(problem)) from None


def _octets(content: bytes) -> bytes:
    """Signatures are whole octets: with unused bits, two certificates would bear the same signature."""
    if content[:1] != b"\0":
        raise ValueError("signature of broken octets")
    return content[1:]


@dataclass(frozen=True, slots=True)
class Structure:
    """Fields of a certificate: `serial` are the INTEGER's octets; `inner_algorithm` must equal `outer.algorithm`."""

    outer: Signed
    serial: bytes
    inner_algorithm: bytes
    issuer: Name
    not_before: datetime
    not_after: datetime
    subject: Name
    spki: bytes
    extensions: Mapping[str, Extension]


def read_certificate(encoded: bytes) -> Structure:
    """ValueError when `encoded` does not begin with a certificate."""
    outer = Signed.read(encoded)
    content = outer.body.content
    fields = [field for field in der.children(content) if field.tag != VERSION]
    if len(fields) < 6:
        raise ValueError("certificate lacks fields")
    serial, algorithm, issuer, period, subject, spki = fields[:6]
    first, last = list(der.children(der.expect(period, der.SEQUENCE).content))[:2]
    begin, end = _moment(first), _moment(last)
    return Structure(
        outer=outer,
        serial=_serial(serial),
        inner_algorithm=_whole(content, algorithm),
        issuer=Name.parse(_whole(content, issuer)),
        not_before=begin,
        not_after=end,
        subject=Name.parse(_whole(content, subject)),
        spki=_whole(content, spki),
        extensions=_extensions(fields[6:]),
    )


def read_extensions(encoded: bytes) -> Mapping[str, Extension]:
    """Extensions (RFC 5280, 4.1.2.9) by object identifier. ValueError for one that occurs twice."""
    found: dict[str, Extension] = {}
    for element in der.inside(encoded, der.SEQUENCE):
        oid, extension = _extension(element)
        if oid in found:
            raise ValueError("extension occurs twice")
        found[oid] = extension
    return MappingProxyType(found)


def _whole(content: bytes, element: der.Element) -> bytes:
    der.expect(element, der.SEQUENCE)
    return content[element.start : element.end]


def _serial(element: der.Element) -> bytes:
    octets = der.expect(element, der.INTEGER).content
    if not 1 <= len(octets) <= der.LONGEST_SERIAL:
        raise ValueError("unusable serial number")
    return octets


def _extensions(fields: list[der.Element]) -> Mapping[str, Extension]:
    found = next((field for field in fields if field.tag == EXTENSIONS), None)
    return read_extensions(found.content) if found else MappingProxyType({})


def _extension(element: der.Element) -> tuple[str, Extension]:
    parts = list(der.children(der.expect(element, der.SEQUENCE).content))
    if not 2 <= len(parts) <= 3:
        raise ValueError("an extension is a type, perhaps a flag, and a value")
    oid = der.object_identifier(der.expect(parts[0], der.OID).content)
    critical = len(parts) == 3 and der.expect(parts[1], der.BOOLEAN).content != b"\0"
    return oid, Extension(critical, der.expect(parts[-1], der.OCTET_STRING).content)
