"""The openssl command as judge and as the other side, and keys for both."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from asn1crypto import core, pem
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms.envelope import Envelope, recipient_for
from hebca_helper.pki.cms.signing import DigestAlgorithm, SignedAttributes, prepare, signed_data
from tests.pki import certificate_maker as maker

SIGNED_AT = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
KEY_IDENTIFIER = maker.extension("2.5.29.14", core.OctetString(b"identifier of a key!").dump())


@dataclass(frozen=True)
class Holder:
    """A certificate and its key, as one of ours and as files for openssl."""

    certificate: Certificate
    key: maker.Key

    def put(self, folder: Path) -> Path:
        """certificate.pem and key.pem in `folder`."""
        (folder / "certificate.pem").write_bytes(pem.armor("CERTIFICATE", self.certificate.der))
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "key.pem").write_bytes(key)
        return folder

    def sign(self, attributes: SignedAttributes) -> bytes:
        """What a token does."""
        hashed = hashes.SHA1() if attributes.digest is DigestAlgorithm.SHA1 else hashes.SHA256()  # noqa: S303
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(attributes.to_sign, ec.ECDSA(hashed))
        return self.key.sign(attributes.to_sign, padding.PKCS1v15(), hashed)

    def message(
        self, content: bytes, *, detached: bool = False, digest: DigestAlgorithm = DigestAlgorithm.SHA256
    ) -> bytes:
        """A SignedData as we make it."""
        attributes = prepare(digest.of(content), self.certificate, digest, SIGNED_AT)
        return signed_data(None if detached else content, attributes, self.certificate, self.sign(attributes))

    def open(self, envelope: Envelope) -> bytes:
        """What a token and we do with an envelope."""
        assert isinstance(self.key, rsa.RSAPrivateKey)
        recipient = recipient_for(envelope, self.certificate)
        assert recipient is not None
        key = self.key.decrypt(recipient.encrypted_key, padding.PKCS1v15())
        return envelope.decrypt(recipient.content_key(key, envelope.cipher))


@lru_cache
def rsa_holder(number: int = 0) -> Holder:
    key = maker.rsa_key(number)
    extensions = (maker.HEBCA_CONSTRAINTS, maker.key_usage(0, 1, 2, 3), KEY_IDENTIFIER)
    der = maker.hebca().certificate(public_key=maker.spki(key), serial=0x1A2B + number, extensions=extensions)
    return Holder(Certificate.parse(der), key)


@lru_cache
def ec_holder() -> Holder:
    key = maker.ec_key(0)
    return Holder(Certificate.parse(maker.hebca().certificate(public_key=maker.spki(key), serial=0xEC)), key)


def openssl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False)


def made(folder: Path, *arguments: str, content: bytes) -> bytes:
    """What `openssl cms ARGUMENTS -in content` writes as DER."""
    (folder / "content").write_bytes(content)
    command = ["cms", "-binary", "-in", "content", "-outform", "DER", "-out", "message", *arguments]
    answer = openssl(folder, *command)
    assert answer.returncode == 0, answer.stderr
    return (folder / "message").read_bytes()


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
