"""Signatures checked with a bare public key: right ones pass, and nothing else does."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import sm2
from hebca_helper.pki.keys import SignatureAlgorithm, algorithm_of, verify, verify_digest
from tests.pki import certificate_maker as maker

DATA = "待签名".encode("gbk")
CASES = [
    (SignatureAlgorithm.RSA_SHA1, maker.rsa_key(0), maker.SHA1_RSA, "sha1"),
    (SignatureAlgorithm.RSA_SHA256, maker.rsa_key(0), maker.SHA256_RSA, "sha256"),
    (SignatureAlgorithm.RSA_SHA384, maker.rsa_key(0), maker.SHA384_RSA, "sha384"),
    (SignatureAlgorithm.RSA_SHA512, maker.rsa_key(0), maker.SHA512_RSA, "sha512"),
    (SignatureAlgorithm.ECDSA_SHA256, maker.ec_key(0), maker.SHA256_ECDSA, "sha256"),
]


@pytest.mark.parametrize(("algorithm", "key", "scheme", "hash_name"), CASES)
def test_right_and_wrong(algorithm: SignatureAlgorithm, key: maker.Key, scheme: str, hash_name: str) -> None:
    public, signature = maker.spki(key), maker.sign(key, scheme, DATA)
    digest = hashlib.new(hash_name, DATA).digest()
    assert verify(public, algorithm, DATA, signature)
    assert verify_digest(public, algorithm, digest, signature)
    assert not verify(public, algorithm, DATA + b" ", signature)
    assert not verify(public, algorithm, DATA, signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not verify(public, algorithm, DATA, b"")
    assert not verify_digest(public, algorithm, digest[:-1], signature)
    others = [other for other in SignatureAlgorithm if other is not algorithm]
    assert not any(verify(public, other, DATA, signature) for other in others)
    assert algorithm_of(maker.sequence(maker.oid(scheme))) is algorithm


def test_pss_with_its_parameters() -> None:
    key = maker.rsa_key(0)
    signature = key.sign(DATA, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    named = maker.tagged(0, maker.sequence(maker.oid("2.16.840.1.101.3.4.2.1")))
    algorithm = algorithm_of(maker.sequence(maker.oid("1.2.840.113549.1.1.10"), maker.sequence(named)))
    assert algorithm is SignatureAlgorithm.RSA_PSS_SHA256
    assert verify(maker.spki(key), algorithm, DATA, signature)
    for parameters in (b"", maker.sequence(), maker.sequence(maker.tagged(0, maker.sequence(maker.oid("1.2.3"))))):
        assert algorithm_of(maker.sequence(maker.oid("1.2.840.113549.1.1.10"), parameters)) is None


def test_weak_and_unknown_algorithms_have_no_name() -> None:
    md5 = maker.sequence(maker.oid("1.2.840.113549.1.1.4"), b"\x05\x00")
    assert [algorithm_of(data) for data in (md5, b"", b"\x30\x00", b"\x02\x01\x00")] == [None] * 4


def test_a_key_that_cannot_be_loaded_verifies_nothing() -> None:
    other_kind = ed25519.Ed25519PrivateKey.generate().public_key()
    for public in (b"", b"\x30\x00", other_kind.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)):
        assert not verify(public, SignatureAlgorithm.RSA_SHA1, DATA, b"signature")


def test_an_unknown_curve_is_an_open_question() -> None:
    with pytest.raises(HelperError) as raised:
        verify(maker.unknown_curve_spki(), SignatureAlgorithm.ECDSA_SHA256, DATA, b"signature")
    assert raised.value.code is Code.NOT_SUPPORTED


def test_sm2_and_other_keys_do_not_verify_each_other() -> None:
    key, other = maker.sm2_key(0), maker.ec_key(0)
    signature = maker.sign(key, maker.SM3_SM2, DATA)
    assert verify(maker.spki(key), SignatureAlgorithm.SM2_SM3, DATA, signature)
    assert not verify(maker.spki(other), SignatureAlgorithm.SM2_SM3, DATA, signature)
    assert not verify(maker.spki(key), SignatureAlgorithm.ECDSA_SHA256, DATA, signature)
    digest = sm2.message_digest(sm2.public_key(key.number), DATA)
    assert verify_digest(maker.spki(key), SignatureAlgorithm.SM2_SM3, digest, signature)
    assert not verify_digest(maker.spki(key), SignatureAlgorithm.SM2_SM3, digest[:-1], signature)
