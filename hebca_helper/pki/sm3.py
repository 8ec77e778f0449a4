"""SM3 (GB/T 32905-2016, GM/T 0004-2012): 32 octets, by OpenSSL; some builds leave it out of `hashlib`."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives import hashes

DIGEST_SIZE = 32


def sm3(*pieces: bytes) -> bytes:
    """Digest of the pieces one after the other."""
    try:
        made = hashlib.new("sm3")
    except ValueError:
        return _from_library(pieces)
    for piece in pieces:
        made.update(piece)
    return made.digest()


def _from_library(pieces: tuple[bytes, ...]) -> bytes:
    """pyca/cryptography brings an OpenSSL of its own."""
    made = hashes.Hash(hashes.SM3())
    for piece in pieces:
        made.update(piece)
    return made.finalize()
