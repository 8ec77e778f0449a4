"""Private keys: sign, decrypt, make, take in. No signature leaves unless it verifies with its own public key."""

from __future__ import annotations

import ctypes
import hmac
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der, sm2
from hebca_helper.pki.keyinfo import KeyInfo, KeyKind
from hebca_helper.tokens.host.skf.containers import Half, halves, number, point_info, public_key, raw_key
from hebca_helper.tokens.host.skf.failures import INVALID_PARAMETER, NOT_SUPPORTED, STALE, USER_NOT_LOGGED_IN, SkfError
from hebca_helper.tokens.host.skf.library import (
    CipherParameters,
    EccCipherHead,
    EccPublicKey,
    EccSignature,
    EnvelopedKeyHead,
    RsaPublicKey,
    Skf,
)
from hebca_helper.tokens.host.skf.roster import Application
from hebca_helper.tokens.messages import KeyPairKind
from hebca_helper.tokens.model import DIGEST_INFO, Mechanism

SGD_SM2_SIGN = (0x20100, 0x20200)
"""What GM/T 0016 calls the signing key's algorithm, and GM/T 0006 with some makers."""
SGD_SM4_CBC = 0x402
LARGEST_CONTENT = 1024 * 1024
"""Octets that are decrypted inside the token, which is slow."""
PIECE = 4096
BLOCK = 16
DIGEST_OCTETS = 32
_NOT_OF_THE_CONTENT = frozenset({*STALE, NOT_SUPPORTED, USER_NOT_LOGGED_IN, 0x0A00001B})
LOCK_MILLISECONDS = 5000


class Keys:
    def __init__(self, skf: Skf) -> None:
        self._skf = skf

    def sign(self, application: Application, key_id: bytes, spki: bytes, mechanism: Mechanism, digest: bytes) -> bytes:
        """DER SEQUENCE(r, s), or PKCS#1 v1.5, with the key of `spki` where that is told. Raises NO_PRIVATE_KEY, KEY_MISMATCH, BAD_REQUEST for a digest of a wrong size,
        TOKEN_FAILURE for a signature that does not hold."""
        half = Half.of(key_id)
        if not half.signs:
            raise HelperError(Code.NO_PRIVATE_KEY)
        handle = self._container(application, half)
        key = self._key(application, handle, half)
        if spki and raw_key(spki) != raw_key(key):
            raise HelperError(Code.KEY_MISMATCH)
        if mechanism is Mechanism.SM2_SM3:
            return self._sign_sm2(handle, key, digest)
        return self._sign_rsa(handle, key, mechanism, digest)

    def decrypt(self, application: Application, key_id: bytes, ciphertext: bytes) -> bytes:
        """An SM2Cipher (GM/T 0009, 7.2, DER). Raises NOT_SUPPORTED where only `open_content` can, DECRYPTION_FAILED."""
        half, blob = Half.of(key_id), cipher_blob(ciphertext)
        if not self._skf.has("ECCPrvKeyDecrypt"):
            raise HelperError(Code.NOT_SUPPORTED)
        size = len(blob) - ctypes.sizeof(EccCipherHead)
        handle = self._container(application, half)
        with _of_the_content():
            # As long as its ciphertext, whatever size is told.
            return self._skf.data("ECCPrvKeyDecrypt", handle, ctypes.create_string_buffer(blob))[:size]

    def open_content(
        self, application: Application, key_id: bytes, wrapped: bytes, vector: bytes, content: bytes
    ) -> bytes:
        """SM4-CBC inside the token, its padding left on. Raises DECRYPTION_FAILED, TOO_LARGE."""
        half, blob = Half.of(key_id), cipher_blob(wrapped)
        if len(content) > LARGEST_CONTENT:
            raise HelperError(Code.TOO_LARGE, str(len(content)))
        if len(vector) != BLOCK or len(content) % BLOCK:
            raise HelperError(Code.DECRYPTION_FAILED)
        handle = self._container(application, half)
        with _of_the_content():
            key = ("ImportSessionKey", "CloseHandle", handle, SGD_SM4_CBC, blob, len(blob))
            with self._skf.opened(*key) as session:
                opened = self._decrypted(session, vector, content)
        if len(opened) != len(content):
            raise HelperError(Code.DECRYPTION_FAILED)
        return opened

    def generate(self, application: Application, kind: KeyPairKind, name: bytes) -> bytes:
        """A key pair in a container of its own; its SubjectPublicKeyInfo. Raises NOT_SUPPORTED."""
        make = {KeyPairKind.SM2: self._make_sm2, KeyPairKind.RSA_2048: self._make_rsa}.get(kind)
        if make is None:
            raise HelperError(Code.NOT_SUPPORTED, kind)
        with self._skf.locked(application.device.handle, LOCK_MILLISECONDS):
            try:
                with self._skf.opened("CreateContainer", "CloseContainer", application.handle, name) as handle:
                    make(handle)
                    key = public_key(self._skf, handle, True)
            except SkfError:
                with suppress(SkfError):
                    self._skf.call("DeleteContainer", application.handle, name)
                raise
        if key is None:
            raise HelperError(Code.TOKEN_FAILURE, "no public key")
        return key

    def import_pair(self, application: Application, blob: bytes) -> None:
        """An encryption pair (ENVELOPEDKEYBLOB) into the container whose signing key opens it.

        A half that already holds another key stays as it is. Raises NO_PRIVATE_KEY where there is no such container,
        BAD_REQUEST for a blob that cannot be one."""
        wanted = _enveloped_key(blob)
        with self._skf.locked(application.device.handle, LOCK_MILLISECONDS):
            for half, handle in halves(self._skf, application):
                if half.signs or self._is_other(handle, wanted):
                    continue
                try:
                    self._skf.call("ImportECCKeyPair", handle, ctypes.create_string_buffer(blob))
                except SkfError as problem:
                    if problem.number in (*STALE, USER_NOT_LOGGED_IN):
                        raise
                    continue  # made for another container's key
                if public_key(self._skf, handle, False) == wanted:
                    application.device.public_keys.pop((application.handle, half.key_id), None)
                    return
        raise HelperError(Code.NO_PRIVATE_KEY)

    def _is_other(self, container: int, wanted: bytes) -> bool:
        """Whether this container has no signing key of SM2 or another encryption key."""
        signing, present = (public_key(self._skf, container, signs) for signs in (True, False))
        if signing is None or KeyInfo.of(signing).kind is not KeyKind.SM2:
            return True
        return present is not None and present != wanted

    def _container(self, application: Application, half: Half) -> int:
        """Stays open as long as the device is there: opening it anew costs as much as a signature on some."""
        opened, name = application.device.containers, (application.handle, half.container)
        if name not in opened:
            opened[name] = self._skf.handle("OpenContainer", application.handle, half.container)
        return opened[name]

    def _key(self, application: Application, container: int, half: Half) -> bytes:
        known, name = application.device.public_keys, (application.handle, half.key_id)
        key = known.get(name) or public_key(self._skf, container, half.signs)
        if key is None:
            raise HelperError(Code.NO_PRIVATE_KEY)
        known[name] = key
        return key

    def _sign_sm2(self, container: int, key: bytes, digest: bytes) -> bytes:
        if len(digest) != DIGEST_OCTETS:
            raise HelperError(Code.BAD_REQUEST, f"{len(digest)}")
        if KeyInfo.of(key).kind is not KeyKind.SM2:
            raise HelperError(Code.NO_PRIVATE_KEY)
        made = EccSignature()
        self._skf.call("ECCSignData", container, digest, len(digest), ctypes.byref(made))
        signature = der.wrap(der.SEQUENCE, der.number(number(made.r)) + der.number(number(made.s)))
        return _held(signature, sm2.verify_digest(key, digest, signature))

    def _sign_rsa(self, container: int, key: bytes, mechanism: Mechanism, digest: bytes) -> bytes:
        head = DIGEST_INFO.get(mechanism)
        if head is None or KeyInfo.of(key).kind is not KeyKind.RSA:
            raise HelperError(Code.NO_PRIVATE_KEY)
        if len(digest) != head[-1]:
            raise HelperError(Code.BAD_REQUEST, f"{len(digest)}")
        modulus, exponent = _rsa_numbers(key)
        size = (modulus.bit_length() + 7) // 8
        info = head + digest
        signature = self._skf.data("RSASignData", container, info, len(info))[:size]
        expected = b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info  # RFC 8017, 9.2
        found = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big")
        return _held(signature, hmac.compare_digest(found, expected))

    def _decrypted(self, session: int, vector: bytes, content: bytes) -> bytes:
        parameters = CipherParameters(iv_length=BLOCK)
        parameters.iv[:BLOCK] = vector
        self._skf.call("DecryptInit", session, parameters)
        opened = bytearray()
        for offset in range(0, len(content), PIECE):
            piece = content[offset : offset + PIECE]
            opened += self._skf.sized("DecryptUpdate", session, piece, len(piece), most=len(piece) + 2 * BLOCK)
        opened += self._skf.sized("DecryptFinal", session, most=2 * BLOCK)
        return bytes(opened)

    def _make_sm2(self, container: int) -> None:
        made = EccPublicKey()
        try:
            self._skf.call("GenECCKeyPair", container, SGD_SM2_SIGN[0], ctypes.byref(made))
        except SkfError as problem:
            if problem.number not in (NOT_SUPPORTED, INVALID_PARAMETER):
                raise
            self._skf.call("GenECCKeyPair", container, SGD_SM2_SIGN[1], ctypes.byref(made))

    def _make_rsa(self, container: int) -> None:
        self._skf.call("GenRSAKeyPair", container, 2048, ctypes.byref(RsaPublicKey()))


def cipher_blob(ciphertext: bytes) -> bytes:
    """ECCCIPHERBLOB of an SM2Cipher. Raises DECRYPTION_FAILED."""
    try:
        outer = der.expect(der.read(ciphertext), der.SEQUENCE)
        x, y, digest, cipher = der.children(outer.content)
        numbers = [der.integer(der.expect(part, der.INTEGER).content).to_bytes(64, "big") for part in (x, y)]
        check, content = (der.expect(part, der.OCTET_STRING).content for part in (digest, cipher))
        if outer.end != len(ciphertext) or len(check) != DIGEST_OCTETS:
            raise ValueError("not an SM2Cipher")
    except (ValueError, OverflowError):
        raise HelperError(Code.DECRYPTION_FAILED) from None
    return b"".join((*numbers, check, len(content).to_bytes(4, "little"), content))


def _enveloped_key(blob: bytes) -> bytes:
    """The public key of an ENVELOPEDKEYBLOB whose lengths fit. Raises BAD_REQUEST."""
    heads = ctypes.sizeof(EnvelopedKeyHead), ctypes.sizeof(EccCipherHead)
    if len(blob) < sum(heads):
        raise HelperError(Code.BAD_REQUEST)
    head = EnvelopedKeyHead.from_buffer_copy(blob)
    cipher = EccCipherHead.from_buffer_copy(blob, heads[0])
    key = point_info(head.public_key)
    if head.version != 1 or head.bits != 256 or key is None or len(blob) != sum(heads) + cipher.length:
        raise HelperError(Code.BAD_REQUEST)
    return key


def _rsa_numbers(spki: bytes) -> tuple[int, int]:
    key = der.bits(der.inside(spki, der.SEQUENCE)[1].content)
    modulus, exponent = (der.integer(part.content) for part in der.inside(key, der.SEQUENCE))
    return modulus, exponent


def _held(signature: bytes, holds: bool) -> bytes:
    """A library that hashes once more, or signs with another key, is found out here."""
    if not holds:
        raise HelperError(Code.TOKEN_FAILURE, "the signature does not verify")
    return signature


@contextmanager
def _of_the_content() -> Iterator[None]:
    """Whatever a library says of a ciphertext: nobody may tell it apart."""
    try:
        yield
    except SkfError as problem:
        if problem.number in _NOT_OF_THE_CONTENT:
            raise
        raise HelperError(Code.DECRYPTION_FAILED) from None
