"""What is no login certificate is refused at every door, and let in by its own relaxation only.

The certificates are made by openssl, as servers, responders and CAs get theirs.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import pem
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import Crl
from hebca_helper.relying_party.judging import CertificateJudge
from hebca_helper.relying_party.login import LoginVerifier
from hebca_helper.relying_party.policy import CertificatePolicy
from hebca_helper.relying_party.results import LoginResult, ResultCode, unfit
from hebca_helper.relying_party.signed_data import SignedDataVerifier
from hebca_helper.relying_party.web_eid import WebEidVerifier
from tests.pki import certificate_maker as maker

ORIGIN = "https://portal.example"
CHALLENGE = "q" * 44
NOW = datetime.now(UTC)
CONFIGURATION = "[req]\ndistinguished_name=name\n[name]\n"
RSA, RSA_1024 = ("rsa", "rsa_keygen_bits:2048"), ("rsa", "rsa_keygen_bits:1024")
P256, P384 = ("ec", "ec_paramgen_curve:P-256"), ("ec", "ec_paramgen_curve:P-384")
KOBLITZ, BRAINPOOL = ("ec", "ec_paramgen_curve:secp256k1"), ("ec", "ec_paramgen_curve:brainpoolP256r1")
SIGNING = "keyUsage=critical,digitalSignature,nonRepudiation"
LEAF = "basicConstraints=CA:FALSE"


@dataclass(frozen=True)
class Kind:
    """`relaxation` is the field that lets it in, `result` what is told without."""

    relaxation: str
    result: ResultCode
    extensions: tuple[str, ...]
    key: tuple[str, str] = RSA


def _purpose(name: str) -> Kind:
    return Kind("other_purposes", ResultCode.OTHER_PURPOSE, (LEAF, SIGNING, f"extendedKeyUsage={name}"))


KINDS = {
    "server": _purpose("critical,serverAuth"),
    "responder": _purpose("critical,OCSPSigning"),
    "time stamps": _purpose("critical,timeStamping"),
    "server, not critical": _purpose("serverAuth"),
    "no purpose": _purpose("DER:3000"),
    "unreadable purpose": _purpose("DER:0500"),
    "authority": Kind("authorities", ResultCode.AUTHORITY, ("basicConstraints=critical,CA:TRUE", SIGNING)),
    "authority in BER": Kind("authorities", ResultCode.AUTHORITY, ("basicConstraints=DER:3003010101", SIGNING)),
    "unreadable constraints": Kind("authorities", ResultCode.AUTHORITY, ("basicConstraints=DER:0500", SIGNING)),
    "signs certificates": Kind("authorities", ResultCode.AUTHORITY, (LEAF, SIGNING + ",keyCertSign")),
    "no key usage": Kind("no_key_usage", ResultCode.NO_KEY_USAGE, (LEAF,)),
    "rsa 1024": Kind("short_keys", ResultCode.KEY_NOT_ALLOWED, (LEAF, SIGNING), RSA_1024),
    "p-384": Kind("other_curves", ResultCode.KEY_NOT_ALLOWED, (LEAF, SIGNING), P384),
    "secp256k1": Kind("other_curves", ResultCode.KEY_NOT_ALLOWED, (LEAF, SIGNING), KOBLITZ),
    "brainpool": Kind("other_curves", ResultCode.KEY_NOT_ALLOWED, (LEAF, SIGNING), BRAINPOOL),
}
ORDINARY = {
    "as hebca's": Kind("", ResultCode.OK, ("basicConstraints=DER:3003010100", SIGNING)),
    "bare": Kind("", ResultCode.OK, ("keyUsage=digitalSignature",)),
    "for clients": Kind("", ResultCode.OK, (LEAF, SIGNING, "extendedKeyUsage=critical,clientAuth")),
    "for both": Kind("", ResultCode.OK, (LEAF, SIGNING, "extendedKeyUsage=serverAuth,emailProtection")),
    "p-256": Kind("", ResultCode.OK, (LEAF, SIGNING), P256),
}


class Desk:
    """openssl, with a CA and one person's key."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self._folder = folder
        self._kind = kind
        self.authority = maker.root(start=NOW - timedelta(days=9), end=NOW + timedelta(days=99))
        own = maker.rsa_key(1).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "ca.key").write_bytes(own)
        (folder / "ca.pem").write_bytes(pem.armor("CERTIFICATE", self.authority.der))
        (folder / "req.cnf").write_text(CONFIGURATION)
        (folder / "extensions").write_text("\n".join(kind.extensions) + "\n")
        self.run("genpkey", "-algorithm", kind.key[0], "-pkeyopt", kind.key[1], "-out", "key.pem")
        self.run("req", "-new", "-config", "req.cnf", "-key", "key.pem", "-subj", "/CN=Holder", "-out", "request")
        self.run(
            *("x509", "-req", "-in", "request", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "77"),
            *("-days", "9", "-extfile", "extensions", "-out", "own.pem"),
        )
        self.certificate = pem.unarmor((folder / "own.pem").read_bytes())[2]

    def run(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self._folder, check=True, capture_output=True)

    def signature(self, digest: str, data: bytes) -> bytes:
        (self._folder / "data").write_bytes(data)
        self.run("dgst", f"-{digest}", "-sign", "key.pem", "-out", "signature", "data")
        return (self._folder / "signature").read_bytes()

    def pkcs1(self, judge: CertificateJudge) -> LoginResult:
        digest = "sha1" if self._kind.key[0] == "rsa" else "sha256"
        signature = self.signature(digest, CHALLENGE.encode())
        return LoginVerifier(judge).check_pkcs1(CHALLENGE, self.certificate, signature)

    def web_eid(self, judge: CertificateJudge) -> LoginResult:
        algorithm = "RS256" if self._kind.key[0] == "rsa" else "ES384" if self._kind.key == P384 else "ES256"
        digest = f"sha{algorithm[2:]}"
        signature = self.signature(
            digest, b"".join(hashlib.new(digest, x.encode()).digest() for x in (ORIGIN, CHALLENGE))
        )
        if self._kind.key[0] == "ec":
            half = int(algorithm[2:]) // 8
            signature = b"".join(number.to_bytes(half, "big") for number in decode_dss_signature(signature))
        token = {
            "format": "web-eid:1.0",
            "unverifiedCertificate": base64.b64encode(self.certificate).decode(),
            "algorithm": algorithm,
            "signature": base64.b64encode(signature).decode(),
        }
        return WebEidVerifier(ORIGIN, judge).check(token, CHALLENGE)

    def signed_data(self, judge: CertificateJudge) -> LoginResult:
        (self._folder / "report").write_bytes(b"report")
        self.run(
            *("cms", "-sign", "-binary", "-nodetach", "-in", "report", "-signer", "own.pem", "-inkey", "key.pem"),
            *("-md", "sha256", "-outform", "DER", "-out", "message"),
        )
        return SignedDataVerifier(judge).check((self._folder / "message").read_bytes()).overall

    def judge(self, policy: CertificatePolicy | None) -> CertificateJudge:
        crl = self.authority.crl(this=NOW - timedelta(hours=1), following=NOW + timedelta(days=1))
        authority, lists = Certificate.parse(self.authority.der), [Crl.parse(crl)]
        return CertificateJudge([authority], lists, lambda: datetime.now(UTC), policy=policy)


DOORS: dict[str, Callable[[Desk, CertificateJudge], LoginResult]] = {
    "pkcs1": Desk.pkcs1,
    "web eid": Desk.web_eid,
    "signed data": Desk.signed_data,
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", KINDS)
def test_what_is_no_login_certificate_is_let_in_by_its_own_relaxation_only(
    tmp_path: Path, name: str, door: str
) -> None:
    kind, enter = KINDS[name], DOORS[door]
    desk = Desk(tmp_path, kind)
    relaxations = {each.name for each in fields(CertificatePolicy)}
    all_others = CertificatePolicy(**dict.fromkeys(relaxations - {kind.relaxation}, True))
    for policy in (None, all_others):
        assert enter(desk, desk.judge(policy)).result is kind.result
    assert enter(desk, desk.judge(CertificatePolicy(**{kind.relaxation: True}))).accepted


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ORDINARY)
def test_a_login_certificate_needs_no_relaxation(tmp_path: Path, name: str, door: str) -> None:
    desk = Desk(tmp_path, ORDINARY[name])
    assert DOORS[door](desk, desk.judge(None)).accepted


def test_each_result_has_its_own_words() -> None:
    results = [ResultCode.NOT_FOR_SIGNING, *{kind.result for kind in KINDS.values()}]
    certificate = Certificate.parse(maker.hebca().certificate())
    assert len({unfit(result, certificate).text for result in results}) == len(results)
