"""Private keys: find, sign, decrypt, generate."""

from __future__ import annotations

from typing import cast

from pkcs11 import Attribute, KeyType, MechanismFlag, ObjectClass, PublicKey, Session
from pkcs11 import Mechanism as P11Mechanism
from pkcs11.exceptions import (
    ArgumentsBad,
    DataInvalid,
    DataLenRange,
    EncryptedDataInvalid,
    EncryptedDataLenRange,
    FunctionFailed,
    GeneralError,
)
from pkcs11.util.ec import encode_ec_public_key, encode_ecdsa_signature, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.host.logins import Accepted, UsableKey
from hebca_helper.tokens.messages import KeyPairKind
from hebca_helper.tokens.model import Mechanism

DIGEST_INFO: dict[Mechanism, bytes] = {
    Mechanism.RSA_PKCS1_SHA1: bytes.fromhex("3021300906052b0e03021a05000414"),
    Mechanism.RSA_PKCS1_SHA256: bytes.fromhex("3031300d060960864801650304020105000420"),
}
"""DER of DigestInfo up to the digest (RFC 8017, section 9.2, note 1)."""
DIGEST_SIZE: dict[Mechanism, int] = {
    Mechanism.RSA_PKCS1_SHA1: 20,
    Mechanism.RSA_PKCS1_SHA256: 32,
    Mechanism.ECDSA_SHA256: 32,
}
SIGNATURE_BUFFER = 512
"""Bytes; python-pkcs11's own 8 KiB cost 6 µs a signature to make. It grows when a library asks for more."""
PADDING_FAILURES = (
    ArgumentsBad,
    DataInvalid,
    DataLenRange,
    EncryptedDataInvalid,
    EncryptedDataLenRange,
    FunctionFailed,
    GeneralError,
)
"""What libraries say of a ciphertext they cannot decrypt; SoftHSM2 says CKR_GENERAL_ERROR."""


def sign(accepted: Accepted, key_id: bytes, mechanism: Mechanism, digest: bytes) -> bytes:
    """RSA PKCS#1 v1.5 or DER ECDSA over a ready digest. Raises NO_PRIVATE_KEY, BAD_REQUEST for a digest of wrong size."""
    if len(digest) != DIGEST_SIZE[mechanism]:
        raise HelperError(Code.BAD_REQUEST, f"{mechanism}: {len(digest)}")
    if mechanism is Mechanism.ECDSA_SHA256:
        key = private_key(accepted, key_id, KeyType.EC, Attribute.SIGN)
        return encode_ecdsa_signature(key.sign(digest, mechanism=P11Mechanism.ECDSA, buffer_size=SIGNATURE_BUFFER))
    key = private_key(accepted, key_id, KeyType.RSA, Attribute.SIGN)
    return key.sign(DIGEST_INFO[mechanism] + digest, mechanism=P11Mechanism.RSA_PKCS, buffer_size=SIGNATURE_BUFFER)


def decrypt(accepted: Accepted, key_id: bytes, ciphertext: bytes) -> bytes:
    """RSA PKCS#1 v1.5. Every failure of the content is DECRYPTION_FAILED without a detail: nobody may tell them apart."""
    key = private_key(accepted, key_id, KeyType.RSA, Attribute.DECRYPT)
    try:
        return key.decrypt(ciphertext, mechanism=P11Mechanism.RSA_PKCS)
    except PADDING_FAILURES:
        raise HelperError(Code.DECRYPTION_FAILED) from None


def private_key(accepted: Accepted, key_id: bytes, kind: KeyType, purpose: Attribute) -> UsableKey:
    """The key of this CKA_ID, kept for the next call: a search costs more than a signature's overhead."""
    name = (key_id, f"{kind.name} {purpose.name}")
    key = accepted.keys.get(name)
    if key is None:
        key = accepted.keys[name] = _find(accepted.session, key_id, kind, purpose)
    return key


def _find(session: Session, key_id: bytes, kind: KeyType, purpose: Attribute) -> UsableKey:
    wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.KEY_TYPE: kind, Attribute.ID: key_id}
    # Some tokens give signing and encryption key the same id: only one made for this use will do.
    use = "sign" if purpose is Attribute.SIGN else "decrypt"
    for key in list(session.get_objects(wanted)):
        if hasattr(key, use):
            return cast("UsableKey", key)
    raise HelperError(Code.NO_PRIVATE_KEY)


def generate(session: Session, kind: KeyPairKind, key_id: bytes, label: str) -> bytes:
    """A key pair on the token that never leaves it; its public key as DER SubjectPublicKeyInfo."""
    secret = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True}
    public = {Attribute.PRIVATE: False}
    if kind is KeyPairKind.RSA_2048:
        uses = MechanismFlag.SIGN | MechanismFlag.VERIFY | MechanismFlag.ENCRYPT | MechanismFlag.DECRYPT
        pair = session.generate_keypair(
            KeyType.RSA, 2048, id=key_id, label=label, store=True, capabilities=uses,
            public_template=public, private_template=secret,
        )  # fmt: skip
        return public_info(pair[0])
    curve = session.create_domain_parameters(
        KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}, local=True
    )
    pair = curve.generate_keypair(
        id=key_id, label=label, store=True, capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
        public_template=public, private_template=secret,
    )  # fmt: skip
    return public_info(pair[0])


def public_info(key: PublicKey) -> bytes:
    """DER SubjectPublicKeyInfo of an RSA or EC public key object. Raises NOT_SUPPORTED."""
    kind = key[Attribute.KEY_TYPE]
    if kind is KeyType.EC:
        return encode_ec_public_key(key)
    if kind is not KeyType.RSA:
        raise HelperError(Code.NOT_SUPPORTED, str(kind))
    from asn1crypto.keys import PublicKeyInfo, RSAPublicKey

    return bytes(PublicKeyInfo.wrap(RSAPublicKey.load(encode_rsa_public_key(key)), "rsa").dump())
