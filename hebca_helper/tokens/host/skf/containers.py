"""Containers: a signing and an encryption half, each with a key and perhaps a certificate.

A key's id is its container's name and `/sign` or `/enc`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der, sm2
from hebca_helper.pki.keyinfo import RSA_ENCRYPTION
from hebca_helper.pki.sm2_curve import on_curve
from hebca_helper.pki.structure import read_certificate
from hebca_helper.tokens.host.skf.failures import STALE, SkfError
from hebca_helper.tokens.host.skf.library import EccPublicKey, RsaPublicKey, Skf
from hebca_helper.tokens.host.skf.roster import Application, text
from hebca_helper.tokens.model import TokenCertificate

SIGN, ENCRYPT = b"/sign", b"/enc"
RSA_BITS = range(1024, 2049)


class Half(NamedTuple):
    """One half of a container, by which a key is found."""

    container: bytes
    signs: bool

    @property
    def key_id(self) -> bytes:
        return self.container + (SIGN if self.signs else ENCRYPT)

    @classmethod
    def of(cls, key_id: bytes) -> Half:
        """Raises NO_PRIVATE_KEY."""
        for ending, signs in ((SIGN, True), (ENCRYPT, False)):
            if key_id.endswith(ending):
                return cls(key_id[: -len(ending)], signs)
        raise HelperError(Code.NO_PRIVATE_KEY)


def certificates(skf: Skf, application: Application) -> list[TokenCertificate]:
    """Of every half; a private key is there when the half's public key is the certificate's."""
    found = []
    for half, handle in halves(skf, application):
        encoded = _certificate(skf, handle, half.signs)
        if encoded:
            key = public_key(skf, handle, half.signs)
            has_key = key is not None and raw_key(key) == raw_key(_spki(encoded))
            found.append(TokenCertificate(application.info.id, encoded, half.key_id, text(half.container), has_key))
    return found


def find_key(skf: Skf, application: Application, spki: bytes) -> bytes:
    """Id of the key with this public key. Raises NO_PRIVATE_KEY."""
    wanted = raw_key(spki)
    for half, handle in halves(skf, application):
        key = public_key(skf, handle, half.signs)
        if wanted and key is not None and raw_key(key) == wanted:
            return half.key_id
    raise HelperError(Code.NO_PRIVATE_KEY)


def write_certificate(skf: Skf, application: Application, encoded: bytes, key_id: bytes) -> None:
    """Into the half with the certificate's key. Raises NO_PRIVATE_KEY, CERTIFICATE_UNREADABLE."""
    half = Half.of(key_id)
    spki = _spki(encoded)
    if not spki:
        raise HelperError(Code.CERTIFICATE_UNREADABLE)
    with skf.opened("OpenContainer", "CloseContainer", application.handle, half.container) as handle:
        key = public_key(skf, handle, half.signs)
        if key is None or raw_key(key) != raw_key(spki):
            raise HelperError(Code.NO_PRIVATE_KEY)
        skf.call("ImportCertificate", handle, half.signs, encoded, len(encoded))


def halves(skf: Skf, application: Application) -> Iterator[tuple[Half, int]]:
    """Each half of each container, with the container's handle; one that does not open is left out."""
    for name in skf.names("EnumContainer", application.handle):
        try:
            handle = skf.handle("OpenContainer", application.handle, name)
        except SkfError as problem:
            _not_stale(problem)
            continue
        try:
            yield Half(name, True), handle
            yield Half(name, False), handle
        finally:
            with suppress(SkfError):
                skf.call("CloseContainer", handle)


def public_key(skf: Skf, container: int, signs: bool) -> bytes | None:
    """SubjectPublicKeyInfo (DER) of this half; None where it has no key, or none that is known here."""
    try:
        blob = skf.data("ExportPublicKey", container, signs)
    except SkfError as problem:
        _not_stale(problem)
        return None
    ecc, rsa = EccPublicKey.from_buffer_copy(blob), RsaPublicKey.from_buffer_copy(blob)
    if ecc.bits == 256:
        return point_info(ecc)
    modulus, exponent = (int.from_bytes(part, "big") for part in (bytes(rsa.modulus).rstrip(b"\0"), rsa.exponent))
    return _rsa_info(modulus, exponent) if rsa.bits in RSA_BITS and modulus.bit_length() == rsa.bits else None


def point_info(blob: EccPublicKey) -> bytes | None:
    """SubjectPublicKeyInfo of an ECCPUBLICKEYBLOB; None for what is no point of the curve."""
    point = number(blob.x), number(blob.y)
    return sm2.spki_of(point) if on_curve(point) else None


def number(octets: object) -> int:
    """A big-endian number right-aligned in an array."""
    return int.from_bytes(bytes(octets), "big")  # type: ignore[call-overload]


def _certificate(skf: Skf, container: int, signs: bool) -> bytes:
    """As long as its own DER says; empty where there is none."""
    try:
        content = skf.data("ExportCertificate", container, signs)
    except SkfError as problem:
        _not_stale(problem)
        return b""
    try:
        return content[: der.expect(der.read(content), der.SEQUENCE).end]
    except ValueError:
        return b""


def _not_stale(problem: SkfError) -> None:
    if problem.number in STALE:
        raise problem


def _spki(encoded: bytes) -> bytes:
    try:
        return read_certificate(encoded).spki
    except ValueError:
        return b""


def raw_key(spki: bytes) -> bytes:
    """What the BIT STRING holds: names of the algorithm differ between makers of certificates."""
    try:
        return der.bits(der.expect(der.inside(spki, der.SEQUENCE)[1], der.BIT_STRING).content)
    except (ValueError, IndexError):
        return b""


def _rsa_info(modulus: int, exponent: int) -> bytes:
    """RFC 3279, 2.3.1."""
    key = der.wrap(der.SEQUENCE, b"".join(map(der.number, (modulus, exponent))))
    name = der.wrap(der.OID, der.object_identifier_octets(RSA_ENCRYPTION))
    return der.wrap(der.SEQUENCE, der.wrap(der.SEQUENCE, name + b"\5\0") + der.wrap(der.BIT_STRING, b"\0" + key))
