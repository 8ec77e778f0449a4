"""Private keys: find, sign, decrypt, generate.

A key is known by its numbers, the modulus or the point: CKA_ID is a name that some tools forget, give twice, or change on
one side only. It counts where a token does not tell the numbers, and what is signed so is checked by the parent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.keyinfo import EC_PUBLIC_KEY, P256_CURVE, RSA_ENCRYPTION, KeyInfo, KeyKind, public_number
from hebca_helper.tokens.host.ckr import Ckr
from hebca_helper.tokens.host.cryptoki import (
    Attribute,
    CryptokiError,
    KeyType,
    ObjectClass,
    Session,
    Template,
    flag,
    number,
)
from hebca_helper.tokens.host.cryptoki import Mechanism as Ckm
from hebca_helper.tokens.host.logins import Accepted
from hebca_helper.tokens.messages import KeyPairKind
from hebca_helper.tokens.model import DIGEST_INFO, Mechanism

DIGEST_SIZE: dict[Mechanism, int] = {
    Mechanism.RSA_PKCS1_SHA1: 20,
    Mechanism.RSA_PKCS1_SHA256: 32,
    Mechanism.ECDSA_SHA256: 32,
}
_PADDING_FAILURES = frozenset(
    {
        Ckr.ARGUMENTS_BAD,
        Ckr.DATA_INVALID,
        Ckr.DATA_LEN_RANGE,
        Ckr.ENCRYPTED_DATA_INVALID,
        Ckr.ENCRYPTED_DATA_LEN_RANGE,
        Ckr.FUNCTION_FAILED,
        Ckr.GENERAL_ERROR,
    }
)
"""What libraries say of a ciphertext they cannot decrypt; SoftHSM2 says CKR_GENERAL_ERROR."""
_POINT_SIZES = frozenset({65, 97, 133})
"""Octets of an uncompressed point on P-256, P-384, P-521 (SEC 1, 2.3.3)."""
_EXPONENT = (65537).to_bytes(3, "big")


@dataclass(frozen=True, slots=True)
class Key:
    """A key object. `number` is its modulus or point, b"" where the token does not tell it; `kind` None likewise."""

    handle: int
    id: bytes
    kind: KeyType | None
    number: bytes


@dataclass(frozen=True, slots=True)
class Keys:
    """The private keys one can see (after login), else the public ones; `hidden` where there is neither."""

    private: bool
    keys: list[Key]

    @property
    def hidden(self) -> bool:
        return not self.keys

    def of(self, spki: bytes, key_id: bytes) -> Key | None:
        """The key that belongs to a public key (DER SubjectPublicKeyInfo) whose certificate has this CKA_ID."""
        kind = {KeyKind.RSA: KeyType.RSA, KeyKind.EC: KeyType.EC}.get(KeyInfo.of(spki).kind)
        able = [key for key in self.keys if key.kind in (kind, None)]
        candidates = _candidates(able, public_number(spki), key_id)
        sure = len(candidates) == 1 or (candidates and (candidates[0].number or candidates[0].id == key_id != b""))
        return candidates[0] if sure else None


def visible_keys(session: Session) -> Keys:
    public = _keys(session, ObjectClass.PUBLIC_KEY)
    private = [_completed(key, public) for key in _keys(session, ObjectClass.PRIVATE_KEY)]
    return Keys(bool(private), private or public)


def sign(
    accepted: Accepted, key_id: bytes, spki: bytes, mechanism: Mechanism, digest: bytes, passed_over: int
) -> bytes:
    """RSA PKCS#1 v1.5 or DER ECDSA over a ready digest, with the key of `spki`; b"" leaves it to CKA_ID. So many candidates
    were tried before and are passed over.

    Raises NO_PRIVATE_KEY, PIN_AGAIN, BAD_REQUEST for a digest of wrong size."""
    if len(digest) != DIGEST_SIZE.get(mechanism):
        raise HelperError(Code.BAD_REQUEST, f"{mechanism}: {len(digest)}")
    session, size = accepted.session, len(public_number(spki))
    kind = KeyType.EC if mechanism is Mechanism.ECDSA_SHA256 else KeyType.RSA
    key = private_key(accepted, key_id, spki, kind, Attribute.SIGN, passed_over)
    before = _own_login(accepted, key)
    if kind is KeyType.EC:
        signature = session.sign(key, Ckm.ECDSA, digest, before)
        # Some libraries make the structure themselves.
        return _ecdsa(signature) if not size or len(signature) == size - 1 else signature
    signature = session.sign(key, Ckm.RSA_PKCS, DIGEST_INFO[mechanism] + digest, before)
    return signature.rjust(size, b"\0")  # some leave out leading zeros (RFC 8017, section 8.2.1, step 2c)


def decrypt(accepted: Accepted, key_id: bytes, spki: bytes, ciphertext: bytes) -> bytes:
    """RSA PKCS#1 v1.5. Every failure of the content is DECRYPTION_FAILED without a detail: nobody may tell them apart."""
    key = private_key(accepted, key_id, spki, KeyType.RSA, Attribute.DECRYPT)
    before = _own_login(accepted, key)
    try:
        return accepted.session.decrypt(key, Ckm.RSA_PKCS, ciphertext, before)
    except CryptokiError as problem:
        if problem.number not in _PADDING_FAILURES:
            raise
        raise HelperError(Code.DECRYPTION_FAILED) from None


def matching_key(session: Session, spki: bytes) -> bytes:
    """CKA_ID of the private key with this public key's numbers; for a login's session. Raises NO_PRIVATE_KEY."""
    keys = visible_keys(session)
    key = keys.of(spki, b"") if keys.private else None
    if key is None:
        raise HelperError(Code.NO_PRIVATE_KEY)
    return key.id


def private_key(
    accepted: Accepted, key_id: bytes, spki: bytes, kind: KeyType, purpose: Attribute, passed_over: int = 0
) -> int:
    """The key's handle, kept for the next call: a search costs more than a signature's overhead."""
    name = (key_id, spki, f"{kind.name} {purpose.name}")
    if not accepted.keys.get(name):
        accepted.keys[name] = _find(accepted.session, key_id, spki, kind, purpose)
    if passed_over >= len(accepted.keys[name]):
        raise HelperError(Code.NO_PRIVATE_KEY)
    return accepted.keys[name][passed_over]


def _find(session: Session, key_id: bytes, spki: bytes, kind: KeyType, purpose: Attribute) -> list[int]:
    """Handles of the keys that can be meant, the likeliest first."""
    keys = visible_keys(session)
    # Some tokens give signing and encryption key the same id: only one made for this use will do.
    able = [
        key for key in keys.keys if key.kind in (kind, None) and session.get(key.handle, purpose) in (flag(True), None)
    ]
    if not keys.private:
        return []
    named = [key for key in able if key.id == key_id]
    return [key.handle for key in (_candidates(able, public_number(spki), key_id) if spki else named)]


def _candidates(keys: list[Key], wanted: bytes, key_id: bytes) -> list[Key]:
    """Keys that can be the one: those of its number, else those whose number nobody tells, of its name first."""
    same = [key for key in keys if wanted and key.number == wanted]
    untold = [key for key in keys if not wanted or not key.number]
    return same or sorted(untold, key=lambda key: key.id != key_id or not key_id)


def _keys(session: Session, kind: ObjectClass) -> list[Key]:
    found = session.find({Attribute.CLASS: number(kind), Attribute.TOKEN: flag(True)})
    return [_key(session, handle) for handle in found]


def _key(session: Session, handle: int) -> Key:
    """CKA_KEY_TYPE may be a vendor's number: what has a modulus is an RSA key."""
    key_id = session.get(handle, Attribute.ID) or b""
    stated = {number(each): each for each in KeyType}.get(session.get(handle, Attribute.KEY_TYPE) or b"")
    if modulus := (session.get(handle, Attribute.MODULUS) or b"").lstrip(b"\0"):
        return Key(handle, key_id, KeyType.RSA, modulus)
    if point := _point(session.get(handle, Attribute.EC_POINT) or b""):
        return Key(handle, key_id, KeyType.EC, point)
    return Key(handle, key_id, stated, b"")


def _completed(key: Key, public: list[Key]) -> Key:
    """A private key that does not tell its number has that of the public key beside it, where only one is of its name."""
    beside = [each for each in public if each.id == key.id and key.kind in (each.kind, None)]
    if key.number or len(beside) != 1:
        return key
    return Key(key.handle, key.id, beside[0].kind, beside[0].number)


def _point(told: bytes) -> bytes:
    """CKA_EC_POINT without its OCTET STRING header (PKCS#11 v2.40 curr, section 2.3.3; some libraries leave it out)."""
    if len(told) in _POINT_SIZES:
        return told
    try:
        element = der.read(told)
    except ValueError:
        return told
    return element.content if element.tag == der.OCTET_STRING and element.end == len(told) else told


def _own_login(accepted: Accepted, key: int) -> Callable[[], None] | None:
    """For a key that wants the PIN at each use. Raises PIN_AGAIN."""
    if accepted.asks_each_time and accepted.session.get(key, Attribute.ALWAYS_AUTHENTICATE) == flag(True):
        return accepted.own_login()
    return None


def _ecdsa(signature: bytes) -> bytes:
    """DER SEQUENCE(r, s) of the two halves."""
    half = len(signature) // 2
    return der.wrap(der.SEQUENCE, der.natural(signature[:half]) + der.natural(signature[half:]))


def generate(session: Session, kind: KeyPairKind, key_id: bytes, label: str) -> bytes:
    """A key pair on the token that never leaves it; its public key as DER SubjectPublicKeyInfo."""
    name = {Attribute.TOKEN: flag(True), Attribute.ID: key_id, Attribute.LABEL: label.encode()}
    public = {**name, Attribute.PRIVATE: flag(False), Attribute.VERIFY: flag(True)}
    secret = {Attribute.SENSITIVE: flag(True), Attribute.EXTRACTABLE: flag(False), Attribute.PRIVATE: flag(True)}
    private: Template = {**name, **secret, Attribute.SIGN: flag(True)}
    if kind is KeyPairKind.RSA_2048:
        numbers = {Attribute.MODULUS_BITS: number(2048), Attribute.PUBLIC_EXPONENT: _EXPONENT}
        pair = session.generate_pair(
            Ckm.RSA_PKCS_KEY_PAIR_GEN,
            {**public, **numbers, Attribute.ENCRYPT: flag(True)},
            {**private, Attribute.DECRYPT: flag(True)},
        )
        modulus, exponent = session.get(pair, Attribute.MODULUS) or b"", session.get(pair, Attribute.PUBLIC_EXPONENT)
        numbers_of_key = der.wrap(der.SEQUENCE, der.natural(modulus) + der.natural(exponent or _EXPONENT))
        return _spki(_oid(RSA_ENCRYPTION) + der.wrap(der.NULL, b""), numbers_of_key)
    curve = _oid(P256_CURVE)
    pair = session.generate_pair(Ckm.EC_KEY_PAIR_GEN, {**public, Attribute.EC_PARAMS: curve}, private)
    return _spki(_oid(EC_PUBLIC_KEY) + curve, _point(session.get(pair, Attribute.EC_POINT) or b""))


def _spki(algorithm: bytes, key: bytes) -> bytes:
    return der.wrap(der.SEQUENCE, der.wrap(der.SEQUENCE, algorithm) + der.wrap(der.BIT_STRING, b"\0" + key))


def _oid(dotted: str) -> bytes:
    return der.wrap(der.OID, der.object_identifier_octets(dotted))
