"""Seals and seal signatures of every version for tests, and as wrong as a test wants them.

Written with asn1crypto's primitives: nothing of the reader under test is used.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache

from asn1crypto import core, parser

from tests.pki import certificate_maker as maker
from tests.pki.certificate_maker import AnyKey, Authority, sequence, tagged

MADE = datetime(2025, 6, 1, 1, 0, tzinfo=UTC)
SIGNED = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
FIRST, LAST = datetime(2025, 6, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\x90\0\0\1\x90\x08\6\0\0\0"
NOW = maker.NOW


def ia5(text: str) -> bytes:
    """In UTF-8, as makers write what IA5String has no letters for."""
    return bytes(parser.emit(0, 0, 22, text.encode()))


def octets(data: bytes) -> bytes:
    return bytes(core.OctetString(data).dump())


def bits(data: bytes) -> bytes:
    return bytes(core.OctetBitString(data).dump())


def number(value: int) -> bytes:
    return bytes(core.Integer(value).dump())


def utc(moment: datetime) -> bytes:
    return bytes(core.UTCTime(moment).dump())


def generalized(moment: datetime) -> bytes:
    return bytes(core.GeneralizedTime(moment).dump())


@dataclass(frozen=True)
class Holder:
    """A certificate and its key."""

    der: bytes
    key: AnyKey

    def sign(self, data: bytes) -> bytes:
        return maker.sign(self.key, algorithm(self.key), data)


def algorithm(key: AnyKey) -> str:
    return maker.SM3_SM2 if isinstance(key, maker.Sm2Key) else maker.SHA256_RSA


def authority(rsa: bool = False) -> Authority:
    return _authority(rsa)


@lru_cache
def _authority(rsa: bool) -> Authority:
    return maker.root("SEAL ROOT", maker.rsa_key(1) if rsa else maker.sm2_key(1))


def seal_maker(rsa: bool = False) -> Holder:
    return _seal_maker(rsa)


@lru_cache
def _seal_maker(rsa: bool) -> Holder:
    key = maker.rsa_key(3) if rsa else maker.sm2_key(3)
    return Holder(authority(rsa).certificate(maker.ca_name("制章中心"), maker.spki(key), serial=3), key)


def signer(rsa: bool = False) -> Holder:
    return _signer(rsa)


@lru_cache
def _signer(rsa: bool) -> Holder:
    key = maker.rsa_key(4) if rsa else maker.sm2_key(4)
    return Holder(authority(rsa).certificate(public_key=maker.spki(key), serial=4), key)


@dataclass(frozen=True)
class SealPlan:
    """What a seal holds; `certificates` and `extensions` are ready DER, None for the usual."""

    year: int = 2020
    rsa: bool = False
    mark: str = "ES"
    header_version: int | None = None
    seal_type: int = 1
    picture: tuple[str, bytes, int, int] = ("PNG", PNG, 40, 40)
    list_type: int = 1
    certificates: bytes | None = None
    extensions: bytes = b""
    time_stamp: bytes = b""
    raw_signature: bool = False
    time: object = None
    period: tuple[datetime, datetime] = field(default=(FIRST, LAST))
    maker: Holder | None = None
    algorithm: str = ""

    def but(self, **changes: object) -> SealPlan:
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def holder(self) -> Holder:
        return self.maker or seal_maker(self.rsa)


def information(plan: SealPlan) -> bytes:
    time = utc if plan.year == 2014 else generalized
    version = plan.header_version or {2014: 1, 2020: 4, 2025: 5}[plan.year]
    listed = plan.certificates if plan.certificates is not None else sequence(octets(signer(plan.rsa).der))
    kind, data, width, height = plan.picture
    properties = sequence(
        number(plan.seal_type),
        bytes(core.UTF8String("演示建筑工程有限公司").dump()),
        b"" if plan.year == 2014 else number(plan.list_type),
        listed,
        *map(time, (MADE, *plan.period)),
    )
    return sequence(
        sequence(ia5(plan.mark), number(version), ia5("TEST")),
        ia5("13010500000001"),
        properties,
        sequence(ia5(kind), octets(data), number(width), number(height)),
        plan.extensions,
    )


def seal(plan: SealPlan = SealPlan()) -> bytes:
    info, holder = information(plan), plan.holder
    certificate, oid = octets(holder.der), maker.oid(plan.algorithm or algorithm(holder.key))
    covered = sequence(info, certificate, oid) if plan.year == 2014 else info
    signature = holder.sign(covered)
    written = bits(raw(signature) if plan.raw_signature else signature)
    if plan.year == 2014:
        return sequence(info, sequence(certificate, oid, written))
    return sequence(info, certificate, oid, written, tagged(0, plan.time_stamp) if plan.time_stamp else b"")


def raw(signature: bytes) -> bytes:
    """r ‖ s of DER."""
    numbers = [core.Integer.load(part).native for part in maker.parts(signature)]
    return b"".join(each.to_bytes(32, "big") for each in numbers)


def signature(
    digest: bytes,
    plan: SealPlan = SealPlan(),
    *,
    sealed: bytes | None = None,
    holder: Holder | None = None,
    at: bytes | None = None,
    property_info: str = "/Doc_0/Signs/Sign_0/Signature.xml",
) -> bytes:
    """SES_Signature over a document with that digest."""
    holder = holder or signer(plan.rsa)
    certificate, oid = octets(holder.der), maker.oid(algorithm(holder.key))
    when = at or (bits(b"2026-02-03T04:05:06Z") if plan.year == 2014 else generalized(SIGNED))
    version = {2014: 1, 2020: 4, 2025: 5}[plan.year]
    common = [number(version), sealed or seal(plan), when, bits(digest), ia5(property_info)]
    if plan.year == 2014:
        covered = sequence(*common, certificate, oid)
        return sequence(covered, bits(holder.sign(covered)))
    covered = sequence(*common)
    return sequence(covered, certificate, oid, bits(holder.sign(covered)))
