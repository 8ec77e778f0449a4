"""A clock that tests move, and keys that sign for real."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.extensions import Usage
from hebca_helper.practice.names import COMPANY, Holder

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class MovingClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@dataclass
class HeldCertificate:
    """A certificate of the practice CA with its key: signs as a USBKEY does (RSA: SHA-1, EC: SHA-256)."""

    key: PrivateKey
    der: bytes

    async def certificate(self) -> str:
        return base64.b64encode(self.der).decode()

    async def sign(self, text: str) -> str:
        return base64.b64encode(self._signed(text.encode("gbk"))).decode()

    def _signed(self, data: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 what the wire prescribes
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


@cache
def rsa_key(_name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


Issue = Callable[..., HeldCertificate]


def issued(
    ca: PracticeCa,
    holder: Holder = COMPANY,
    *,
    key: PrivateKey | None = None,
    days: tuple[float, float] = (-1, 365),
    usage: Usage = Usage.SIGN,
    now: datetime | None = None,
) -> HeldCertificate:
    """A certificate by `ca`, valid between two distances in days from `now`, and its key."""
    key = key or rsa_key(holder.digits)
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    first, last = ((now or datetime.now(UTC)) + timedelta(days=count) for count in days)
    return HeldCertificate(key, ca.issue(spki, holder, usage, first, last))
