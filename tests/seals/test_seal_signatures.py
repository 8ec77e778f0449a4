"""Seal signatures: another maker's real one, our own in every version, each octet tampered, each rule broken once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from hebca_helper.documents.checking import check
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import Crl
from hebca_helper.pki.sm3 import sm3
from hebca_helper.seals.checking import SignatureReport, check_seal_signature
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.seal_signature import read_seal_signature
from hebca_helper.seals.words import Content, Standing, State, Trust, Verdict
from tests.pki import certificate_maker as maker
from tests.seals import seal_maker as make
from tests.seals.seal_maker import NOW, Holder, SealPlan

SAMPLE = Path(__file__).parents[1] / "data" / "seals" / "ofdrw-SignedValueV4.dat"
DOCUMENT = b"<Signature/>"
PLANS = [SealPlan(year, rsa) for year in (2014, 2020, 2025) for rsa in (False, True)]


def judged(data: bytes, document: bytes | None = DOCUMENT, crls: tuple[Crl, ...] = ()) -> SignatureReport:
    roots = Roots([Certificate.parse(make.authority(rsa).der) for rsa in (False, True)], crls)
    return check_seal_signature(read_seal_signature(data), document, roots, NOW)


def test_another_makers_signature() -> None:
    report = check_seal_signature(read_seal_signature(SAMPLE.read_bytes()), None, Roots(), NOW)
    assert report.signature.signed_at == datetime(2020, 10, 12, 11, 14, 3, tzinfo=UTC)
    assert (report.state, report.signer.standing, report.signer_listed) == (State.VALID, Standing.VALID, True)
    assert (report.seal.verdict, report.seal.period) == (Verdict.UNIDENTIFIED, Standing.VALID)
    assert (report.document, report.verdict) == (Content.UNKNOWN, Verdict.INDETERMINATE)
    wrong = check_seal_signature(read_seal_signature(SAMPLE.read_bytes()), DOCUMENT, Roots(), NOW)
    assert (wrong.document, wrong.verdict) == (Content.CHANGED, Verdict.INVALID)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.year}-{plan.rsa}")
def test_every_version_with_both_kinds_of_keys(plan: SealPlan) -> None:
    report = judged(make.signature(sm3(DOCUMENT), plan))
    assert report.signature.signed_at == make.SIGNED
    assert (report.verdict, report.trust, report.document) == (Verdict.VALID, Trust.TRUSTED, Content.UNCHANGED)
    assert judged(make.signature(sm3(DOCUMENT), plan), DOCUMENT + b" ").verdict is Verdict.INVALID
    assert judged(make.signature(sm3(DOCUMENT), plan), None).verdict is Verdict.INDETERMINATE


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.year}-{plan.rsa}")
@pytest.mark.timeout(600)  # every octet: minutes on a busy machine
def test_nothing_tampered_is_called_valid(plan: SealPlan) -> None:
    good = make.signature(sm3(DOCUMENT), plan)
    for place in range(len(good)):
        changed = good[:place] + bytes([good[place] ^ 0x01]) + good[place + 1 :]
        try:
            report = judged(changed)
        except HelperError as problem:
            assert problem.code in (Code.SEAL_UNREADABLE, Code.TOO_LARGE)
            continue
        assert report.verdict is not Verdict.VALID, place


def test_only_those_on_the_seals_list_may_set_it() -> None:
    """After a renewal the list still names the old certificate."""
    key = maker.sm2_key(4)
    renewed = Holder(make.authority().certificate(public_key=maker.spki(key), serial=44), key)
    report = judged(make.signature(sm3(DOCUMENT), holder=renewed))
    assert (report.state, report.signer_listed, report.verdict) == (State.VALID, False, Verdict.INVALID)
    unclear = make.seal(SealPlan(year=2014, certificates=make.ia5("1234")))
    report = judged(make.signature(sm3(DOCUMENT), SealPlan(year=2014), sealed=unclear))
    assert (report.signer_listed, report.verdict) == (None, Verdict.INDETERMINATE)


@pytest.mark.parametrize(
    ("at", "point", "standing"),
    [
        (make.FIRST - timedelta(seconds=1), "seal", Standing.NOT_YET_VALID),
        (make.LAST + timedelta(seconds=1), "seal", Standing.EXPIRED),
        (maker.START - timedelta(seconds=1), "signer", Standing.NOT_YET_VALID),
        (maker.END + timedelta(seconds=1), "signer", Standing.EXPIRED),
    ],
)
def test_seal_and_certificate_must_be_in_force_when_signing(at: datetime, point: str, standing: Standing) -> None:
    report = judged(make.signature(sm3(DOCUMENT), at=make.generalized(at)))
    assert (report.seal.period if point == "seal" else report.signer.standing) is standing
    assert report.verdict is Verdict.INVALID


def test_a_revocation_counts_from_its_day() -> None:
    crls = tuple(Crl.parse(make.authority().crl([(4, make.SIGNED + timedelta(days=days), None)])) for days in (-1, 1))
    before, after = (judged(make.signature(sm3(DOCUMENT)), crls=(crl,)) for crl in crls)
    assert (before.signer.standing, before.verdict) == (Standing.REVOKED, Verdict.INVALID)
    assert (after.signer.standing, after.verdict) == (Standing.VALID, Verdict.VALID)


def test_a_time_in_the_future_or_unreadable_is_no_yes() -> None:
    future = judged(make.signature(sm3(DOCUMENT), at=make.generalized(NOW + timedelta(days=2))))
    assert (future.time_doubtful, future.verdict) == (True, Verdict.INDETERMINATE)
    unclear = judged(make.signature(sm3(DOCUMENT), SealPlan(year=2014), at=make.bits(b"yesterday")))
    assert (unclear.signature.signed_at, unclear.verdict) == (None, Verdict.INDETERMINATE)


@pytest.mark.parametrize(
    "written",
    [
        make.bits(b"2026-02-03T04:05:06.377Z"),
        make.octets(b"2026-02-03 12:05:06"),
        make.bits(b"20260203120506"),
        make.octets(b"2026-02-03T05:05:06+01:00"),
        make.bits(make.generalized(make.SIGNED)),
        make.utc(make.SIGNED),
        make.bits(make.ia5("20260203040506Z")),
        make.bits(b"260203040506Z"),
        make.ia5("2026/02/03 12:05:06"),
        make.generalized(make.SIGNED).replace(b"\x0f20260203040506Z", b"\x1320260203040506.377Z"),
    ],
)
def test_times_as_makers_write_them(written: bytes) -> None:
    report = judged(make.signature(sm3(DOCUMENT), SealPlan(year=2014), at=written))
    assert report.signature.signed_at == make.SIGNED
    assert report.verdict is Verdict.VALID


def test_seals_and_signatures_of_different_years_go_together() -> None:
    """Software and seals are not renewed at the same time."""
    for year, of_seal in ((2014, 2020), (2020, 2014), (2025, 2020)):
        sealed = make.seal(SealPlan(year=of_seal))
        report = judged(make.signature(sm3(DOCUMENT), SealPlan(year=year), sealed=sealed))
        assert (report.signature.seal.version, report.verdict) == (str(of_seal), Verdict.VALID)


SAMPLES = [make.seal(plan) for plan in PLANS] + [make.signature(bytes(32), plan) for plan in PLANS]


@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_files_are_judged_or_refused(sample: bytes, data: st.DataObject) -> None:
    changed = bytearray(sample)
    for place in data.draw(st.lists(st.integers(0, len(sample) - 1), min_size=1, max_size=8)):
        changed[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(changed)))
    row = check(bytes(changed[:cut] if data.draw(st.booleans()) else changed), Roots(), NOW)
    assert row["verdict"] in ("valid", "invalid", "indeterminate", "unreadable")


@given(st.binary(max_size=300))
def test_any_octets(data: bytes) -> None:
    for beginning in (b"", b"PK\x03\x04", b"%PDF-1.7", b"\x30\x81\xff\x30\x05"):
        assert check(beginning + data, Roots(), NOW)["verdict"] in ("unreadable", "unsigned")


@given(st.recursive(st.binary(max_size=6).map(lambda octets: bytes(core.OctetString(octets).dump())),
                    lambda inner: st.lists(inner, max_size=7).map(lambda parts: maker.sequence(*parts)), max_leaves=40))  # fmt: skip
def test_any_tree_of_elements(data: bytes) -> None:
    assert check(data, Roots(), NOW)["verdict"] == "unreadable"
