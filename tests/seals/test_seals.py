"""Seals: others' real files, seals of our own in every version, and what happens when an octet of them changes."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import core

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import Crl
from hebca_helper.pki.sm3 import sm3
from hebca_helper.seals import pictures, sniffing
from hebca_helper.seals.checking import SealReport, check_seal, listed
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.pictures import PictureKind
from hebca_helper.seals.seal import read_seal
from hebca_helper.seals.sniffing import Kind
from hebca_helper.seals.words import Reason, Standing, State, Trust, Verdict
from tests.pki import certificate_maker as maker
from tests.seals import seal_maker as make
from tests.seals.seal_maker import NOW, SealPlan

SAMPLES = Path(__file__).parents[1] / "data" / "seals"
PLANS = [SealPlan(year, rsa) for year in (2014, 2020, 2025) for rsa in (False, True)]


def roots(plan: SealPlan = SealPlan()) -> Roots:  # noqa: B008 — frozen
    return Roots([Certificate.parse(make.authority(plan.rsa).der)])


def judged(data: bytes, plan: SealPlan = SealPlan()) -> SealReport:  # noqa: B008 — frozen
    return check_seal(read_seal(data), roots(plan), NOW)


def refused(data: bytes) -> bool:
    with pytest.raises(HelperError) as raised:
        read_seal(data)
    return raised.value.code is Code.SEAL_UNREADABLE


@pytest.mark.parametrize(("name", "year", "seal_type"), [("UserV1", "2014", 1), ("UserV4", "2020", 3)])
def test_seals_of_another_maker(name: str, year: str, seal_type: int) -> None:
    data = (SAMPLES / f"ofdrw-{name}.esl").read_bytes()
    seal = read_seal(data)
    assert (seal.version, seal.seal_type, seal.whole) == (year, seal_type, data)
    assert seal.picture.type == "PNG"
    assert (seal.picture.width_mm, seal.picture.height_mm) == (40, 40)
    assert pictures.facts(seal.picture) == (PictureKind.PNG, (400, 400))
    report = check_seal(seal, Roots(), NOW)
    assert (report.verdict, report.signature) == (Verdict.INVALID, State.VALID)
    assert report.reasons == (Reason.SEAL_EXPIRED, Reason.MAKER_UNKNOWN)
    assert report.trust is Trust.UNKNOWN, "its root is not at hand, and that is told"
    assert report.period is Standing.EXPIRED


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.year}-{'rsa' if plan.rsa else 'sm2'}")
def test_every_version_with_both_kinds_of_keys(plan: SealPlan) -> None:
    report = judged(make.seal(plan), plan)
    assert report.seal.version == str(plan.year)
    assert (report.verdict, report.trust, report.period) == (Verdict.VALID, Trust.TRUSTED, Standing.VALID)
    assert report.maker.standing is Standing.VALID
    assert listed(report.seal, make.signer(plan.rsa).der) is True
    assert listed(report.seal, make.seal_maker(plan.rsa).der) is False


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.year}-{'rsa' if plan.rsa else 'sm2'}")
def test_nothing_tampered_is_called_valid(plan: SealPlan) -> None:
    """Each octet in turn. With the maker's root at hand, a change may at most take the trust away."""
    good = make.seal(plan)
    for place in range(len(good)):
        changed = good[:place] + bytes([good[place] ^ 0x01]) + good[place + 1 :]
        try:
            report = judged(changed, plan)
        except HelperError as problem:
            assert problem.code in (Code.SEAL_UNREADABLE, Code.TOO_LARGE)
            continue
        assert report.verdict is not Verdict.VALID or report.trust is not Trust.TRUSTED, place


def test_the_rule_of_one_standard_does_not_serve_the_other() -> None:
    """2014 covers maker's certificate and algorithm, 2020 the information alone."""
    info, holder = make.information(SealPlan()), make.seal_maker()
    certificate, oid = make.octets(holder.der), maker.oid(maker.SM3_SM2)
    wrong = maker.sequence(info, certificate, oid, make.bits(holder.sign(maker.sequence(info, certificate, oid))))
    assert judged(wrong).signature is State.INVALID


@pytest.mark.parametrize(
    "plan",
    [
        SealPlan(raw_signature=True),
        SealPlan(seal_type=15),
        SealPlan(picture=("ofd", b"PK\x03\x04", 30, 20)),
        SealPlan(year=2014, header_version=11),
        SealPlan(algorithm="1.2.156.10197.1.301.1"),
        SealPlan(algorithm="1.2.156.10197.1.301"),
        SealPlan(year=2025, time_stamp=make.bits(b"\1\2\3")),
        SealPlan(year=2014, certificates=maker.sequence(make.octets(b"no certificate"))),
    ],
    ids=str,
)
def test_what_real_files_do_is_borne(plan: SealPlan) -> None:
    assert judged(make.seal(plan)).verdict is Verdict.VALID


def test_extension_data_in_each_of_its_wrappings() -> None:
    one = maker.sequence(
        maker.oid("1.2.156.112600.7.1"), core.Boolean(False).dump(), make.octets(b"91350100M000100Y43")
    )
    two = maker.sequence(maker.oid("1.2.3"), core.Boolean(True).dump(), make.octets(b"2"))
    plain = maker.sequence(one, two)
    for written in (plain, maker.tagged(0, plain), maker.tagged(0, one + two), make.octets(plain)):
        found = judged(make.seal(SealPlan(year=2014, extensions=written)))
        assert found.verdict is Verdict.VALID
        assert [(each.oid, each.critical) for each in found.seal.extensions] == [
            ("1.2.156.112600.7.1", False),
            ("1.2.3", True),
        ]


def test_a_list_of_digests() -> None:
    der = make.signer().der
    for name, digest in (
        ("SM3", sm3(der)),
        ("1.2.156.10197.1.401", sm3(der)),
        ("SHA256", hashlib.sha256(der).digest()),
    ):
        entry = maker.sequence(core.PrintableString(name).dump(), make.octets(digest))
        seal = read_seal(make.seal(SealPlan(list_type=2, certificates=maker.sequence(entry))))
        assert (listed(seal, der), listed(seal, make.seal_maker().der)) == (True, False)
    unknown = maker.sequence(
        core.PrintableString("MD5").dump(), make.octets(hashlib.md5(der, usedforsecurity=False).digest())
    )
    seal = read_seal(make.seal(SealPlan(list_type=2, certificates=maker.sequence(unknown))))
    assert listed(seal, der) is None, "cannot be told, which is not yes"


def test_an_identifier_instead_of_a_list_names_nobody_for_certain() -> None:
    for written in (make.ia5("1234"), maker.sequence(make.ia5("1234"))):
        seal = read_seal(make.seal(SealPlan(year=2014, certificates=written)))
        assert (seal.signers.identifier, listed(seal, make.signer().der)) == ("1234", None)


def test_what_cannot_be_checked_is_never_valid() -> None:
    unknown_algorithm = judged(make.seal(SealPlan(algorithm="1.2.3.4")))
    assert (unknown_algorithm.signature, unknown_algorithm.verdict) == (State.UNKNOWN, Verdict.INDETERMINATE)
    unreadable = make.Holder(b"no certificate", maker.sm2_key(3))
    assert judged(make.seal(SealPlan(maker=unreadable))).verdict is Verdict.INDETERMINATE
    curve = make.Holder(make.authority().certificate(public_key=maker.unknown_curve_spki()), maker.sm2_key(3))
    assert judged(make.seal(SealPlan(maker=curve, algorithm=maker.SHA256_ECDSA))).verdict is Verdict.INDETERMINATE


def test_the_makers_certificate_is_its_own_point() -> None:
    key = maker.sm2_key(3)
    forger = maker.root("SEAL ROOT", maker.sm2_key(9))
    forged = judged(make.seal(SealPlan(maker=make.Holder(forger.certificate(public_key=maker.spki(key)), key))))
    assert (forged.signature, forged.maker.forged, forged.verdict) == (State.VALID, True, Verdict.INVALID)
    other = maker.root("OTHER ROOT", maker.sm2_key(9))
    unknown = judged(make.seal(SealPlan(maker=make.Holder(other.certificate(public_key=maker.spki(key)), key))))
    assert (unknown.verdict, unknown.trust) == (Verdict.UNIDENTIFIED, Trust.UNKNOWN)
    own = make.Holder(other.der, maker.sm2_key(9))
    assert judged(make.seal(SealPlan(maker=own))).trust is Trust.UNTRUSTED
    encrypting = make.authority().certificate(public_key=maker.spki(key), extensions=[maker.ENCRYPTING])
    assert judged(make.seal(SealPlan(maker=make.Holder(encrypting, key)))).verdict is Verdict.INVALID


def test_a_revoked_maker() -> None:
    crl = Crl.parse(make.authority().crl([(3, NOW - timedelta(days=2), None)]))
    report = check_seal(read_seal(make.seal()), Roots(roots().trusted, [crl]), NOW)
    assert (report.maker.standing, report.verdict) == (Standing.REVOKED, Verdict.INVALID)
    before = check_seal(read_seal(make.seal()), Roots(roots().trusted, [crl]), NOW - timedelta(days=9))
    assert before.verdict is Verdict.VALID


def test_a_maker_younger_than_its_seal_is_told_and_borne() -> None:
    key = maker.sm2_key(3)
    young = make.authority().certificate(public_key=maker.spki(key), start=make.MADE + timedelta(days=5))
    report = judged(make.seal(SealPlan(maker=make.Holder(young, key))))
    assert (report.verdict, report.trust, report.maker_at_creation) == (
        Verdict.VALID,
        Trust.TRUSTED,
        Standing.NOT_YET_VALID,
    )


def test_a_seal_is_valid_in_its_period_only() -> None:
    seal = read_seal(make.seal())
    for at, standing, verdict in (
        (make.FIRST - timedelta(seconds=1), Standing.NOT_YET_VALID, Verdict.INVALID),
        (make.FIRST, Standing.VALID, Verdict.VALID),
        (make.LAST, Standing.VALID, Verdict.VALID),
        (make.LAST + timedelta(seconds=1), Standing.EXPIRED, Verdict.INVALID),
        (None, Standing.UNKNOWN, Verdict.INDETERMINATE),
    ):
        report = check_seal(seal, roots(), at)
        assert (report.period, report.verdict) == (standing, verdict)


def test_what_is_no_seal() -> None:
    good = make.seal()
    assert refused(b"")
    assert refused(b"\x30\x00")
    assert refused(good[:-1])
    assert refused(good + b"something")
    assert refused(make.seal(SealPlan(mark="EX")))
    assert refused(make.seal(SealPlan(list_type=3)))
    assert refused(maker.sequence(*maker.parts(good)[:3]))
    assert read_seal(good + bytes(100)).whole == read_seal(good + b"\xff" * 100).whole == good
    with pytest.raises(HelperError) as raised:
        read_seal(bytes(9 * 1024 * 1024))
    assert raised.value.code is Code.TOO_LARGE


def test_a_fifth_element_makes_a_seal_one_of_2025() -> None:
    """Also where its header says 4; makers put dummies there, and the seal is as good as without."""
    report = judged(make.seal(SealPlan(time_stamp=make.bits(b"\1\2\3"))))
    assert (report.seal.version, report.verdict) == ("2025", Verdict.VALID)
    assert report.time_stamp and report.time_stamp.state is State.UNKNOWN


def test_layouts_older_than_the_standards_are_named() -> None:
    info, holder = make.information(SealPlan()), make.seal_maker()
    header, *rest = maker.parts(info)
    longer = maker.sequence(*maker.parts(header), make.number(9))
    certificate, oid = make.octets(holder.der), maker.oid(maker.SM3_SM2)
    more = maker.sequence(header, *rest, certificate, oid)
    for other in (maker.sequence(longer, *rest), more):
        with pytest.raises(HelperError) as raised:
            read_seal(maker.sequence(other, certificate, oid, make.bits(holder.sign(other))))
        assert (raised.value.code, raised.value.detail) == (Code.SEAL_UNREADABLE, "不支持的印章格式")


def test_sniffing_takes_off_the_wrappings_of_usbkeys() -> None:
    good = make.seal()
    for wrapped in (good, good + bytes(20), b"\1" + good, base64.b64encode(good), base64.encodebytes(good) + b"\0"):
        found = sniffing.unwrapped(wrapped)
        assert read_seal(found).whole == good
        assert sniffing.kind_of(found) is Kind.SEAL
    assert sniffing.kind_of(make.signature(bytes(32))) is Kind.SEAL_SIGNATURE
    assert sniffing.kind_of(maker.sequence(make.number(1), make.number(2))) is Kind.BARE_SIGNATURE
    assert sniffing.kind_of(maker.sequence(maker.oid("1.2.156.10197.6.1.4.2.2"))) is Kind.CMS
    for other in (b"", b"text", b"\x30\x00", maker.sequence(make.number(1))):
        assert sniffing.kind_of(sniffing.unwrapped(other)) is Kind.UNKNOWN


@pytest.mark.parametrize(
    ("name", "data", "kind", "pixels"),
    [
        ("png", make.PNG, PictureKind.PNG, (400, 400)),
        ("GIF", b"GIF89a\x10\0\x20\0", PictureKind.GIF, (16, 32)),
        ("BMP", b"BM" + bytes(16) + b"\x10\0\0\0\xe0\xff\xff\xff", PictureKind.BMP, (16, 32)),
        ("jpeg", b"\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x0b\x08\0\x20\0\x10", PictureKind.JPG, (16, 32)),
        ("svg", b'<?xml version="1.0"?>\n<svg width="40mm">', PictureKind.SVG, None),
        ("ofd", b"PK\x03\x04", PictureKind.OFD, None),
        ("png", b"\x89PNG\r\n\x1a\n", PictureKind.PNG, None),
        ("jpg", b"\xff\xd8\xff\xe0\0\0", PictureKind.JPG, None),
    ],
)
def test_pictures(name: str, data: bytes, kind: PictureKind, pixels: tuple[int, int] | None) -> None:
    picture = read_seal(make.seal(SealPlan(picture=(name, data, 30, 20)))).picture
    assert pictures.facts(picture) == (kind, pixels)
    assert pictures.as_named(picture)
    assert (picture.width_mm, picture.height_mm) == (30, 20)
