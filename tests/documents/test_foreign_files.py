"""Seals, seal signatures and messages as programs that nobody here knows may write them: each is judged as it deserves, in
the words of `check --json`, and with an octet changed never called valid."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any

import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import core

from hebca_helper.documents import cms as documents_cms
from hebca_helper.documents.checking import check
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.sm3 import sm3
from hebca_helper.seals.checking import check_seal_signature
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.seal_signature import read_seal_signature
from hebca_helper.seals.words import Content, State, Verdict
from tests.documents import foreign_cms as cms
from tests.documents import foreign_seals as make
from tests.documents.foreign_cms import GM, SHA1, SM3, Writer
from tests.documents.foreign_seals import MAKER, SIGNER, holder, stamper
from tests.pki import certificate_maker as maker
from tests.pki.certificate_maker import oid, sequence, tagged
from tests.seals.seal_maker import (
    LAST,
    MADE,
    NOW,
    PNG,
    SIGNED,
    bits,
    generalized,
    ia5,
    number,
    octets,
    raw,
    utc,
)

KINDS = ("sm2", "rsa", "ec")
ROOTS = Roots([Certificate.parse(make.authority(kind).der) for kind in KINDS])
DOCUMENT = b"<Signature>somebody's</Signature>"
Row = dict[str, Any]


def judged(data: bytes, roots: Roots = ROOTS) -> Row:
    return check(data, roots, NOW)


def summary(row: Row) -> tuple[str, ...]:
    """kind, verdict, trust, and the seal's signature or each signature's format, document, signature and certificate."""
    seal = [row["seal"]["version"], row["seal"]["signature"]] if row["seal"] else []
    of = ("format", "document", "signature", "certificate_at_signing")
    return (
        row["kind"],
        row["verdict"],
        row["trust"],
        *seal,
        *(each[name] for each in row["signatures"] for name in of),
    )


# --- seals

EXTENSION = sequence(oid("1.2.156.112600.7.1"), core.Boolean(False).dump(), octets(b"91350100M000100Y43"))
FRACTIONS = b"\x18\x1320250601010000.123Z"
ODD_PICTURES = {
    "png": PNG,
    ".GIF": b"GIF89a\x40\0\x40\0",
    "image/bmp": b"BM" + bytes(30),
    "jpeg": b"\xff\xd8\xff\xe0",
    "Svg": b"<svg/>",
    "ofd": b"PK\3\4",
    "": b"",
    "图片": b"?",
}


def digests(algorithm: str, value: bytes) -> bytes:
    return sequence(sequence(core.PrintableString(algorithm).dump(), octets(value)))


@lru_cache
def good_seals() -> dict[str, bytes]:
    return {
        **{f"{year} {kind}": make.seal(year, kind) for year in (2014, 2020, 2025) for kind in KINDS},
        **{
            f"picture {name}": make.seal(
                2020,
                "sm2",
                {"picture_type": ia5(name), "picture": octets(data), "width": number(30), "height": number(20)},
            )
            for name, data in ODD_PICTURES.items()
        },
        "2014 with GeneralizedTime": make.seal(2014, "sm2", {"created": generalized(MADE), "last": generalized(LAST)}),
        "2020 with UTCTime": make.seal(
            2020, "sm2", {each: utc(at) for each, at in (("created", MADE), ("last", LAST))}
        ),
        "fractions of seconds": make.seal(2020, "sm2", {"created": FRACTIONS}),
        "a name as BMPString": make.seal(2020, "sm2", {"name": bytes(core.BMPString("演示公司").dump())}),
        "a name in GBK": make.seal(2014, "sm2", {"name": b"\x0c\x08" + "演示公司".encode("gbk")}),
        "raw signature": make.seal(2020, "sm2", written=lambda value: bits(raw(value))),
        "signature as OCTET STRING": make.seal(2020, "sm2", written=octets),
        "algorithm with parameters": make.seal(2020, "rsa", {"algorithm": cms.null_identifier(maker.SHA256_RSA)}),
        "algorithm is the key's": make.seal(2020, "rsa", {"algorithm": oid(cms.RSA)}),
        "certificate not wrapped": make.seal(2020, "sm2", {"maker": holder("sm2", MAKER).der}),
        "list not wrapped": make.seal(2020, "sm2", {"list": sequence(holder("sm2", SIGNER).der)}),
        "list of digests": make.seal(2020, "sm2", {"list_type": number(2), "list": digests("SM3", sm3(b"x"))}),
        "identifier for list": make.seal(2014, "sm2", {"list": ia5("0123")}),
        "empty list": make.seal(2020, "sm2", {"list": sequence()}),
        "extensions [0]": make.seal(2014, "sm2", {"extensions": tagged(0, sequence(EXTENSION))}),
        "extensions in octets": make.seal(2014, "sm2", {"extensions": octets(sequence(EXTENSION))}),
        "extensions of some sort": make.seal(2020, "sm2", {"extensions": sequence(number(1), number(2))}),
        "type 15 and header 11": make.seal(2014, "sm2", {"type": number(15), "version": number(11)}),
        "dummy time stamp": make.seal(2025, "sm2", {"stamp": tagged(0, bits(b"\1\2\3"))}),
        "five fields, header 4": make.seal(2020, "sm2", {"stamp": tagged(0, bits(b"\1\2\3"))}),
        "2025 with a time stamp": make.seal(
            2025, "rsa", stamp=lambda value: bits(cms.token(value, Writer(stamper("sm2"))))
        ),
    }


def test_seals() -> None:
    for name, data in good_seals().items():
        row = judged(data)
        year = row["seal"]["version"]
        assert summary(row) == ("seal", "valid", "trusted", year, "valid"), name
        assert year in name or not name[:4].isdigit()
        assert row["seal"]["signer_listed"] is None
        assert set(row["seal"]["picture"]) == {"type", "width_mm", "height_mm"}


def test_wrappings_of_files() -> None:
    good = good_seals()["2020 sm2"]
    text = base64.b64encode(good)
    pem = b"-----BEGIN SEAL-----\r\nVersion: 1\r\n\r\n" + base64.encodebytes(good) + b"-----END SEAL-----\r\n"
    written = [
        text,
        text.rstrip(b"="),
        base64.urlsafe_b64encode(good),
        pem,
        good.hex().encode(),
        b"0x" + good.hex(":").encode(),
    ]
    written += [b"\xef\xbb\xbf" + text, b"data:application/octet-stream;base64," + text, octets(good), good + bytes(9)]
    assert [judged(each)["verdict"] for each in written] == ["valid"] * len(written)
    assert judged(good + b"more")["verdict"] == "unreadable"


def test_seals_that_are_not_good() -> None:
    other = make.sign("sm2", SIGNER, b"")
    unknown = make.seal(2020, "sm2", {"algorithm": oid("1.2.3.4")})
    foreign = make.seal(2020, "sm2", {"maker": octets(holder("ec", MAKER).der)})
    encrypting = maker.root("ROOT sm2", maker.sm2_key(1)).certificate(
        maker.ca_name("x"), maker.spki(maker.sm2_key(MAKER)), extensions=[maker.ENCRYPTING]
    )
    assert summary(judged(unknown)) == ("seal", "indeterminate", "trusted", "2020", "unknown")
    assert judged(make.seal(2020, "sm2", written=lambda _: bits(other)))["verdict"] == "invalid"
    assert judged(foreign)["verdict"] == "invalid"
    assert judged(make.seal(2020, "sm2", {"maker": octets(b"none")}))["verdict"] == "indeterminate"
    assert judged(make.seal(2020, "sm2", {"maker": octets(encrypting)}))["verdict"] == "invalid"
    for service in (stamper("sm2"), holder("sm2", 5)):
        stamp = bits(cms.token(b"other", Writer(service)))
        assert judged(make.seal(2025, "sm2", {"stamp": tagged(0, stamp)}))["verdict"] == "invalid"


def test_what_is_no_seal_is_not_called_a_damaged_one() -> None:
    certificate = holder("sm2", SIGNER).der
    v1 = sequence(sequence(number(1), sequence(oid(SM3)), sequence()), sequence(oid(SM3)), bits(b""))
    for data in (certificate, v1, make.authority("rsa").crl(), b"text", b"", base64.b64encode(certificate)):
        row = judged(data)
        assert (row["kind"], row["verdict"]) == ("seal", "unreadable")
        assert "不是印章" in row["problem"]["detail"]


# --- seal signatures

SIGNATURES: dict[str, Callable[[], bytes]] = {
    **{
        f"{year} {kind}": partial(make.signature, sm3(DOCUMENT), year, kind)
        for year in (2014, 2020, 2025)
        for kind in KINDS
    },
    "rsa over sha256": lambda: make.signature(hashlib.sha256(DOCUMENT).digest(), 2020, "rsa"),
    "ec over sha256": lambda: make.signature(hashlib.sha256(DOCUMENT).digest(), 2020, "ec"),
    "raw": lambda: make.signature(sm3(DOCUMENT), written=lambda value: bits(raw(value))),
    "seal of 2014": lambda: make.signature(sm3(DOCUMENT), sealed=make.seal(2014, "sm2")),
    "list of digests": lambda: make.signature(
        sm3(DOCUMENT),
        sealed=make.seal(
            2020, "sm2", {"list_type": number(2), "list": digests("SM-3", sm3(holder("sm2", SIGNER).der))}
        ),
    ),
    "digest with another name": lambda: make.signature(
        sm3(DOCUMENT),
        sealed=make.seal(2020, "sm2", {"list_type": number(2), "list": digests("GM", sm3(holder("sm2", SIGNER).der))}),
    ),
    "certificate among the signed": lambda: make.signature(
        sm3(DOCUMENT), changes={"time": utc(SIGNED), "extensions": octets(holder("sm2", SIGNER).der)}
    ),
    "extensions": lambda: make.signature(sm3(DOCUMENT), changes={"extensions": tagged(0, sequence(EXTENSION))}),
    "version 3": lambda: make.signature(sm3(DOCUMENT), changes={"version": number(3)}),
    "UTCTime as text": lambda: make.signature(sm3(DOCUMENT), 2014, "sm2", {"time": bits(b"260203040506Z")}),
    "UTCTime in a bit string": lambda: make.signature(sm3(DOCUMENT), 2014, "sm2", {"time": bits(utc(SIGNED))}),
    "stamped": lambda: make.signature(
        sm3(DOCUMENT), stamp=lambda value: bits(cms.token(value, Writer(stamper("sm2"))))
    ),
    "stamped by a GM service": lambda: make.signature(
        sm3(DOCUMENT), stamp=lambda value: bits(cms.token(value, Writer(stamper("sm2")), arc=GM))
    ),
    "stamped with rsa": lambda: make.signature(
        sm3(DOCUMENT), 2025, "rsa", stamp=lambda value: bits(cms.token(value, Writer(stamper("rsa"))))
    ),
    "stamped, in a whole answer": lambda: make.signature(
        sm3(DOCUMENT),
        stamp=lambda value: octets(sequence(sequence(number(0)), cms.token(value, Writer(stamper("rsa"))))),
    ),
    "a token for a time": lambda: make.signature(
        sm3(DOCUMENT), 2014, "sm2", {"time": bits(cms.token(DOCUMENT, Writer(stamper("sm2"))))}
    ),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_seal_signatures(name: str) -> None:
    data = SIGNATURES[name]()
    report = check_seal_signature(read_seal_signature(data), DOCUMENT, ROOTS, NOW)
    assert (report.verdict, report.document, report.signer_listed) == (Verdict.VALID, Content.UNCHANGED, True)
    changed = check_seal_signature(read_seal_signature(data), DOCUMENT + b" ", ROOTS, NOW)
    assert (changed.verdict, changed.document) == (Verdict.INVALID, Content.CHANGED)
    row = judged(data)
    assert summary(row) == ("signature", "indeterminate", "trusted", "ses", "unknown", "valid", "valid")
    (found,) = row["signatures"]
    assert found["signed_at"].startswith("2026-02-03T04:05:06") and found["seal"]["signer_listed"] is True
    stamped = "stamped" in name or "token" in name
    assert found["details"]["time_stamp"] == ("valid" if stamped else None)
    if stamped:
        assert found["details"]["time_stamp_at"] == "2026-02-03T04:05:06+00:00"
        assert found["details"]["time_stamp_service"]["trust"] == "trusted"


def stamped(stamp: Callable[[bytes], bytes], year: int = 2020) -> tuple[Verdict, State | None]:
    data = make.signature(sm3(DOCUMENT), year, "sm2", stamp=stamp)
    report = check_seal_signature(read_seal_signature(data), DOCUMENT, ROOTS, NOW)
    return report.verdict, report.time_stamp.state if report.time_stamp else None


def changed(data: bytes, at: bytes) -> bytes:
    """Another octet where `at` ends."""
    place = data.rindex(at) + len(at) - 1
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_time_stamps_that_are_not_good() -> None:
    service = Writer(stamper("sm2"))
    late = SIGNED + timedelta(days=3)
    assert stamped(lambda _: bits(cms.token(b"another", service))) == (Verdict.INVALID, State.INVALID)
    assert stamped(lambda value: bits(cms.token(value, Writer(holder("sm2", 5))))) == (
        Verdict.INDETERMINATE,
        State.UNKNOWN,
    )
    assert stamped(lambda _: bits(b"\1\2\3")) == (Verdict.INDETERMINATE, State.UNKNOWN)
    assert stamped(lambda value: bits(cms.token(value, replace(service, digest=SHA1)))) != (Verdict.VALID, State.VALID)
    assert stamped(lambda value: bits(cms.token(value, service, at=late))) == (Verdict.INDETERMINATE, State.VALID)
    for mark in (oid(SM3), generalized(SIGNED), number(7)):
        assert stamped(lambda value, at=mark: bits(changed(cms.token(value, service), at)))[0] is not Verdict.VALID  # type: ignore[misc]
    unclear = make.signature(sm3(DOCUMENT), 2014, "sm2", {"time": bits(cms.token(b"?", service))})
    report = check_seal_signature(read_seal_signature(unclear), DOCUMENT, ROOTS, NOW)
    assert (report.verdict, report.signature.signed_at) == (Verdict.INDETERMINATE, SIGNED)


def test_expired_by_now_but_in_force_when_signing() -> None:
    later = LAST + timedelta(days=900)
    data = make.signature(sm3(DOCUMENT))
    report = check_seal_signature(read_seal_signature(data), DOCUMENT, ROOTS, later)
    assert report.verdict is Verdict.VALID
    assert check(make.seal(), ROOTS, later)["seal"]["period"] == "expired"


# --- messages

CONTENT = b"what was signed"
S, R, E = (Writer(holder(kind, SIGNER)) for kind in KINDS)


def counter(writer: Writer) -> Callable[[bytes], list[tuple[str, bytes]]]:
    return lambda value: [(cms.COUNTER, replace(writer, countersigns=True).info(value, ""))]


def with_token(over: bytes | None = None) -> Callable[[bytes], list[tuple[str, bytes]]]:
    return lambda value: [(cms.TIME_STAMP, cms.token(value if over is None else over, Writer(stamper("rsa"))))]


GOOD = ("unchanged", "valid", "valid")
MESSAGES: dict[str, tuple[Callable[[], bytes], tuple[str, ...]]] = {
    "sm2, GB/T 35275": (lambda: cms.signed(CONTENT, S, arc=GM), ("valid", "trusted", "cms-sm2", *GOOD)),
    "sm2, RFC 5652": (lambda: cms.signed(CONTENT, S), ("valid", "trusted", "cms-sm2", *GOOD)),
    "sm2 by the key's name": (lambda: cms.signed(CONTENT, replace(S, name=cms.EC)), ("valid", "trusted", "cms-sm2", *GOOD)),
    "rsa": (lambda: cms.signed(CONTENT, R), ("valid", "trusted", "cms-rsa", *GOOD)),
    "rsa, GB/T 35275": (lambda: cms.signed(CONTENT, R, arc=GM), ("valid", "trusted", "cms-rsa", *GOOD)),
    "rsa with sha1": (lambda: cms.signed(CONTENT, replace(R, digest=SHA1)), ("valid", "trusted", "cms-rsa", *GOOD)),
    "rsa with sm3": (
        lambda: cms.signed(CONTENT, replace(R, digest=SM3, name="1.2.156.10197.1.504")),
        ("valid", "trusted", "cms-rsa", *GOOD),
    ),
    "ec": (lambda: cms.signed(CONTENT, E), ("valid", "trusted", "cms-ec", *GOOD)),
    "indefinite lengths": (lambda: cms.signed(CONTENT, R, indefinite=True), ("valid", "trusted", "cms-rsa", *GOOD)),
    "sm2, indefinite lengths": (lambda: cms.signed(CONTENT, S, indefinite=True), ("valid", "trusted", "cms-sm2", *GOOD)),
    "without attributes": (lambda: cms.signed(CONTENT, replace(S, attributes=False), arc=GM), ("indeterminate", "trusted", "cms-sm2", "unchanged", "valid", "unknown")),
    "detached": (lambda: cms.signed(None, E, detached=CONTENT), ("indeterminate", "trusted", "cms-ec", "unknown", "valid", "valid")),
    "detached, bare": (lambda: cms.signed(None, replace(R, attributes=False), detached=CONTENT), ("indeterminate", "trusted", "cms-rsa", "unknown", "unknown", "unknown")),
    "three signers": (lambda: cms.signed(CONTENT, S, R, E), ("valid", "trusted", "cms-sm2", *GOOD, "cms-rsa", *GOOD, "cms-ec", *GOOD)),
    "one of two is wrong": (lambda: cms.signed(CONTENT, S, replace(R, name=maker.SHA384_RSA)), ("indeterminate", "trusted", "cms-sm2", *GOOD, "cms-rsa", "unknown", "unknown", "valid")),
    "certificates alone": (lambda: cms.signed(CONTENT, further=[holder("rsa").der]), ("unsigned", "unknown")),
    "stamped": (lambda: cms.signed(CONTENT, replace(R, at=None, beside=with_token())), ("valid", "trusted", "cms-rsa", *GOOD)),
    "stamped by mistake": (lambda: cms.signed(CONTENT, replace(R, beside=with_token(b"?"))), ("invalid", "trusted", "cms-rsa", *GOOD)),
    "countersigned": (lambda: cms.signed(CONTENT, replace(R, beside=counter(S)), further=[S.holder.der]), ("valid", "trusted", "cms-rsa", *GOOD)),
    "countersigned by an unknown": (lambda: cms.signed(CONTENT, replace(R, beside=counter(S))), ("indeterminate", "trusted", "cms-rsa", *GOOD)),
    "countersigning another": (lambda: cms.signed(CONTENT, replace(R, beside=lambda _: counter(S)(b"?")), further=[S.holder.der]), ("invalid", "trusted", "cms-rsa", *GOOD)),
    "too early": (lambda: cms.signed(CONTENT, replace(R, at=maker.START - timedelta(1))), ("invalid", "untrusted", "cms-rsa", "unchanged", "valid", "not_yet_valid")),
    "an unknown digest": (lambda: cms.signed(CONTENT, S).replace(oid(SM3), oid("1.2.156.10197.1.409")), ("indeterminate", "trusted", "cms-sm2", "unknown", "unknown", "valid")),
}  # fmt: skip


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    write, expected = MESSAGES[name]
    data = write()
    for each in (data, base64.encodebytes(data), b"-----BEGIN PKCS7-----\n" + base64.encodebytes(data) + b"-----END PKCS7-----\n"):  # fmt: skip
        assert summary(judged(each)) == ("signature", *expected)


def test_a_time_stamp_of_anybody_moves_no_time() -> None:
    """It stands in a part that nobody signed: whoever likes can add one of a service of his own."""
    known = Roots([Certificate.parse(make.authority("rsa").der)])

    def with_stamp(claimed: datetime | None) -> bytes:
        return cms.signed(
            CONTENT,
            replace(R, at=claimed, beside=lambda value: [(cms.TIME_STAMP, cms.token(value, Writer(stamper("sm2"))))]),
        )

    early = with_stamp(maker.START - timedelta(1))
    assert judged(early)["verdict"] == "valid", "a trusted service says when"
    row = judged(early, known)
    details = row["signatures"][0]["details"]
    assert (row["verdict"], details["time_stamp"], details["time_doubtful"]) == ("invalid", "valid", True)
    assert details["time_stamp_service"]["trust"] != "trusted"
    assert judged(with_stamp(SIGNED), known)["verdict"] == "valid"
    assert judged(with_stamp(SIGNED - timedelta(3)), known)["verdict"] == "indeterminate"
    assert judged(with_stamp(None), known)["verdict"] == "indeterminate"


def test_a_signature_with_too_many_time_stamps_is_not_read() -> None:
    def stamped_often(times: int) -> bytes:
        return cms.signed(CONTENT, replace(R, beside=lambda value: with_token()(value) * times))

    most = documents_cms.MOST_TIME_STAMPS
    assert judged(stamped_often(most))["verdict"] == "valid"
    with pytest.raises(HelperError) as caught:
        documents_cms.check_cms(stamped_often(most + 1), [], ROOTS, NOW)
    assert caught.value.code is Code.MESSAGE_UNREADABLE


# --- one octet changed


def test_a_seal_with_an_octet_changed_is_never_valid_and_trusted() -> None:
    """Of the octets of a certificate that nobody signed here, at most the trust can be lost."""
    chosen = {name: data for name, data in good_seals().items() if name[:4].isdigit() and "stamp" not in name}
    for name, good in chosen.items():
        dice = random.Random(name)
        for place in dice.sample(range(len(good)), 60):
            row = judged(good[:place] + bytes([good[place] ^ 1 << dice.randrange(8)]) + good[place + 1 :])
            assert (row["verdict"], row["trust"]) != ("valid", "trusted"), (name, place)


@pytest.mark.parametrize("name", [name for name in MESSAGES if MESSAGES[name][1][0] == "valid" and "GB" not in name])
def test_a_message_with_a_signed_octet_changed_is_never_valid(name: str) -> None:
    """The lists of algorithms and such nobody signs."""
    good, dice = MESSAGES[name][0](), random.Random(name)
    signer = asn1_cms.ContentInfo.load(good)["content"]["signer_infos"][0]
    for part in (CONTENT[:5], signer["signed_attrs"].contents, signer["signature"].contents):
        start = good.rindex(part)
        for place in dice.sample(range(start, start + len(part)), 5):
            row = judged(good[:place] + bytes([good[place] ^ 1 << dice.randrange(8)]) + good[place + 1 :])
            assert row["verdict"] not in ("valid", "unidentified"), place


@pytest.mark.parametrize("outer", [GM, cms.PKCS7])
@pytest.mark.parametrize(("named", "signed"), [(GM, cms.PKCS7), (cms.PKCS7, GM), (GM, GM)])
def test_content_has_one_type_under_the_names_of_both_standards(outer: str, named: str, signed: str) -> None:
    for writer in (S, R):
        data = cms.signed(CONTENT, writer, arc=outer, content_type=f"{named}1", signed_type=f"{signed}1")
        assert judged(data)["verdict"] == "valid"
        other = cms.signed(CONTENT, writer, arc=outer, content_type=f"{named}1", signed_type=f"{signed}5")
        assert judged(other)["verdict"] == "invalid"
    bare = cms.signed(CONTENT, replace(S, attributes=False), arc=outer, content_type=f"{named}1")
    assert judged(bare)["signatures"][0]["document"] == "unchanged"


def out_of_force() -> Writer:
    """A time stamp service whose certificate had expired when it stamped."""
    end = SIGNED - timedelta(days=1)
    usage = maker.extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.8")), critical=True)
    own = make.authority("rsa").certificate(
        maker.ca_name("TSA"), maker.spki(maker.rsa_key(5)), end=end, extensions=[maker.SIGNING, usage]
    )
    return Writer(replace(holder("rsa"), der=own, key=maker.rsa_key(5)))


def test_a_time_stamp_of_an_expired_service_only_claims_a_time() -> None:
    late = out_of_force()

    def beside(*services: Writer) -> Callable[[bytes], list[tuple[str, bytes]]]:
        return lambda value: [(cms.TIME_STAMP, cms.token(value, each)) for each in services]

    row = judged(cms.signed(CONTENT, replace(R, beside=beside(late))))
    details = row["signatures"][0]["details"]
    assert (row["verdict"], details["time_stamp"], details["time_stamp_service"]["standing"]) == (
        "valid",
        "unknown",
        "expired",
    )
    both = judged(cms.signed(CONTENT, replace(R, at=None, beside=beside(late, Writer(stamper("rsa"))))))
    assert (both["verdict"], both["signatures"][0]["details"]["time_stamp"]) == ("valid", "valid"), "another one holds"
    none = judged(cms.signed(CONTENT, replace(R, at=None, beside=beside(late))))
    assert (none["verdict"], none["signatures"][0]["signed_at"]) == ("indeterminate", None), "nothing proves its time"
    assert stamped(lambda value: bits(cms.token(value, late))) == (Verdict.VALID, State.UNKNOWN)
    assert stamped(lambda _: bits(cms.token(b"another", late))) == (Verdict.INVALID, State.INVALID)
