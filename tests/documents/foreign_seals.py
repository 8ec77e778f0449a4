"""Seals and seal signatures put together field by field, so that each can be written as another maker writes it. Nothing of
the reader under test is used but SM3 and SM2's signing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from asn1crypto import core, x509

from tests.documents.foreign_cms import Writer
from tests.pki import certificate_maker as maker
from tests.pki.certificate_maker import Authority, oid, sequence, tagged
from tests.seals.seal_maker import FIRST, LAST, MADE, PNG, SIGNED, Holder, bits, generalized, ia5, number, octets, utc

Fields = dict[str, bytes]
STAMPING = maker.extension("2.5.29.37", bytes(x509.ExtKeyUsageSyntax(["time_stamping"]).dump()), True)


@lru_cache
def authority(kind: str) -> Authority:
    return maker.root(f"ROOT {kind}", _key(kind, 1))


@lru_cache
def holder(kind: str, number: int = 2, *further: bytes) -> Holder:
    """A certificate of that kind of key (sm2, rsa, ec), from the root of the same kind."""
    key = _key(kind, number)
    extensions = (maker.HEBCA_CONSTRAINTS, maker.SIGNING, *further)
    subject = maker.ca_name(f"{kind} {number}")
    issued = authority(kind).certificate(subject, maker.spki(key), serial=number, extensions=extensions)
    return Holder(issued, key)


def _key(kind: str, number: int) -> maker.AnyKey:
    if kind == "sm2":
        return maker.sm2_key(number)
    return maker.rsa_key(number) if kind == "rsa" else maker.ec_key(number)


MAKER, SIGNER, SERVICE = 2, 3, 4


def stamper(kind: str) -> Holder:
    return holder(kind, SERVICE, STAMPING)


def scheme(kind: str) -> str:
    return {"sm2": maker.SM3_SM2, "rsa": maker.SHA256_RSA, "ec": maker.SHA256_ECDSA}[kind]


def sign(kind: str, number: int, data: bytes) -> bytes:
    return Writer(holder(kind, number)).sign(data)


def seal_fields(year: int, kind: str) -> Fields:
    """What a seal is made of, by name, as the standard of that year has it."""
    time = utc if year == 2014 else generalized
    return {
        "mark": ia5("ES"),
        "version": number({2014: 1, 2020: 4, 2025: 5}[year]),
        "vendor": ia5("GOMAIN"),
        "id": ia5("13010500000001"),
        "type": number(1),
        "name": bytes(core.UTF8String("演示建筑工程有限公司").dump()),
        "list_type": b"" if year == 2014 else number(1),
        "list": sequence(octets(holder(kind, SIGNER).der)),
        "created": time(MADE),
        "first": time(FIRST),
        "last": time(LAST),
        "picture_type": ia5("PNG"),
        "picture": octets(PNG),
        "width": number(40),
        "height": number(40),
        "extensions": b"",
        "maker": octets(holder(kind, MAKER).der),
        "algorithm": oid(scheme(kind)),
        "stamp": b"",
    }


def seal(
    year: int = 2020,
    kind: str = "sm2",
    changes: Mapping[str, bytes] = {},
    written: Callable[[bytes], bytes] = bits,
    stamp: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """`written`: how the signature stands there; `stamp`: what [0] holds, from the signature."""
    given = seal_fields(year, kind) | dict(changes)
    info = sequence(
        sequence(given["mark"], given["version"], given["vendor"]),
        given["id"],
        sequence(*(given[each] for each in ("type", "name", "list_type", "list", "created", "first", "last"))),
        sequence(*(given[each] for each in ("picture_type", "picture", "width", "height"))),
        given["extensions"],
    )
    beside = given["maker"], given["algorithm"]
    signature = sign(kind, MAKER, sequence(info, *beside) if year == 2014 else info)
    if year == 2014:
        return sequence(info, sequence(*beside, written(signature)))
    return sequence(info, *beside, written(signature), tagged(0, stamp(signature)) if stamp else given["stamp"])


def signature(
    digest: bytes,
    year: int = 2020,
    kind: str = "sm2",
    changes: Mapping[str, bytes] = {},
    *,
    sealed: bytes | None = None,
    written: Callable[[bytes], bytes] = bits,
    stamp: Callable[[bytes], bytes] | None = None,
) -> bytes:
    given = {
        "version": number({2014: 1, 2020: 4, 2025: 5}[year]),
        "time": bits(b"2026-02-03T04:05:06.377Z") if year == 2014 else generalized(SIGNED),
        "digest": bits(digest),
        "property": ia5("/Doc_0/Signs/Sign_0/Signature.xml"),
        "extensions": b"",
        "signer": octets(holder(kind, SIGNER).der),
        "algorithm": oid(scheme(kind)),
    } | dict(changes)
    common = [given["version"], sealed or seal(year, kind), *(given[each] for each in ("time", "digest", "property"))]
    beside = given["signer"], given["algorithm"]
    if year == 2014:
        covered = sequence(*common, *beside)
        return sequence(covered, written(sign(kind, SIGNER, covered)))
    covered = sequence(*common, given["extensions"])
    value = sign(kind, SIGNER, covered)
    return sequence(covered, *beside, written(value), tagged(0, stamp(value)) if stamp else b"")
