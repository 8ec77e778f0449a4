"""Seal signatures: SES_Signature of GM/T 0031-2014, GB/T 38540-2020 and GM/T 0031-2025, read with their octets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hebca_helper.pki import der
from hebca_helper.pki.certificates import Certificate
from hebca_helper.seals import reading
from hebca_helper.seals.reading import ExtensionData, Piece
from hebca_helper.seals.seal import Seal, outermost, seal_in, unreadable_told
from hebca_helper.seals.time_stamps import claimed_moment, token_in


@dataclass(frozen=True, slots=True)
class SealSignature:
    """A seal set on a document.

    `signed` is what the signature covers, `data_digest` the digest of the document, `property_info` says of what
    (OFD: path of Signature.xml). `signed_at` is the signer's claim, aware UTC, None when it cannot be read.
    `time_token`: the time stamp token that stands for the time, as 2014 allows. `time_stamp`: what [0] holds, which is
    over the signature. Both are read when they are checked.
    """

    seal: Seal
    version: int
    signed_at: datetime | None
    data_digest: bytes
    property_info: str
    signer_der: bytes
    algorithm: str
    signature: bytes
    signed: bytes
    signature_whole: bytes
    time_token: bytes | None = None
    extensions: tuple[ExtensionData, ...] = ()
    time_stamp: bytes | None = None

    @property
    def signer(self) -> Certificate:
        """HelperError(CERTIFICATE_UNREADABLE)."""
        return Certificate.parse(self.signer_der)


def read_seal_signature(data: bytes) -> SealSignature:
    """From DER; padding after it is dropped. HelperError(SEAL_UNREADABLE), TOO_LARGE."""
    with unreadable_told():
        return _signature(reading.pieces(outermost(data)))


def _signature(parts: list[Piece]) -> SealSignature:
    match len(parts):
        case 2:
            return _signature_2014(*parts)
        case 4 | 5:
            return _signature_2020(*parts)
    raise ValueError("no layout of a seal signature has this number of parts")


def _signature_2014(to_sign: Piece, signature: Piece) -> SealSignature:
    """GM/T 0031-2014, 7.2: certificate and algorithm are among what is signed."""
    *fields, signer, algorithm = reading.fields(to_sign, 7)
    return _made(to_sign, fields, signer, algorithm, signature)


def _signature_2020(
    to_sign: Piece, signer: Piece, algorithm: Piece, signature: Piece, time_stamp: Piece | None = None
) -> SealSignature:
    """GB/T 38540-2020, 7.2."""
    return _made(to_sign, reading.fields(to_sign, 5, 7), signer, algorithm, signature, time_stamp)


def _made(
    to_sign: Piece,
    fields: list[Piece],
    signer: Piece,
    algorithm: Piece,
    signature: Piece,
    time_stamp: Piece | None = None,
) -> SealSignature:
    version, seal, moment, digest, property_info, *further = fields
    # an older layout has the signer's certificate here, too
    further = [each for each in further if each.tag != der.OCTET_STRING or each.content != reading.certificate(signer)]
    if len(further) > 1:
        raise ValueError("too many fields")
    return SealSignature(
        seal=seal_in(seal),
        version=reading.integer(version),
        signed_at=claimed_moment(moment),
        time_token=token_in(moment),
        data_digest=_digest(digest),
        property_info=reading.text(property_info),
        signer_der=reading.certificate(signer),
        algorithm=reading.algorithm(algorithm),
        signature=reading.signature(signature),
        signature_whole=signature.whole,
        signed=to_sign.whole,
        extensions=reading.lenient_extension_datas(further[0]) if further else (),
        time_stamp=reading.require(time_stamp, 0xA0).content if time_stamp else None,
    )


def _digest(found: Piece) -> bytes:
    return reading.octets(found) if found.tag == der.OCTET_STRING else reading.bits(found)
