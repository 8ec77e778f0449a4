"""A portal gets a Web eID token, and believes it for its own origin, its own nonce and nobody else's.

Tokens are made here from the format's description, without the program's own code.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from hebca_helper.errors import HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import Crl
from hebca_helper.relying_party import CertificateJudge, NonceBook, ResultCode, WebEidVerifier, web_eid_nonce
from tests.pki import certificate_maker as maker
from tests.pki.certificate_maker import NOW

ORIGIN = "https://portal.example"
ISSUER = maker.hebca()
NONCE = web_eid_nonce()


def verifier(origin: str = ORIGIN, crl: bytes = b"") -> WebEidVerifier:
    lists = [Crl.parse(crl or ISSUER.crl())]
    return WebEidVerifier(origin, CertificateJudge([Certificate.parse(ISSUER.der)], lists, lambda: NOW))


def token(
    algorithm: str = "RS256", *, origin: str = ORIGIN, nonce: str = NONCE, key: maker.Key | None = None, **changed: Any
) -> dict[str, Any]:
    key = key or maker.rsa_key(0)
    hash_name = f"sha{algorithm[2:]}"
    data = hashlib.new(hash_name, origin.encode()).digest() + hashlib.new(hash_name, nonce.encode()).digest()
    return {
        "format": "web-eid:1.0",
        "unverifiedCertificate": base64.b64encode(ISSUER.certificate(public_key=maker.spki(key))).decode(),
        "algorithm": algorithm,
        "signature": base64.b64encode(signed(key, algorithm, data)).decode(),
        "appVersion": "https://example.org/app/1.0",
        **changed,
    }


def signed(key: maker.Key, algorithm: str, data: bytes) -> bytes:
    used = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}[algorithm[2:]]
    if isinstance(key, rsa.RSAPrivateKey):
        scheme = padding.PKCS1v15() if algorithm[0] == "R" else padding.PSS(padding.MGF1(used), used.digest_size)
        return key.sign(data, scheme, used)
    numbers = decode_dss_signature(key.sign(data, ec.ECDSA(used)))
    return b"".join(number.to_bytes(32, "big") for number in numbers)


def padded(made: dict[str, Any]) -> str:
    """r and s with a zero octet before each: the same numbers, but not as RFC 7518 writes them."""
    octets = base64.b64decode(made["signature"])
    return base64.b64encode(b"\0" + octets[:32] + b"\0" + octets[32:]).decode()


@pytest.mark.parametrize("form", ["web-eid:1", "web-eid:1.0", "web-eid:1.1"])
def test_minor_versions_of_the_format_are_accepted(form: str) -> None:
    assert verifier().check(token(format=form), NONCE).accepted


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
def test_an_rsa_holder_logs_in(algorithm: str) -> None:
    result = verifier().check(token(algorithm), NONCE)
    assert result.accepted
    assert result.certificate is not None
    assert result.certificate.credit_code == maker.CREDIT_CODE or result.certificate.unique_id


def test_an_elliptic_holder_logs_in() -> None:
    assert verifier().check(token("ES256", key=maker.ec_key(0)), NONCE).accepted


@pytest.mark.parametrize(
    ("made", "result"),
    [
        (token(origin="https://phishing.example"), ResultCode.SIGNATURE_WRONG),
        (token(origin=ORIGIN + "/"), ResultCode.SIGNATURE_WRONG),
        (token(nonce=web_eid_nonce()), ResultCode.SIGNATURE_WRONG),
        (token(algorithm="RS256") | {"algorithm": "RS384"}, ResultCode.SIGNATURE_WRONG),
        (token(algorithm="RS256") | {"algorithm": "ES256"}, ResultCode.SIGNATURE_WRONG),
        (token() | {"algorithm": "none"}, ResultCode.NOT_SUPPORTED),
        (token() | {"signature": ""}, ResultCode.SIGNATURE_WRONG),
        (token("ES256", key=maker.ec_key(0)) | {"signature": "AAAA"}, ResultCode.SIGNATURE_WRONG),
        (token() | {"signature": "***"}, ResultCode.MESSAGE_UNREADABLE),
        (token() | {"signature": 7}, ResultCode.MESSAGE_UNREADABLE),
        (token() | {"signature": "A" * 20_000}, ResultCode.MESSAGE_UNREADABLE),
        (token("ES256", key=maker.ec_key(0)) | {"algorithm": "ES384"}, ResultCode.SIGNATURE_WRONG),
        (
            token("ES256", key=maker.ec_key(0), signature=padded(token("ES256", key=maker.ec_key(0)))),
            ResultCode.SIGNATURE_WRONG,
        ),
        *(
            (token() | {"format": form}, ResultCode.MESSAGE_UNREADABLE)
            for form in ("web-eid:2.0", "web-eid:10.0", "web-eid:1x", "web-eid:", 1)
        ),
        (token() | {"unverifiedCertificate": "AAAA"}, ResultCode.CERTIFICATE_UNREADABLE),
        ({}, ResultCode.MESSAGE_UNREADABLE),
    ],
)
def test_nothing_else_is_a_login(made: dict[str, Any], result: ResultCode) -> None:
    assert verifier().check(made, NONCE).result is result


def test_origin_and_nonce_cannot_be_shifted_into_each_other() -> None:
    """Hashed apart: the same characters cut elsewhere are another text."""
    moved = token(origin=ORIGIN + NONCE[:2], nonce=NONCE[2:] + "xx")
    assert verifier().check(moved, NONCE).result is ResultCode.SIGNATURE_WRONG


def test_a_short_nonce_is_the_portals_mistake_and_lets_nobody_in() -> None:
    assert verifier().check(token(nonce="short"), "short").result is ResultCode.CHALLENGE_WRONG


def test_an_encryption_certificate_does_not_log_in() -> None:
    der = ISSUER.certificate(extensions=[maker.HEBCA_CONSTRAINTS, maker.key_usage(2, 3)])
    made = token(unverifiedCertificate=base64.b64encode(der).decode())
    assert verifier().check(made, NONCE).result is ResultCode.NOT_FOR_SIGNING


def test_a_revoked_certificate_does_not_log_in() -> None:
    judge = verifier(crl=ISSUER.crl([(0x1A2B3C4D5E6F7081, NOW, 1)]))
    assert judge.check(token(), NONCE).result is ResultCode.REVOKED


@pytest.mark.parametrize(
    "origin",
    ["http://portal.example", "https://portal.example/", "portal.example", "https://a@b", "https://A.example", ""],
)
def test_an_origin_is_written_as_browsers_write_it(origin: str) -> None:
    with pytest.raises(HelperError):
        verifier(origin)


@pytest.mark.parametrize("origin", ["https://portal.example:8443", "http://localhost:17280", "http://127.0.0.1:1"])
def test_loopback_needs_no_tls(origin: str) -> None:
    assert verifier(origin).check(token(origin=origin), NONCE).accepted


def test_nonces_for_web_eid_are_long_enough_and_count_once() -> None:
    book = NonceBook(lambda: NOW, make=web_eid_nonce)
    nonce = book.issue("session")
    assert len(nonce) >= 44
    assert len(base64.b64decode(nonce)) == 32
    assert book.redeem("session", nonce)
    assert not book.redeem("session", nonce)
