"""SM2 encryption (GB/T 32918.4-2016, GM/T 0009-2012) and the forms in which keys and ciphertexts travel.

Sealing works on public values and a number of the moment, in Python: not constant in time, as all arithmetic here. What
is opened is opened by a USBKEY.
"""

from __future__ import annotations

import secrets

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.sm2 import public_point
from hebca_helper.pki.sm2_curve import N, combine, multiply, on_curve
from hebca_helper.pki.sm3 import DIGEST_SIZE, sm3

LARGEST = 64 * 1024
"""Octets that are encrypted to a key itself."""
_OCTETS = 32
_BITS = (256).to_bytes(4, "little")
_SM4_ECB, _SM4 = 0x401, ("1.2.156.10197.1.104", "1.2.156.10197.1.104.1")


def encrypt(spki: bytes, data: bytes) -> bytes:
    """SM2Cipher (GM/T 0009, 7.2), DER. HelperError(CERTIFICATE_UNREADABLE), TOO_LARGE, BAD_REQUEST for nothing at all."""
    point = public_point(spki)
    if point is None:
        raise HelperError(Code.CERTIFICATE_UNREADABLE)
    if not data:
        raise HelperError(Code.BAD_REQUEST)
    if len(data) > LARGEST:
        raise HelperError(Code.TOO_LARGE)
    while True:
        k = secrets.randbelow(N - 1) + 1
        first, shared = multiply(k), combine(0, k, point)
        assert first is not None and shared is not None  # noqa: S101 - the curve has prime order
        x, y = (number.to_bytes(_OCTETS, "big") for number in shared)
        stream = _derived(x + y, len(data))
        if any(stream):
            break
    sealed = (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")
    return _cipher(*first, sm3(x, data, y), sealed)


def cipher_der(ciphertext: bytes) -> bytes:
    """SM2Cipher in DER of what a page sends: that itself, or 04 ‖ x ‖ y ‖ C3 ‖ C2, also without the 04.

    HelperError(DECRYPTION_FAILED), as for whatever is wrong with a ciphertext. The old order C1 C2 C3 is not tried: each
    trial would be a question to the key.
    """
    if der.is_whole(ciphertext, der.SEQUENCE):
        return ciphertext
    for octets in (ciphertext[1:] if ciphertext[:1] == b"\4" else b"", ciphertext):
        point = int.from_bytes(octets[:_OCTETS], "big"), int.from_bytes(octets[_OCTETS : 2 * _OCTETS], "big")
        if 2 * _OCTETS + DIGEST_SIZE < len(octets) <= LARGEST + 3 * _OCTETS and on_curve(point):
            rest = octets[2 * _OCTETS :]
            return _cipher(*point, rest[:DIGEST_SIZE], rest[DIGEST_SIZE:])
    raise HelperError(Code.DECRYPTION_FAILED)


def public_key_blob(spki: bytes) -> bytes:
    """ECCPUBLICKEYBLOB (GM/T 0016): 132 octets. HelperError(CERTIFICATE_UNREADABLE)."""
    point = public_point(spki)
    if point is None:
        raise HelperError(Code.CERTIFICATE_UNREADABLE)
    return _BITS + b"".join(number.to_bytes(2 * _OCTETS, "big") for number in point)


def enveloped_key_blob(data: bytes) -> bytes:
    """ENVELOPEDKEYBLOB (GM/T 0016) of an encryption pair from the issuer: that itself, or an SM2EnvelopedKey (GM/T 0009,
    7.4, DER). HelperError(BAD_REQUEST)."""
    if not der.is_whole(data, der.SEQUENCE):
        return data
    try:
        algorithm, wrapped, public, private = der.inside(data, der.SEQUENCE)
        name = der.object_identifier(der.expect(next(der.children(algorithm.content)), der.OID).content)
        point = der.bits(der.expect(public, der.BIT_STRING).content)
        sealed = der.bits(der.expect(private, der.BIT_STRING).content)
        x, y, check, cipher = der.children(der.expect(wrapped, der.SEQUENCE).content)
        numbers = [der.integer(der.expect(part, der.INTEGER).content) for part in (x, y)]
        if name not in _SM4 or len(point) != 1 + 2 * _OCTETS or len(sealed) not in (_OCTETS, 2 * _OCTETS):
            raise ValueError("not an SM2EnvelopedKey")
        return b"".join((
            (1).to_bytes(4, "little"), _SM4_ECB.to_bytes(4, "little"), _BITS, sealed.rjust(2 * _OCTETS, b"\0"),
            _BITS, *(point[at : at + _OCTETS].rjust(2 * _OCTETS, b"\0") for at in (1, 1 + _OCTETS)),
            *(number.to_bytes(2 * _OCTETS, "big") for number in numbers), check.content.rjust(DIGEST_SIZE, b"\0"),
            len(cipher.content).to_bytes(4, "little"), cipher.content,
        ))  # fmt: skip
    except (ValueError, OverflowError, StopIteration):
        raise HelperError(Code.BAD_REQUEST) from None


def _derived(shared: bytes, size: int) -> bytes:
    """KDF of GB/T 32918.4, 5.4.3."""
    blocks = range(1, (size + DIGEST_SIZE - 1) // DIGEST_SIZE + 1)
    return b"".join(sm3(shared, number.to_bytes(4, "big")) for number in blocks)[:size]


def _cipher(x: int, y: int, check: bytes, sealed: bytes) -> bytes:
    numbers = der.number(x) + der.number(y)
    return der.wrap(der.SEQUENCE, numbers + der.wrap(der.OCTET_STRING, check) + der.wrap(der.OCTET_STRING, sealed))
