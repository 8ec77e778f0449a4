"""A portal asks whether a certificate leads to a CA it trusts; openssl is asked the same and must agree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import core

from hebca_helper.errors import Code
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.chains import LONGEST_CHAIN, ChainReport, check
from hebca_helper.pki.revocation import Crl
from tests.pki import certificate_maker as maker
from tests.pki.certificate_maker import Authority
from tests.pki.judge import accepts

ROOT = maker.root()
ISSUER = maker.hebca()
UNTRUSTED = Code.CERTIFICATE_UNTRUSTED
LATER = maker.END + timedelta(seconds=1)


def judge(
    leaf: bytes, trusted: list[Authority], crls: list[bytes] | None = None, at: datetime = maker.NOW
) -> ChainReport:
    """Our report, the CRL required when any is given."""
    given = [Crl.parse(crl) for crl in crls or []]
    return check(Certificate.parse(leaf), [Certificate.parse(ca.der) for ca in trusted], given, at, bool(crls))


def agreed(
    folder: Path, leaf: bytes, trusted: list[Authority], crls: list[bytes] | None = None, at: datetime = maker.NOW
) -> ChainReport:
    """Our report, after openssl came to the same conclusion."""
    report = judge(leaf, trusted, crls, at)
    assert accepts(folder, leaf, [ca.der for ca in trusted], crls or [], at) == (report.problem is None)
    return report


def points(report: ChainReport) -> tuple[Code | None, ...]:
    return report.signature, report.trust, report.validity, report.revocation


FINE = (None, None, None, None)


def test_a_good_certificate_leads_to_the_root(tmp_path: Path) -> None:
    leaf = ISSUER.certificate()
    report = agreed(tmp_path, leaf, [ROOT, ISSUER], [ISSUER.crl()])
    assert points(report) == FINE
    assert report.revocation_known
    assert [link.der for link in report.chain] == [leaf, ISSUER.der, ROOT.der]


@pytest.mark.parametrize("algorithm", [maker.SHA1_RSA, maker.SHA256_RSA, maker.SHA384_RSA, maker.SHA512_RSA])
def test_rsa_signatures_of_all_ages(algorithm: str) -> None:
    assert judge(ISSUER.certificate(algorithm=algorithm), [ISSUER]).problem is None


def test_an_elliptic_ca(tmp_path: Path) -> None:
    ca = maker.root("EC", maker.ec_key(1))
    leaf = ca.certificate(public_key=maker.spki(maker.ec_key(2)))
    assert points(agreed(tmp_path, leaf, [ca], [ca.crl()])) == FINE


def test_the_issuing_ca_alone_is_enough(tmp_path: Path) -> None:
    report = judge(ISSUER.certificate(), [ISSUER], [ISSUER.crl()])
    assert points(report) == FINE
    crls = [ISSUER.crl()]
    assert accepts(tmp_path, ISSUER.certificate(), [ISSUER.der], crls, maker.NOW, "-partial_chain")


def test_an_unknown_issuer(tmp_path: Path) -> None:
    report = agreed(tmp_path, ISSUER.certificate(), [ROOT], [ISSUER.crl()])
    assert points(report) == (UNTRUSTED, UNTRUSTED, None, Code.CRL_UNREADABLE)
    assert report.problem is not None
    assert report.problem.code is UNTRUSTED


def test_nothing_is_trusted_by_itself(tmp_path: Path) -> None:
    alone = maker.root("自签", maker.rsa_key(5))
    assert agreed(tmp_path, alone.der, [ROOT]).trust is UNTRUSTED
    assert agreed(tmp_path, alone.der, [alone]).trust is None


def test_a_forged_issuer_has_the_name_but_not_the_key(tmp_path: Path) -> None:
    forger = Authority(ISSUER.name, maker.rsa_key(5), b"")
    report = agreed(tmp_path, forger.certificate(), [ROOT, ISSUER], [ISSUER.crl()])
    assert points(report) == (Code.SIGNATURE_WRONG, UNTRUSTED, None, Code.CRL_UNREADABLE)


def test_one_changed_octet(tmp_path: Path) -> None:
    changed = ISSUER.certificate().replace(b"0012345678", b"0012345679")
    assert agreed(tmp_path, changed, [ROOT, ISSUER]).signature is Code.SIGNATURE_WRONG


def test_the_unsigned_algorithm_must_be_the_signed_one(tmp_path: Path) -> None:
    """The same scheme, but its parameters left out where nothing signs them."""
    body, algorithm, signature = (bytes(part) for part in maker.parts(ISSUER.certificate()))
    assert judge(maker.sequence(body, algorithm, signature), [ISSUER]).problem is None
    other = maker.sequence(maker.oid(maker.SHA256_RSA))
    assert agreed(tmp_path, maker.sequence(body, other, signature), [ROOT, ISSUER]).signature is Code.SIGNATURE_WRONG


def test_time_is_the_certificates_own_point(tmp_path: Path) -> None:
    long = {"end": datetime(2040, 1, 1, tzinfo=UTC), "start": datetime(2020, 1, 1, tzinfo=UTC)}
    root = maker.root("长期", maker.rsa_key(3), **long)
    leaf = root.certificate()
    assert points(agreed(tmp_path, leaf, [root], at=LATER)) == (None, None, Code.CERTIFICATE_EXPIRED, None)
    early = maker.START - timedelta(seconds=1)
    assert points(agreed(tmp_path, leaf, [root], at=early)) == (None, None, Code.CERTIFICATE_NOT_YET_VALID, None)
    assert agreed(tmp_path, leaf, [root], at=maker.START).problem is None


def test_an_expired_ca_is_a_matter_of_trust(tmp_path: Path) -> None:
    old = ROOT.below("旧", maker.rsa_key(3), end=maker.NOW - timedelta(days=1))
    assert points(agreed(tmp_path, old.certificate(), [ROOT, old])) == (None, UNTRUSTED, None, None)


def test_of_a_renewed_ca_the_one_in_force_is_taken(tmp_path: Path) -> None:
    old = ROOT.below("续期", maker.rsa_key(3), end=maker.NOW - timedelta(days=1))
    new = ROOT.below("续期", maker.rsa_key(3), serial=8)
    for trusted in ([ROOT, old, new], [new, old, ROOT]):
        assert agreed(tmp_path, new.certificate(), trusted).problem is None
    other_key = ROOT.below("续期", maker.rsa_key(4), serial=9)
    # openssl tries one issuer of a name unless key identifiers tell them apart
    assert judge(new.certificate(), [other_key, new, ROOT]).problem is None


WRONG_AUTHORITIES = {
    "a user certificate": [maker.HEBCA_CONSTRAINTS, maker.SIGNING],
    "no CA although its key may sign certificates": [maker.HEBCA_CONSTRAINTS, maker.ISSUING],
    "no CA and no word on the key": [maker.HEBCA_CONSTRAINTS],
    "no constraints": [maker.ISSUING],
    "a key that may not sign certificates": [maker.authority_constraints(), maker.key_usage(6)],
    "an unknown restriction": [maker.authority_constraints(), maker.extension("1.2.3.4", b"\x05\x00", critical=True)],
}


@pytest.mark.parametrize("extensions", WRONG_AUTHORITIES.values(), ids=list(WRONG_AUTHORITIES))
def test_who_may_not_issue(tmp_path: Path, extensions: list[bytes]) -> None:
    wrong = ROOT.below("不是CA", maker.rsa_key(3), extensions=extensions)
    assert points(agreed(tmp_path, wrong.certificate(), [ROOT, wrong])) == (None, UNTRUSTED, None, None)


def test_a_ca_limited_to_some_names_is_refused_as_the_limit_would_be_missed() -> None:
    extensions = [maker.authority_constraints(), maker.extension("2.5.29.30", b"\x30\x00", critical=True)]
    limited = ROOT.below("有限制", maker.rsa_key(3), extensions=extensions)
    assert judge(limited.certificate(), [ROOT, limited]).trust is UNTRUSTED


def test_a_ca_without_key_usage_may_issue(tmp_path: Path) -> None:
    plain = ROOT.below("无用途", maker.rsa_key(3), extensions=[maker.authority_constraints()])
    assert agreed(tmp_path, plain.certificate(), [ROOT, plain]).problem is None


@pytest.mark.parametrize(("length", "fine"), [(0, False), (1, True), (None, True)])
def test_path_length(tmp_path: Path, length: int | None, fine: bool) -> None:
    top = maker.root("顶", maker.rsa_key(3), extensions=[maker.authority_constraints(length), maker.ISSUING])
    middle = top.below("中", maker.rsa_key(4))
    assert (agreed(tmp_path, middle.certificate(), [top, middle]).problem is None) == fine
    assert agreed(tmp_path, top.certificate(), [top]).problem is None


def test_identity_items_may_be_critical_and_other_unknown_things_not(tmp_path: Path) -> None:
    identity = maker.extension("1.2.156.112586.1.4", b"\x0c\x01x", critical=True)
    assert judge(ISSUER.certificate(extensions=[identity]), [ROOT, ISSUER]).problem is None
    unknown = maker.extension("1.2.3.4", b"\x05\x00", critical=True)
    assert agreed(tmp_path, ISSUER.certificate(extensions=[unknown]), [ROOT, ISSUER]).trust is UNTRUSTED


def test_names_that_go_in_circles_end() -> None:
    first, second = maker.rsa_key(3), maker.rsa_key(4)
    one = Authority(maker.ca_name("甲"), first, b"")
    two = one.below("乙", second)
    circle = Authority(
        one.name, first, two.certificate(one.name, maker.spki(first), extensions=[maker.authority_constraints()])
    )
    report = judge(circle.certificate(), [circle, two])
    assert len(report.chain) == 3
    # members of the circle that nobody trusts stay untrusted
    assert judge(circle.certificate(), []).trust is UNTRUSTED


def test_a_long_row_of_cas_is_not_followed_for_ever() -> None:
    row = [maker.root("零", maker.rsa_key(3))]
    for place in range(LONGEST_CHAIN + 2):
        row.append(row[-1].below(f"第{place}级", maker.rsa_key(3)))
    report = judge(row[-1].certificate(), row)
    assert len(report.chain) == LONGEST_CHAIN
    assert report.problem is not None
    assert judge(row[LONGEST_CHAIN - 2].certificate(), row).problem is None


def test_a_revoked_ca_breaks_the_trust() -> None:
    crls = [ROOT.crl([(7, maker.START, 2)]), ISSUER.crl()]
    assert points(judge(ISSUER.certificate(), [ROOT, ISSUER], crls)) == (None, UNTRUSTED, None, None)
    assert judge(ISSUER.certificate(), [ROOT, ISSUER], [ROOT.crl(), ISSUER.crl()]).problem is None


def test_the_same_name_in_another_string_type(tmp_path: Path) -> None:
    same = maker.name(
        (maker.C, "CN"), (maker.O, core.PrintableString("Hebei CA")), (maker.CN, core.BMPString("HeBeiRSACA"))
    )
    leaf = Authority(same, ISSUER.key, b"").certificate()
    assert agreed(tmp_path, leaf, [ROOT, ISSUER]).problem is None


def test_an_unknown_curve_is_an_open_question_not_an_answer() -> None:
    issuer = Authority(
        ISSUER.name,
        ISSUER.key,
        ROOT.certificate(ISSUER.name, maker.unknown_curve_spki(), extensions=[maker.authority_constraints()]),
    )
    report = judge(issuer.certificate(), [ROOT, issuer])
    assert (report.signature, report.trust) == (Code.NOT_SUPPORTED, UNTRUSTED)


def test_a_chain_of_sm2_certificates() -> None:
    top = maker.root("SM2 ROOT", maker.sm2_key(1))
    issuer = top.below("SM2 CA", maker.sm2_key(2))
    leaf = issuer.certificate(public_key=maker.spki(maker.sm2_key(0)))
    report = judge(leaf, [top, issuer], [issuer.crl()])
    assert (report.problem, len(report.chain)) == (None, 3)
    forged = Authority(issuer.name, maker.sm2_key(3), b"").certificate()
    assert judge(forged, [top, issuer], [issuer.crl()]).signature is Code.SIGNATURE_WRONG


def key_identifiers(own: bytes, authority: bytes = b"") -> list[bytes]:
    """Of a CA certificate (RFC 5280, 4.2.1.1 and 4.2.1.2)."""
    usual = [maker.authority_constraints(), maker.ISSUING]
    usual.append(maker.extension("2.5.29.14", bytes(core.OctetString(own).dump())))
    return usual + ([names_key(authority)] if authority else [])


def names_key(identifier: bytes) -> bytes:
    return maker.extension("2.5.29.35", maker.sequence(maker.tagged(0, identifier, 0)))


def test_a_ca_that_changed_its_key_and_kept_its_name(tmp_path: Path) -> None:
    old = ROOT.below("换钥", maker.rsa_key(3), extensions=key_identifiers(b"old"))
    new = ROOT.below("换钥", maker.rsa_key(4), extensions=key_identifiers(b"new"), serial=8)
    leaf = new.certificate(extensions=[maker.SIGNING, names_key(b"new")])
    for trusted in ([ROOT, old, new], [ROOT, new, old]):
        assert agreed(tmp_path, leaf, trusted).problem is None
    # with the other one only, its issuer is not at hand: nothing shows that it is forged
    assert agreed(tmp_path, leaf, [ROOT, old]).signature is UNTRUSTED
    forged = maker.Authority(old.name, maker.rsa_key(5), b"").certificate(extensions=[names_key(b"old")])
    assert agreed(tmp_path, forged, [ROOT, old, new]).signature is Code.SIGNATURE_WRONG


def test_a_key_is_known_by_its_digest_where_its_certificate_does_not_name_it() -> None:
    old = ROOT.below("换钥", maker.rsa_key(3))
    digest = next(each for each in Certificate.parse(old.der).key_identifiers if len(each) == 20)
    forger = maker.Authority(old.name, maker.rsa_key(5), b"")
    named = {
        key: judge(forger.certificate(extensions=[names_key(key)]), [ROOT, old]).signature for key in (b"new", digest)
    }
    assert named == {b"new": UNTRUSTED, digest: Code.SIGNATURE_WRONG}


def test_every_way_up_is_tried(tmp_path: Path) -> None:
    """Cross certificates and renewals: the likeliest issuer is one that may not issue, another of the same key may."""
    other = maker.root("别家", maker.rsa_key(5))
    middle = ROOT.below("交叉", maker.rsa_key(3))
    crossed = other.below("交叉", maker.rsa_key(3), end=datetime(2040, 1, 1, tzinfo=UTC), serial=9)
    limited = ROOT.below("交叉", maker.rsa_key(3), end=datetime(2041, 1, 1, tzinfo=UTC), extensions=[maker.ISSUING])
    for trusted in ([ROOT, middle, crossed, limited], [limited, crossed, middle, ROOT]):
        assert judge(middle.certificate(), trusted).problem is None
    assert agreed(tmp_path, middle.certificate(), [ROOT, limited]).trust is UNTRUSTED


def test_a_vouched_for_ca_needs_nobody_above_it() -> None:
    """Also where another CA has its issuer's name."""
    stranger = maker.root("ROOTCA", maker.rsa_key(6))
    assert judge(ISSUER.certificate(), [ISSUER, stranger]).problem is None


@pytest.mark.timeout(20)
def test_cas_that_all_certify_each_other_are_not_tried_for_ever() -> None:
    names = [f"{number}号" for number in range(8)]
    ring = [Authority(maker.ca_name(each), maker.rsa_key(3), b"") for each in names]
    crossed = [one.below(each, maker.rsa_key(3)) for one in ring for each in names if one.name != maker.ca_name(each)]
    assert judge(ring[0].certificate(), crossed).trust is UNTRUSTED
    assert judge(ring[0].certificate(), [*crossed, maker.root("5号", maker.rsa_key(3))]).trust is None
    barred = [one.below(each, maker.rsa_key(3), extensions=[maker.ISSUING]) for one in ring for each in names]
    assert judge(ring[0].certificate(), barred).trust is UNTRUSTED
