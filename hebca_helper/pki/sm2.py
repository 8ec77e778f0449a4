"""SM2 signatures with SM3 (GB/T 32918.2-2016, GM/T 0003.2-2012), in Python: pyca/cryptography has no SM2.

Verification handles public values only. `sign` is not constant in time: it is for keys that prove nothing, the
practice CA's and those of tests. A person's key never leaves the USBKEY.
"""

from __future__ import annotations

import hmac
import secrets
from functools import lru_cache

from hebca_helper.pki import der
from hebca_helper.pki.keyinfo import EC_PUBLIC_KEY, SM2_CURVE, KeyInfo, KeyKind
from hebca_helper.pki.sm2_curve import A, B, G, N, Point, combine, multiply, on_curve
from hebca_helper.pki.sm3 import DIGEST_SIZE, sm3

DEFAULT_ID = b"1234567812345678"
"""GM/T 0009-2012, clause 10: the signer's id where nothing else is agreed; certificates, CRLs, CMS and seals use it."""


def public_point(spki: bytes) -> Point | None:
    """The point of a SubjectPublicKeyInfo (DER); None unless it is an SM2 key whose point lies on the curve."""
    if KeyInfo.of(spki).kind is not KeyKind.SM2:
        return None
    try:
        octets = der.bits(der.expect(der.inside(spki, der.SEQUENCE)[1], der.BIT_STRING).content)
    except (ValueError, IndexError):
        return None
    if len(octets) != 65 or octets[0] != 4:  # uncompressed (SEC 1, 2.3.3); nothing else occurs
        return None
    point = int.from_bytes(octets[1:33], "big"), int.from_bytes(octets[33:], "big")
    return point if on_curve(point) else None


def spki_of(point: Point) -> bytes:
    """SubjectPublicKeyInfo (DER) under id-ecPublicKey with the named curve (GM/T 0015-2012)."""
    key = b"\0\4" + b"".join(_octets(number) for number in point)
    algorithm = der.wrap(der.SEQUENCE, _oid(EC_PUBLIC_KEY) + _oid(SM2_CURVE))
    return der.wrap(der.SEQUENCE, algorithm + der.wrap(der.BIT_STRING, key))


def message_digest(point: Point, data: bytes, identity: bytes = DEFAULT_ID) -> bytes:
    """e = SM3(Z ‖ data), what is signed in the end; Z binds the signer's id and key (GB/T 32918.2, 5.5 and 6.1)."""
    return sm3(_z(point, identity), data)


def prefix(spki: bytes, identity: bytes = DEFAULT_ID) -> bytes | None:
    """Z, which goes before the content into SM3 to make e; None for a key of another kind."""
    point = public_point(spki)
    return None if point is None else _z(point, identity)


def verify(spki: bytes, data: bytes, signature: bytes, identity: bytes = DEFAULT_ID) -> bool:
    """Whether `signature` (DER SEQUENCE(r, s), or the raw 64 octets r ‖ s) over `data` was made with the key.

    False also for a key of another kind and for one that is no point of the curve.
    """
    point = public_point(spki)
    return point is not None and _holds(point, message_digest(point, data, identity), signature)


def verify_digest(spki: bytes, digest: bytes, signature: bytes) -> bool:
    """As `verify`, over a ready e (`message_digest`), 32 octets."""
    point = public_point(spki)
    return point is not None and len(digest) == DIGEST_SIZE and _holds(point, digest, signature)


def raw(signature: bytes) -> bytes:
    """The 64 octets r ‖ s of a signature in DER. ValueError for what is none."""
    numbers = _numbers(signature)
    if numbers is None:
        raise ValueError("no signature")
    return b"".join(map(_octets, numbers))


def new_private_key() -> int:
    """Random, 1 <= d < N - 1 (GB/T 32918.1, 6.1). For practice and tests only."""
    return secrets.randbelow(N - 2) + 1


def public_key(private_key: int) -> Point:
    """d·G. Not constant in time. ValueError when `private_key` is out of range."""
    point = multiply(private_key) if 1 <= private_key < N - 1 else None
    if point is None:
        raise ValueError("private key out of range")
    return point


def sign(private_key: int, data: bytes, identity: bytes = DEFAULT_ID, *, random: int | None = None) -> bytes:
    """DER SEQUENCE(r, s) over `data`. Not constant in time: for practice and tests only.

    `random` fixes k, for the standard's example.
    """
    digest = int.from_bytes(message_digest(public_key(private_key), data, identity), "big")
    while True:
        k = random or new_private_key()
        point = multiply(k)
        r = (digest + point[0]) % N if point else 0
        s = pow(1 + private_key, -1, N) * (k - r * private_key) % N
        if r and s and (r + k) % N:
            return der.wrap(der.SEQUENCE, der.number(r) + der.number(s))


def _holds(point: Point, digest: bytes, signature: bytes) -> bool:
    """GB/T 32918.2, 7.1."""
    numbers = _numbers(signature)
    if numbers is None or not all(0 < number < N for number in numbers):
        return False
    r, s = numbers
    t = (r + s) % N
    found = combine(s, t, point) if t else None
    if found is None:
        return False
    expected = (int.from_bytes(digest, "big") + found[0]) % N
    return hmac.compare_digest(_octets(expected), _octets(r))


def _numbers(signature: bytes) -> tuple[int, int] | None:
    """(r, s) of the DER (GM/T 0009, 7.3) or raw form; no octet may be left over."""
    if len(signature) == 64:
        return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        outer = der.expect(der.read(signature), der.SEQUENCE)
        r, s = (der.integer(der.expect(part, der.INTEGER).content) for part in der.children(outer.content))
    except ValueError:
        return None
    return (r, s) if outer.end == len(signature) else None


@lru_cache(maxsize=64)
def _z(point: Point, identity: bytes) -> bytes:
    fields = (A, B, *G, *point)
    return sm3((8 * len(identity)).to_bytes(2, "big"), identity, *map(_octets, fields))


def _octets(number: int) -> bytes:
    return number.to_bytes(32, "big")


def _oid(dotted: str) -> bytes:
    return der.wrap(der.OID, der.object_identifier_octets(dotted))
