"""SM3 (GB/T 32905-2016, GM/T 0004-2012): 32 octets, by OpenSSL; some builds leave it out of `hashlib`, then by the
OpenSSL that pyca/cryptography brings."""

from __future__ import annotations

import hashlib
from typing import Protocol

DIGEST_SIZE = 32


class Hasher(Protocol):
    """What hashlib's objects do, as far as it is needed."""

    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


def new_sm3() -> Hasher:
    """For content that comes in pieces."""
    try:
        return hashlib.new("sm3")
    except ValueError:
        return _Sm3()


class _Sm3:
    def __init__(self) -> None:
        # Here and not above: a token host may have no packages (tokens/host/skf).
        from cryptography.hazmat.primitives import hashes

        self._made = hashes.Hash(hashes.SM3())

    def update(self, data: bytes) -> None:
        self._made.update(data)

    def digest(self) -> bytes:
        return self._made.copy().finalize()


def sm3(*pieces: bytes) -> bytes:
    """Digest of the pieces one after the other."""
    made = new_sm3()
    for piece in pieces:
        made.update(piece)
    return made.digest()
