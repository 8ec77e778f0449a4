"""Electronic seals: SESeal of GM/T 0031-2014, GB/T 38540-2020 and GM/T 0031-2025, read with their octets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.certificates import Certificate
from hebca_helper.seals import reading
from hebca_helper.seals.reading import ExtensionData, Piece
from hebca_helper.texts import tr

LARGEST_SEAL = 8 * 1024 * 1024
"""Octets; real ones have 3 to 100 KiB, most of it the picture."""


class SealVersion(StrEnum):
    """Standard that the structure follows, by its year."""

    GMT_0031_2014 = "2014"
    GBT_38540_2020 = "2020"
    GMT_0031_2025 = "2025"


_HEADER_VERSION_2025 = 5


class ListedDigest(NamedTuple):
    """An entry of a certificate list of type 2: name of the digest algorithm, digest of the certificate."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class SignerList:
    """Who may stamp with the seal: whole certificates (DER), or digests of them.

    `identifier` holds what one 2014 maker writes instead of a list; it names nobody for certain.
    """

    certificates: tuple[bytes, ...] = ()
    digests: tuple[ListedDigest, ...] = ()
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """`type` as written (PNG, GIF, BMP, JPG, SVG, OFD in any case); size on paper in millimetres."""

    type: str
    data: bytes
    width_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as its maker signed it. Moments are aware UTC; the period's both ends belong to it.

    `whole` is the SESeal as it stands in the file, `signed` what the maker's signature covers,
    `signature_whole` the element with the signature. `time_stamp` (2025): what [0] holds, read when it is checked.
    `seal_type`: 1 of an organisation, 2 of a person; others are makers' own.
    """

    version: SealVersion
    header_version: int
    vendor: str
    identifier: str
    seal_type: int
    name: str
    signers: SignerList
    created: datetime
    valid_from: datetime
    valid_to: datetime
    picture: Picture
    extensions: tuple[ExtensionData, ...]
    maker_der: bytes
    algorithm: str
    signature: bytes
    signed: bytes
    whole: bytes
    signature_whole: bytes
    time_stamp: bytes | None = None

    @property
    def maker(self) -> Certificate:
        """The seal maker's certificate. HelperError(CERTIFICATE_UNREADABLE)."""
        return Certificate.parse(self.maker_der)


class UnknownLayoutError(ValueError):
    """A seal, but of a layout older than the standards, or a maker's own."""


def read_seal(data: bytes) -> Seal:
    """From DER; padding after it (zeros or 0xFF, as USBKEY files have it) is dropped.

    HelperError(SEAL_UNREADABLE), TOO_LARGE.
    """
    with unreadable_told():
        return seal_in(outermost(data))


@contextmanager
def unreadable_told() -> Iterator[None]:
    """What the readers raise becomes HelperError(SEAL_UNREADABLE)."""
    try:
        yield
    except UnknownLayoutError as problem:
        raise HelperError(Code.SEAL_UNREADABLE, tr("不支持的印章格式")) from problem
    except (ValueError, IndexError) as problem:
        raise HelperError(Code.SEAL_UNREADABLE) from problem


def outermost(data: bytes) -> Piece:
    """The one element of a file. ValueError; HelperError(TOO_LARGE)."""
    if len(data) > LARGEST_SEAL:
        raise HelperError(Code.TOO_LARGE, tr("印章数据超过 8 MiB"))
    found = reading.piece(data)
    rest = data[len(found.whole) :]
    if rest.strip(b"\0") and rest.strip(b"\xff"):
        raise ValueError("something follows")
    return found


def seal_in(found: Piece) -> Seal:
    """The seal that an element is. ValueError."""
    parts = reading.pieces(found)
    match len(parts):
        case 2:
            return _seal_2014(found, *parts)
        case 4 | 5:
            return _seal_2020(found, parts)
    raise UnknownLayoutError("no layout of a seal has this number of parts")


def _seal_2014(found: Piece, info: Piece, sign_info: Piece) -> Seal:
    """GM/T 0031-2014, 7.1: the maker signs SEQUENCE { eSealInfo, cert, signatureAlgorithm }."""
    maker, algorithm, signature = reading.fields(sign_info, 3)
    return _seal(
        SealVersion.GMT_0031_2014,
        found,
        info,
        maker=maker,
        algorithm=algorithm,
        signature=signature,
        signed=reading.joined([info, maker, algorithm]),
    )


def _seal_2020(found: Piece, parts: list[Piece]) -> Seal:
    """GB/T 38540-2020, 7.1: the maker signs eSealInfo alone. 2025 may add a time stamp under [0]."""
    info, maker, algorithm, signature = parts[:4]
    stamped = len(parts) == 5
    return _seal(
        SealVersion.GMT_0031_2025 if stamped else SealVersion.GBT_38540_2020,
        found,
        info,
        maker=maker,
        algorithm=algorithm,
        signature=signature,
        signed=info.whole,
        time_stamp=reading.require(parts[4], 0xA0).content if stamped else None,
    )


def _seal(
    version: SealVersion,
    found: Piece,
    info: Piece,
    *,
    maker: Piece,
    algorithm: Piece,
    signature: Piece,
    signed: bytes,
    time_stamp: bytes | None = None,
) -> Seal:
    header, *parts = reading.pieces(info)
    mark, *named = reading.pieces(header)
    if reading.text(mark) != "ES":
        raise ValueError("not marked as a seal")
    if len(named) != 2 or not 3 <= len(parts) <= 4:  # older than the standards: a length in the header
        raise UnknownLayoutError("header or information of another layout")
    header_version, vendor = named
    identifier, properties, picture, *further = parts
    if version is SealVersion.GBT_38540_2020 and reading.integer(header_version) == _HEADER_VERSION_2025:
        version = SealVersion.GMT_0031_2025
    seal_type, name, signers, created, first, last = _properties(properties)
    return Seal(
        version=version,
        header_version=reading.integer(header_version),
        vendor=reading.text(vendor),
        identifier=reading.text(identifier),
        seal_type=seal_type,
        name=name,
        signers=signers,
        created=created,
        valid_from=first,
        valid_to=last,
        picture=_picture(picture),
        extensions=reading.lenient_extension_datas(further[0]) if further else (),
        maker_der=reading.certificate(maker),
        algorithm=reading.algorithm(algorithm),
        signature=reading.signature(signature),
        signature_whole=signature.whole,
        signed=signed,
        whole=found.whole,
        time_stamp=time_stamp,
    )


def _properties(found: Piece) -> tuple[int, str, SignerList, datetime, datetime, datetime]:
    """The kind of list came with 2020; old software of some makers goes on without it, so the number of fields tells."""
    seal_type, name, *kind, signers = reading.fields(found, 6, 7)[:-3]
    moments = reading.pieces(found)[-3:]
    listed = _listed(reading.integer(kind[0]), signers) if kind else _certificates(signers)
    created, first, last = map(reading.moment, moments)
    return reading.integer(seal_type), reading.text(name), listed, created, first, last


def _listed(list_type: int, found: Piece) -> SignerList:
    """GB/T 38540-2020, 7.1.2.4: 1 whole certificates, 2 digests of certificates; the entries' own shape decides."""
    if list_type not in (1, 2):
        raise ValueError("unknown kind of certificate list")
    if found.tag == der.SEQUENCE and (listed := reading.pieces(found)) and all(map(_is_digest, listed)):
        return SignerList(digests=tuple(map(_digest, listed)))
    return _certificates(found)


def _is_digest(found: Piece) -> bool:
    """A pair; a certificate that stands there as it is has three parts (RFC 5280, 4.1)."""
    return found.tag == der.SEQUENCE and len(reading.pieces(found)) == 2


def _certificates(found: Piece) -> SignerList:
    if found.tag != der.SEQUENCE:
        return SignerList(identifier=reading.text(found))
    listed = reading.pieces(found)
    if len(listed) == 1 and listed[0].tag in reading.TEXT_TAGS:
        return SignerList(identifier=reading.text(listed[0]))
    return SignerList(certificates=tuple(map(reading.certificate, listed)))


def _digest(found: Piece) -> ListedDigest:
    algorithm, value = reading.fields(found, 2)
    return ListedDigest(reading.text(algorithm), reading.octets(value))


def _picture(found: Piece) -> Picture:
    kind, data, width, height = reading.fields(found, 4)
    return Picture(reading.text(kind), reading.octets(data), reading.integer(width), reading.integer(height))
