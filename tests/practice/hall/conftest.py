"""A running hall with a clock that tests move, and keys that sign for real."""

from __future__ import annotations

import base64
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.extensions import Usage
from hebca_helper.practice.hall.server import Hall
from hebca_helper.practice.names import COMPANY, OTHER_COMPANY, Holder

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


@pytest.fixture
def moving() -> MovingClock:
    return MovingClock()


@pytest.fixture(scope="session")
def made_ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two RSA keys take their time: made once, copied into each home."""
    folder = tmp_path_factory.mktemp("made") / "ca"
    PracticeCa.create(folder, MovingClock())
    return folder


@pytest.fixture
def ca(home: Path, made_ca: Path, moving: MovingClock) -> PracticeCa:
    folder = home / "practice" / "ca"
    shutil.copytree(made_ca, folder)
    return PracticeCa.load(folder, moving)


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


@pytest.fixture
def issue(ca: PracticeCa, moving: MovingClock) -> Issue:
    """`issued` by this home's CA at the time of the test's clock; `by` names another CA."""

    def _issue(holder: Holder = COMPANY, *, by: PracticeCa = ca, **options: Any) -> HeldCertificate:
        return issued(by, holder, now=moving.now, **options)

    return _issue


@pytest.fixture
async def hall(home: Path, moving: MovingClock) -> AsyncIterator[Hall]:
    running = Hall(home, port=0, clock=moving)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def company(issue: Issue) -> HeldCertificate:
    return issue()


@pytest.fixture
def other_company(issue: Issue) -> HeldCertificate:
    return issue(OTHER_COMPANY)
