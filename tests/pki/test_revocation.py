"""A list answers for a certificate only when it can be believed; anything else is "unknown", never "fine"."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import core, pem

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.chains import check
from hebca_helper.pki.revocation import LARGEST_CRL, Crl, Reason, Standing, standing
from tests.pki import certificate_maker as maker
from tests.pki.certificate_maker import NOW, Authority
from tests.pki.judge import accepts

ROOT = maker.root()
ISSUER = maker.hebca()
SERIAL = 0x1A2B3C4D5E6F7081
LEAF = ISSUER.certificate()
YESTERDAY = NOW - timedelta(days=1)


def ask(*crls: bytes, leaf: bytes = LEAF, at: datetime = NOW) -> Standing:
    issuer = Certificate.parse(ISSUER.der)
    return standing(Certificate.parse(leaf), issuer, [Crl.parse(crl) for crl in crls], at)


def revoked(reason: int | None = 1) -> list[tuple[int, datetime, int | None]]:
    return [(3, YESTERDAY, None), (SERIAL, YESTERDAY, reason), (9, YESTERDAY, 4)]


def test_a_list_is_read_in_full() -> None:
    crl = Crl.parse(ISSUER.crl(revoked()))
    assert crl.issuer.text == "CN=HeBeiRSACA,O=Hebei CA,C=CN"
    assert (crl.this_update, crl.next_update) == (NOW - timedelta(hours=1), NOW + timedelta(days=1))
    assert crl.revoked == {
        3: (YESTERDAY, Reason.UNSPECIFIED),
        SERIAL: (YESTERDAY, Reason.KEY_COMPROMISE),
        9: (YESTERDAY, Reason.SUPERSEDED),
    }
    assert crl.signed_by(Certificate.parse(ISSUER.der))
    assert Crl.parse(pem.armor("X509 CRL", crl.der)).der == crl.der
    assert Crl.parse(crl.der + b"\0\0").der == crl.der


@pytest.mark.parametrize(
    ("entries", "answer"), [([], Standing.NOT_REVOKED), (revoked(), Standing.REVOKED), (revoked(6), Standing.REVOKED)]
)
def test_openssl_says_the_same(
    tmp_path: Path, entries: list[tuple[int, datetime, int | None]], answer: Standing
) -> None:
    crl = ISSUER.crl(entries)
    assert ask(crl) is answer
    accepted = accepts(tmp_path, LEAF, [ROOT.der, ISSUER.der], [crl], NOW)
    assert accepted == (answer is Standing.NOT_REVOKED)


def unusable() -> dict[str, bytes]:
    forger = Authority(ISSUER.name, maker.rsa_key(5), b"")
    point = maker.tagged(0, maker.tagged(0, maker.tagged(6, b"http://crl.example/2.crl", 0)))
    return {
        "out of date": ISSUER.crl(this=YESTERDAY, following=NOW - timedelta(seconds=1)),
        "from the future": ISSUER.crl(this=NOW + timedelta(seconds=1)),
        "without an end": ISSUER.crl(following=None),
        "of another issuer": ROOT.crl(),
        "with a forged signature": forger.crl(),
        "with one octet changed": ISSUER.crl([(3, YESTERDAY, None)]).replace(b"\x02\x01\x03", b"\x02\x01\x04"),
        "a delta list": ISSUER.crl(extensions=[maker.extension("2.5.29.27", b"\x02\x01\x01", critical=True)]),
        "with an unknown restriction": ISSUER.crl(extensions=[maker.extension("1.2.3", b"\x05\x00", critical=True)]),
        "another part": ISSUER.crl(extensions=[maker.extension("2.5.29.28", maker.sequence(point), critical=True)]),
        "for CAs only": ISSUER.crl(extensions=[maker.extension("2.5.29.28", b"\x30\x03\x82\x01\xff", critical=True)]),
        "for some reasons": ISSUER.crl(
            extensions=[maker.extension("2.5.29.28", b"\x30\x04\x83\x02\x01\x40", critical=True)]
        ),
        "of several issuers": ISSUER.crl(
            [(3, YESTERDAY, None)], entry_extensions=[maker.extension("2.5.29.29", b"\x30\x00", critical=True)]
        ),
    }


@pytest.mark.parametrize("crl", unusable().values(), ids=list(unusable()))
def test_what_cannot_be_believed_answers_nothing(crl: bytes) -> None:
    assert ask() is Standing.UNKNOWN
    assert ask(crl) is Standing.UNKNOWN
    report = check(Certificate.parse(LEAF), [Certificate.parse(ISSUER.der)], [Crl.parse(crl)], NOW)
    assert report.revocation is Code.CRL_UNREADABLE
    relaxed = check(Certificate.parse(LEAF), [Certificate.parse(ISSUER.der)], [Crl.parse(crl)], NOW, require_crl=False)
    assert (relaxed.problem, relaxed.revocation_known) == (None, False)
    # beside it, a good list is still heard
    assert ask(crl, ISSUER.crl()) is Standing.NOT_REVOKED


def test_openssl_would_take_none_of_them_either(tmp_path: Path) -> None:
    cases = unusable()
    # openssl lets an endless list count for ever, can tell the entries of several issuers apart, and takes a delta list
    # without its complete one for complete (3.0.20 and earlier): these are left to our own judge
    for name in ("without an end", "of several issuers", "a delta list"):
        del cases[name]
    for name, crl in cases.items():
        assert not accepts(tmp_path, LEAF, [ROOT.der, ISSUER.der], [crl], NOW), name


def test_a_ca_that_may_not_sign_lists() -> None:
    ca = ROOT.below("无吊销权", maker.rsa_key(3), extensions=[maker.authority_constraints(), maker.key_usage(5)])
    report = check(Certificate.parse(ca.certificate()), [Certificate.parse(ca.der)], [Crl.parse(ca.crl())], NOW)
    assert report.revocation is Code.CRL_UNREADABLE


def test_a_revocation_on_an_old_list_still_counts() -> None:
    old = ISSUER.crl(revoked(), this=YESTERDAY, following=NOW - timedelta(seconds=1))
    assert ask(old) is ask(old, ISSUER.crl()) is Standing.REVOKED


def test_the_future_is_not_held_against_the_past() -> None:
    """A seal from before the revocation, judged for its own time with a later list: not revoked then."""
    later = ISSUER.crl([(SERIAL, NOW, 1)], this=NOW)
    before = NOW - timedelta(days=30)
    assert ask(later, ISSUER.crl(this=before, following=NOW), at=before) is Standing.NOT_REVOKED
    assert ask(later, at=before) is Standing.UNKNOWN
    # a list in force that names the certificate counts, whatever date the entry bears
    assert ask(ISSUER.crl([(SERIAL, NOW + timedelta(hours=8), 1)])) is Standing.REVOKED


def test_the_part_the_certificate_points_to_answers() -> None:
    place = maker.tagged(0, maker.tagged(0, maker.tagged(6, b"http://crl.example/1.crl", 0)))
    pointing = ISSUER.certificate(extensions=[maker.extension("2.5.29.31", maker.sequence(maker.sequence(place)))])
    part = ISSUER.crl(extensions=[maker.extension("2.5.29.28", maker.sequence(place, b"\x81\x01\xff"), critical=True)])
    assert ask(part, leaf=pointing) is Standing.NOT_REVOKED
    assert ask(part) is Standing.UNKNOWN


def test_an_entry_of_another_issuer_is_not_held_against_ours() -> None:
    other_issuer = [maker.extension("2.5.29.29", b"\x30\x00", critical=True)]
    assert ask(ISSUER.crl(revoked(), entry_extensions=other_issuer)) is Standing.UNKNOWN


def test_a_list_for_cas_only_answers_for_a_ca() -> None:
    ca, root = Certificate.parse(ISSUER.der), Certificate.parse(ROOT.der)
    for scope, answer in ((b"\x82", Standing.NOT_REVOKED), (b"\x81", Standing.UNKNOWN)):
        point = maker.extension("2.5.29.28", b"\x30\x03" + scope + b"\x01\xff", critical=True)
        assert standing(ca, root, [Crl.parse(ROOT.crl(extensions=[point]))], NOW) is answer


def test_negative_and_long_serials_are_found() -> None:
    for serial in (-17, 2**159):
        leaf = ISSUER.certificate(serial=core.Integer(serial).contents)
        assert ask(ISSUER.crl([(serial, YESTERDAY, 1)]), leaf=leaf) is Standing.REVOKED
        assert ask(ISSUER.crl(), leaf=leaf) is Standing.NOT_REVOKED


@pytest.mark.parametrize("data", [b"", b"<html>404</html>", LEAF, pem.armor("X509 CRL", b"\x30\x00"), b"\x30" * 100])
def test_anything_else_is_unreadable(data: bytes) -> None:
    with pytest.raises(HelperError) as raised:
        Crl.parse(data)
    assert raised.value.code is Code.CRL_UNREADABLE


def test_a_list_has_a_largest_size() -> None:
    with pytest.raises(HelperError, match="16 MiB"):
        Crl.parse(b"\x30" * (LARGEST_CRL + 1))
