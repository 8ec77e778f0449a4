"""A portal gets a signed report, made by openssl as any other program's would be."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import pem
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import Crl
from hebca_helper.relying_party.judging import CertificateJudge
from hebca_helper.relying_party.results import ResultCode
from hebca_helper.relying_party.signed_data import SignedDataVerifier
from tests.pki import certificate_maker as maker
from tests.pki.certificate_maker import NOW
from tests.pki.test_ocsp import Responder, place

ISSUER = maker.hebca()
REPORT = "参保登记表\r\n".encode()
Signer = Callable[..., bytes]


@pytest.fixture
def sign(tmp_path: Path) -> Signer:
    def made(*options: str, certificate: bytes = b"") -> bytes:
        key = maker.rsa_key(0).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / "key.pem").write_bytes(key)
        (tmp_path / "own.pem").write_bytes(pem.armor("CERTIFICATE", certificate or ISSUER.certificate()))
        (tmp_path / "report").write_bytes(REPORT)
        command = ["openssl", "cms", "-sign", "-binary", "-in", "report", "-signer", "own.pem", "-inkey", "key.pem"]
        subprocess.run([*command, "-outform", "DER", "-out", "signed", *options], cwd=tmp_path, check=True)
        return (tmp_path / "signed").read_bytes()

    return made


def verifier(crls: list[bytes] | None = None) -> SignedDataVerifier:
    lists = [ISSUER.crl()] if crls is None else crls
    judge = CertificateJudge([Certificate.parse(ISSUER.der)], [Crl.parse(crl) for crl in lists], lambda: NOW)
    return SignedDataVerifier(judge)


def test_a_signed_report_is_accepted_with_its_content(sign: Signer) -> None:
    found = verifier().check(sign("-nodetach"))
    assert found.accepted
    assert found.content == REPORT
    assert [signer.result for signer in found.signers] == [ResultCode.OK]
    assert found.signing_times[0] is not None


def test_a_detached_signature_belongs_to_one_content(sign: Signer) -> None:
    message = sign()
    assert verifier().check(message, REPORT).accepted
    assert verifier().check(message, REPORT + b" ").overall.result is ResultCode.SIGNATURE_WRONG
    assert verifier().check(message).overall.result is ResultCode.MESSAGE_UNREADABLE


def test_certificates_are_judged_as_for_a_login(sign: Signer) -> None:
    message = sign("-nodetach")
    revoked = ISSUER.crl([(0x1A2B3C4D5E6F7081, NOW, 1)])
    assert verifier([revoked]).check(message).overall.result is ResultCode.REVOKED
    assert verifier([]).check(message).overall.result is ResultCode.REVOCATION_UNKNOWN
    stranger = maker.root("别的CA", maker.rsa_key(5)).certificate()
    assert verifier().check(sign("-nodetach", certificate=stranger)).overall.result is ResultCode.UNTRUSTED
    encryption = ISSUER.certificate(extensions=[maker.HEBCA_CONSTRAINTS, maker.key_usage(2, 3)])
    assert verifier().check(sign("-nodetach", certificate=encryption)).overall.result is ResultCode.NOT_FOR_SIGNING


def test_without_the_signers_certificate_nobody_is_known(sign: Signer) -> None:
    assert verifier().check(sign("-nodetach", "-nocerts")).overall.result is ResultCode.CERTIFICATE_UNREADABLE


@pytest.mark.parametrize("message", [b"", b"\x30\x80", b"%PDF-1.7", bytes(1000)])
def test_what_is_no_signed_data_is_told_apart(message: bytes) -> None:
    found = verifier().check(message)
    assert found.overall.result in (ResultCode.MESSAGE_UNREADABLE, ResultCode.NOT_SUPPORTED)
    assert found.signers == ()


def test_a_responder_answers_where_no_list_does(tmp_path: Path, sign: Signer) -> None:
    """The list is missing, the certificate names a responder: openssl answers there, and is asked once a login."""
    now = datetime.now(UTC)
    ca = maker.root("响应CA", maker.rsa_key(1), start=now - timedelta(days=100), end=now + timedelta(days=100))
    start, end = now - timedelta(days=9), now + timedelta(days=9)
    shown = [maker.HEBCA_CONSTRAINTS, maker.SIGNING, place("http://responder.invalid/")]
    message = sign("-nodetach", certificate=ca.certificate(extensions=shown, start=start, end=end))
    asked: list[str] = []

    def check(*, revoked: bool) -> ResultCode:
        def fetch(url: str, question: bytes) -> bytes:
            asked.append(url)
            return Responder(tmp_path).answer(question, revoked=revoked, signer=(ca.der, ca.key))

        judge = CertificateJudge([Certificate.parse(ca.der)], [], lambda: datetime.now(UTC), ocsp=fetch)
        return SignedDataVerifier(judge).check(message).overall.result

    assert check(revoked=False) is ResultCode.OK
    assert check(revoked=True) is ResultCode.REVOKED
    assert asked == ["http://responder.invalid/"] * 2


def test_a_responder_that_cannot_be_reached_lets_nobody_in(sign: Signer) -> None:
    shown = [maker.HEBCA_CONSTRAINTS, maker.SIGNING, place("http://responder.invalid/")]

    def unreachable(url: str, question: bytes) -> bytes:
        raise OSError(url, len(question))

    judge = CertificateJudge([Certificate.parse(ISSUER.der)], [], lambda: NOW, ocsp=unreachable)
    message = sign("-nodetach", certificate=ISSUER.certificate(extensions=shown))
    assert SignedDataVerifier(judge).check(message).overall.result is ResultCode.REVOCATION_UNKNOWN
