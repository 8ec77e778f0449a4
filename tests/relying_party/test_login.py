"""A portal's server gets a certificate and a signature over its challenge, and says who is there, or why nobody is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from hebca_helper.errors import TABLE, Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import Crl
from hebca_helper.relying_party import results
from hebca_helper.relying_party.judging import CertificateJudge
from hebca_helper.relying_party.login import LoginResult, LoginVerifier, ResultCode
from tests.pki import certificate_maker as maker
from tests.pki.certificate_maker import NOW, Authority

ISSUER = maker.hebca()
USER = maker.rsa_key(0)
CHALLENGE = "9f2c1b-随机-challenge"


def verifier(
    trusted: Sequence[Authority] = (ISSUER,),
    crls: Sequence[bytes] | None = None,
    now: datetime = NOW,
    allow_practice: bool = False,
) -> LoginVerifier:
    lists = [ca.crl() for ca in trusted] if crls is None else crls
    authorities = [Certificate.parse(ca.der) for ca in trusted]
    believed = [Crl.parse(crl) for crl in lists]
    return LoginVerifier(CertificateJudge(authorities, believed, lambda: now, allow_practice=allow_practice))


def signature(text: str = CHALLENGE, key: maker.Key = USER, algorithm: str = maker.SHA1_RSA) -> bytes:
    return maker.sign(key, algorithm, text.encode("gbk"))


def attempt(judge: LoginVerifier, der: bytes | None = None, signed: bytes | None = None) -> LoginResult:
    return judge.check_pkcs1(CHALLENGE, der or ISSUER.certificate(), signature() if signed is None else signed)


def test_the_holder_logs_in() -> None:
    result = attempt(verifier())
    assert result.accepted
    assert result.result is ResultCode.OK
    assert result.certificate is not None
    assert result.certificate.unique_id == maker.COMPANY + "0012345678"


def test_an_elliptic_key_signs_sha256() -> None:
    key = maker.ec_key(0)
    der = ISSUER.certificate(public_key=maker.spki(key))
    assert attempt(verifier(), der, signature(key=key, algorithm=maker.SHA256_ECDSA)).accepted


def test_results_have_the_numbers_of_the_common_verifier() -> None:
    early, late = maker.START - timedelta(seconds=1), maker.END + timedelta(seconds=1)
    old_list = ISSUER.crl(this=maker.START, following=late)
    revoked = ISSUER.crl([(0x1A2B3C4D5E6F7081, NOW - timedelta(days=1), 1)])
    stranger = maker.root("别的CA", maker.rsa_key(5))
    forged = Authority(ISSUER.name, maker.rsa_key(5), b"").certificate()
    long_lived = maker.root(
        "长期", maker.rsa_key(3), start=maker.START - timedelta(days=9), end=late + timedelta(days=9)
    )
    for number, result in {
        0: attempt(verifier()),
        1: attempt(verifier([long_lived], now=early), long_lived.certificate()),
        2: attempt(verifier([long_lived], now=late), long_lived.certificate()),
        4: attempt(verifier([stranger])),
        7: attempt(verifier(crls=[revoked])),
        -6406: attempt(verifier(), signed=signature("another challenge")),
    }.items():
        assert int(result.result) == number, result
        assert result.accepted == (number == 0)
    assert attempt(verifier(), forged).result is ResultCode.UNTRUSTED
    assert attempt(verifier(crls=[old_list], now=NOW)).accepted


@pytest.mark.parametrize(
    "signed",
    [b"", b"x" * 256, signature(key=maker.rsa_key(5)), signature(algorithm=maker.SHA256_RSA), signature()[:-1]],
    ids=["none", "noise", "another key", "another hash", "short"],
)
def test_wrong_signatures(signed: bytes) -> None:
    assert attempt(verifier(), signed=signed).result is ResultCode.SIGNATURE_WRONG


def test_text_is_signed_as_gbk() -> None:
    assert attempt(verifier(), signed=maker.sign(USER, maker.SHA1_RSA, CHALLENGE.encode())).result != ResultCode.OK
    with pytest.raises(HelperError) as raised:
        verifier().check_pkcs1("😀", ISSUER.certificate(), b"")
    assert raised.value.code is Code.TEXT_NOT_ENCODABLE


def test_without_a_list_nobody_is_let_in_until_one_comes() -> None:
    judge = CertificateJudge([Certificate.parse(ISSUER.der)], [], lambda: NOW)
    verifier = LoginVerifier(judge)
    assert attempt(verifier).result is ResultCode.REVOCATION_UNKNOWN
    judge.use_crls([Crl.parse(ISSUER.crl())])
    assert attempt(verifier).accepted
    judge.use_crls([Crl.parse(ISSUER.crl(this=NOW - timedelta(days=2), following=NOW - timedelta(days=1)))])
    assert attempt(verifier).result is ResultCode.REVOCATION_UNKNOWN


def test_an_encryption_certificate_is_no_identity() -> None:
    der = ISSUER.certificate(extensions=[maker.HEBCA_CONSTRAINTS, maker.ENCRYPTING])
    assert attempt(verifier(), der).result is ResultCode.NOT_FOR_SIGNING


def test_what_cannot_be_read_or_checked() -> None:
    result = attempt(verifier(), b"no certificate")
    assert (result.result, result.certificate) == (ResultCode.CERTIFICATE_UNREADABLE, None)
    unknown = ISSUER.certificate(public_key=maker.unknown_curve_spki())
    assert attempt(verifier(), unknown).result is ResultCode.NOT_SUPPORTED


def test_practice_proves_nothing_unless_both_are_said() -> None:
    practice_root = maker.root("演练根CA", maker.rsa_key(3))
    practice = practice_root.below("演练 HeBeiRSACA", maker.rsa_key(4))
    chain = [practice_root, practice]
    der = practice.certificate()
    assert attempt(verifier(chain), der).result is ResultCode.UNTRUSTED
    assert attempt(verifier([practice]), der).result is ResultCode.UNTRUSTED
    assert attempt(verifier([ISSUER], allow_practice=True), der).result is ResultCode.UNTRUSTED
    assert attempt(verifier(chain, allow_practice=True), der).accepted


def test_practice_above_is_practice_also_under_a_real_root() -> None:
    practice = maker.root().below("演练 HeBeiRSACA", maker.rsa_key(4))
    assert attempt(verifier([maker.root(), practice]), practice.certificate()).result is ResultCode.UNTRUSTED


def test_practice_below_a_real_name_is_still_practice() -> None:
    practice_root = maker.root("演练根CA", maker.rsa_key(3))
    disguised = practice_root.below("HeBeiRSACA", maker.rsa_key(4))
    assert attempt(verifier([practice_root, disguised]), disguised.certificate()).result is ResultCode.UNTRUSTED


NOT_OF_A_CHAIN = {Code.CERTIFICATE_NOT_SELECTED, Code.CERTIFICATE_EXPIRING}


def test_every_failure_has_a_result() -> None:
    """What a chain report or a signature check can name."""
    named = set(results.RESULTS)
    assert named <= set(TABLE)
    assert {code for code in Code if code.value.startswith("certificate-")} - NOT_OF_A_CHAIN <= named
