"""Makes seals as GB/T 38540-2020, 7.1 has them. Who signs, and with what, is the caller's affair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from hebca_helper.pki import der
from hebca_helper.seals.seal import ListedDigest, Picture, SignerList

HEADER_VERSION = 4
_IA5_STRING, _PRINTABLE_STRING = 0x16, 0x13
_BY_CERTIFICATE, _BY_DIGEST = 1, 2


@dataclass(frozen=True, slots=True)
class SealContent:
    """What a seal says. Moments are aware, whole seconds are kept; `identifier` and `vendor` are ASCII.

    `seal_type`: 1 of an organisation, 2 of a person.
    """

    vendor: str
    identifier: str
    seal_type: int
    name: str
    signers: SignerList
    created: datetime
    valid_from: datetime
    valid_to: datetime
    picture: Picture


@dataclass(frozen=True, slots=True)
class Maker:
    """A seal maker: its certificate (DER), the signature algorithm (OID) and what signs octets with the key."""

    certificate: bytes
    algorithm: str
    sign: Callable[[bytes], bytes]


def make_seal(content: SealContent, maker: Maker) -> bytes:
    """SESeal (DER). ValueError for text that is not ASCII where the standard wants it."""
    information = _information(content)
    return _sequence(
        information,
        _octets(maker.certificate),
        der.wrap(der.OID, der.object_identifier_octets(maker.algorithm)),
        der.wrap(der.BIT_STRING, b"\0" + maker.sign(information)),
    )


def _information(content: SealContent) -> bytes:
    """eSealInfo: what the maker signs."""
    picture = content.picture
    return _sequence(
        _sequence(_ascii("ES"), der.number(HEADER_VERSION), _ascii(content.vendor)),
        _ascii(content.identifier),
        _sequence(
            der.number(content.seal_type),
            der.wrap(der.UTF8_STRING, content.name.encode()),
            *_signers(content.signers),
            *map(_moment, (content.created, content.valid_from, content.valid_to)),
        ),
        _sequence(
            _ascii(picture.type), _octets(picture.data), der.number(picture.width_mm), der.number(picture.height_mm)
        ),
    )


def _signers(signers: SignerList) -> tuple[bytes, bytes]:
    """certListType and certList (7.1.2.4)."""
    if signers.digests:
        return der.number(_BY_DIGEST), _sequence(*map(_digest, signers.digests))
    return der.number(_BY_CERTIFICATE), _sequence(*map(_octets, signers.certificates))


def _digest(entry: ListedDigest) -> bytes:
    return _sequence(_ascii(entry.algorithm, _PRINTABLE_STRING), _octets(entry.digest))


def _sequence(*parts: bytes) -> bytes:
    return der.wrap(der.SEQUENCE, b"".join(parts))


def _octets(data: bytes) -> bytes:
    return der.wrap(der.OCTET_STRING, data)


def _ascii(text: str, tag: int = _IA5_STRING) -> bytes:
    return der.wrap(tag, text.encode("ascii"))


def _moment(moment: datetime) -> bytes:
    return der.wrap(der.GENERALIZED_TIME, moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode("ascii"))
