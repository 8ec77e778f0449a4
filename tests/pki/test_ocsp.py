"""openssl answers as a CA's responder; what its answers are worth."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import core, pem, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hebca_helper.pki import ocsp
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import Standing
from tests.pki import certificate_maker as maker
from tests.pki.certificate_maker import Authority

NOW = datetime.now(UTC)  # openssl's responder has no clock but the computer's
START, END = NOW - timedelta(days=100), NOW + timedelta(days=100)
CA = maker.root("响应CA", maker.rsa_key(1), start=START, end=END)
NONCE = bytes(range(32))
SERIAL, OTHER = 0x1A2B3C4D5E6F7081, 0x77


def place(url: str) -> bytes:
    """authorityInfoAccess with a responder."""
    rows = [{"access_method": "ocsp", "access_location": x509.GeneralName("uniform_resource_identifier", url)}]
    return maker.extension("1.3.6.1.5.5.7.1.1", x509.AuthorityInfoAccessSyntax(rows).dump())


def certificate(serial: int = SERIAL, *extensions: bytes) -> Certificate:
    shown = (maker.HEBCA_CONSTRAINTS, maker.SIGNING, *extensions)
    return Certificate.parse(CA.certificate(serial=serial, start=START, end=END, extensions=shown))


def appointed(*purposes: str, issuer: Authority = CA) -> tuple[bytes, maker.Key]:
    """A responder's own certificate, with these extended key usages."""
    usage = maker.extension("2.5.29.37", x509.ExtKeyUsageSyntax(list(purposes)).dump())
    key = maker.rsa_key(6)
    shown = (maker.SIGNING, usage)
    name = maker.ca_name("responder")
    return issuer.certificate(name, maker.spki(key), serial=99, start=START, end=END, extensions=shown), key


class Responder:
    """`openssl ocsp` over a CA's index; `signer` and `key` are the CA's own unless given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def answer(
        self, request: bytes, *, revoked: bool = False, signer: tuple[bytes, maker.AnyKey] | None = None, days: int = 1
    ) -> bytes:
        own, key = signer or (CA.der, CA.key)
        assert not isinstance(key, maker.Sm2Key)
        end = END.strftime("%y%m%d%H%M%SZ")
        state = f"R\t{end}\t{START.strftime('%y%m%d%H%M%SZ')}" if revoked else f"V\t{end}\t"
        files = {
            "index.txt": f"{state}\t{SERIAL:X}\tunknown\t/CN=x\n".encode(),
            "ca.pem": pem.armor("CERTIFICATE", CA.der),
            "signer.pem": pem.armor("CERTIFICATE", own),
            "key.pem": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            "request.der": request,
        }
        for name, content in files.items():
            (self._folder / name).write_bytes(content)
        command = [
            "openssl",
            "ocsp",
            "-index",
            "index.txt",
            "-CA",
            "ca.pem",
            "-rsigner",
            "signer.pem",
            "-rkey",
            "key.pem",
        ]
        command += ["-reqin", "request.der", "-respout", "answer.der", "-ndays", str(days)]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)
        return (self._folder / "answer.der").read_bytes()


@pytest.fixture
def responder(tmp_path: Path) -> Responder:
    return Responder(tmp_path)


def judged(answer: bytes, at: datetime | None = None, nonce: bytes = NONCE, who: Certificate | None = None) -> Standing:
    return ocsp.standing(answer, who or certificate(), Certificate.parse(CA.der), at or datetime.now(UTC), nonce)


def question(who: Certificate | None = None) -> bytes:
    return ocsp.request(who or certificate(), Certificate.parse(CA.der), NONCE)


def test_a_responder_says_good_revoked_and_unknown(responder: Responder) -> None:
    assert judged(responder.answer(question())) is Standing.NOT_REVOKED
    assert judged(responder.answer(question(), revoked=True)) is Standing.REVOKED
    stranger = certificate(OTHER)
    assert judged(responder.answer(question(stranger)), who=stranger) is Standing.UNKNOWN


def test_an_answer_about_another_certificate_says_nothing(responder: Responder) -> None:
    assert judged(responder.answer(question()), who=certificate(OTHER)) is Standing.UNKNOWN


def test_an_answer_to_an_earlier_question_is_not_taken(responder: Responder) -> None:
    assert judged(responder.answer(question()), nonce=bytes(32)) is Standing.UNKNOWN


def test_an_answer_ends(responder: Responder) -> None:
    answer = responder.answer(question(), days=1)
    assert judged(answer, at=NOW + timedelta(hours=23)) is Standing.NOT_REVOKED
    assert judged(answer, at=NOW + timedelta(days=2)) is Standing.UNKNOWN
    assert judged(answer, at=NOW - timedelta(hours=1)) is Standing.UNKNOWN


def test_whom_the_ca_appointed_may_answer_and_nobody_else(responder: Responder) -> None:
    assert judged(responder.answer(question(), signer=appointed("ocsp_signing"))) is Standing.NOT_REVOKED
    assert judged(responder.answer(question(), signer=appointed("client_auth"))) is Standing.UNKNOWN
    stranger = maker.root("别的CA", maker.rsa_key(5), start=START, end=END)
    assert judged(responder.answer(question(), signer=appointed("ocsp_signing", issuer=stranger))) is Standing.UNKNOWN
    assert judged(responder.answer(question(), signer=(stranger.der, stranger.key))) is Standing.UNKNOWN


def test_a_single_changed_bit_anywhere_is_never_good(responder: Responder) -> None:
    answer = bytearray(responder.answer(question(), revoked=True))
    for place_of_bit in range(0, len(answer), 7):
        answer[place_of_bit] ^= 1
        assert judged(bytes(answer)) is not Standing.NOT_REVOKED
        answer[place_of_bit] ^= 1


@pytest.mark.parametrize("answer", [b"", b"\x30\x03\x0a\x01\x06", core.Integer(5).dump(), bytes(70_000)])
def test_what_is_no_answer_says_nothing(answer: bytes) -> None:
    assert judged(answer) is Standing.UNKNOWN


def test_the_certificate_names_its_responder() -> None:
    url = "http://responder.invalid/ocsp"
    assert ocsp.responders(certificate(SERIAL, place(url))) == [url]
    assert ocsp.responders(certificate(SERIAL, place("ldap://responder.invalid"))) == []
    assert ocsp.responders(certificate()) == []
    assert ocsp.responders(certificate(SERIAL, maker.extension("1.3.6.1.5.5.7.1.1", b"\x04\x00"))) == []
