"""Content ciphers of envelopes: what a message names, and the work of sealing and opening piece by piece."""

from __future__ import annotations

import secrets
from enum import Enum
from typing import NamedTuple

from asn1crypto import algos, core
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.cms import ber
from hebca_helper.pki.cms.algorithms import identifier_oid
from hebca_helper.texts import tr

MAC_LENGTH = 16
NONCE_LENGTH = 12
"""Octets of what we make with GCM (RFC 5084, 3.2 recommends 12 for the nonce)."""
SHORTEST_MAC, LONGEST_NONCE = 12, 64


class _Row(NamedTuple):
    oid: str
    key_length: int
    block: int
    authenticated: bool = False


class ContentCipher(Enum):
    """Triple DES (RFC 3370, 5.1), AES-CBC (RFC 3565, 4.1), AES-GCM (RFC 5084, 3.2), SM4-CBC (GM/T 0006-2012)."""

    DES_EDE3_CBC = _Row("1.2.840.113549.3.7", 24, 8)
    AES_128_CBC = _Row("2.16.840.1.101.3.4.1.2", 16, 16)
    AES_192_CBC = _Row("2.16.840.1.101.3.4.1.22", 24, 16)
    AES_256_CBC = _Row("2.16.840.1.101.3.4.1.42", 32, 16)
    SM4_CBC = _Row("1.2.156.10197.1.104.2", 16, 16)
    AES_128_GCM = _Row("2.16.840.1.101.3.4.1.6", 16, 16, True)
    AES_192_GCM = _Row("2.16.840.1.101.3.4.1.26", 24, 16, True)
    AES_256_GCM = _Row("2.16.840.1.101.3.4.1.46", 32, 16, True)

    @property
    def key_length(self) -> int:
        """Octets."""
        return self.value.key_length

    @property
    def authenticated(self) -> bool:
        """Whether a change of the content is noticed."""
        return self.value.authenticated

    def algorithm(self, key: bytes) -> BlockCipherAlgorithm:
        kind = {ContentCipher.DES_EDE3_CBC: TripleDES, ContentCipher.SM4_CBC: SM4}.get(self, AES)
        return kind(key)

    def sealed_length(self, size: int) -> int:
        """Octets of the encrypted content of `size` octets."""
        block = self.value.block
        return size if self.authenticated else (size // block + 1) * block


_BY_OID = {cipher.value.oid: cipher for cipher in ContentCipher}


class Parameters(NamedTuple):
    """A cipher with its initialisation vector or nonce; `mac_length` is 0 where there is none."""

    cipher: ContentCipher
    vector: bytes
    mac_length: int

    @classmethod
    def fresh(cls, cipher: ContentCipher) -> Parameters:
        length = NONCE_LENGTH if cipher.authenticated else cipher.value.block
        return cls(cipher, secrets.token_bytes(length), MAC_LENGTH if cipher.authenticated else 0)

    @classmethod
    def read(cls, identifier: bytes) -> Parameters:
        """From a DER AlgorithmIdentifier. ValueError; HelperError(NOT_SUPPORTED) for ciphers that are not read."""
        oid = identifier_oid(identifier)
        cipher = _BY_OID.get(oid)
        if cipher is None:
            name = algos.EncryptionAlgorithmId.map(oid) if oid in algos.EncryptionAlgorithmId._map else oid
            raise HelperError(Code.NOT_SUPPORTED, tr("加密算法 {name}").format(name=name))
        parts = der.inside(identifier, der.SEQUENCE)
        if cipher.authenticated:
            return cls(cipher, *_gcm(der.expect(parts[1], der.SEQUENCE).content))
        vector = der.expect(parts[1], der.OCTET_STRING).content
        if len(vector) != cipher.value.block:
            raise ValueError("initialisation vector of a wrong length")
        return cls(cipher, vector, 0)

    def unpadded(self, opened: bytes) -> bytes:
        """Content that was decrypted elsewhere, without its padding. HelperError(DECRYPTION_FAILED)."""
        context = padding.PKCS7(8 * self.cipher.value.block).unpadder()
        try:
            return context.update(opened) + context.finalize()
        except ValueError:
            raise HelperError(Code.DECRYPTION_FAILED) from None

    @property
    def identifier(self) -> bytes:
        """DER AlgorithmIdentifier."""
        oid, vector = core.ObjectIdentifier(self.cipher.value.oid).dump(), core.OctetString(self.vector).dump()
        if self.cipher.authenticated:
            vector = ber.element(ber.SEQUENCE, vector, core.Integer(self.mac_length).dump())
        return ber.element(ber.SEQUENCE, oid, vector)


class Sealer:
    """Encrypts one content under a key of its own."""

    def __init__(self, parameters: Parameters, key: bytes) -> None:
        self.mac = b""
        algorithm, vector = parameters.cipher.algorithm(key), parameters.vector
        self._pad: padding.PaddingContext | None = None
        if parameters.cipher.authenticated:
            self._gcm = Cipher(algorithm, modes.GCM(vector)).encryptor()
        else:
            self._cbc = Cipher(algorithm, modes.CBC(vector)).encryptor()
            self._pad = padding.PKCS7(algorithm.block_size).padder()

    def update(self, data: bytes) -> bytes:
        return self._cbc.update(self._pad.update(data)) if self._pad else self._gcm.update(data)

    def finish(self) -> bytes:
        """The last octets; `mac` is set then."""
        if self._pad:
            return self._cbc.update(self._pad.finalize()) + self._cbc.finalize()
        last = self._gcm.finalize()
        self.mac = self._gcm.tag
        return last


class Opener:
    """Decrypts one content. Every failure is HelperError(DECRYPTION_FAILED), raised by `finish`.

    What `update` returned is not to be used until `finish` returned.
    """

    def __init__(self, parameters: Parameters, key: bytes, additional: bytes, mac: bytes) -> None:
        algorithm, vector = parameters.cipher.algorithm(key), parameters.vector
        self._mac = mac
        self._unpad: padding.PaddingContext | None = None
        if parameters.cipher.authenticated:
            self._gcm = Cipher(algorithm, modes.GCM(vector, None, SHORTEST_MAC)).decryptor()
            self._gcm.authenticate_additional_data(additional)
        else:
            self._cbc = Cipher(algorithm, modes.CBC(vector)).decryptor()
            self._unpad = padding.PKCS7(algorithm.block_size).unpadder()

    def update(self, data: bytes) -> bytes:
        return self._unpad.update(self._cbc.update(data)) if self._unpad else self._gcm.update(data)

    def finish(self) -> bytes:
        try:
            if self._unpad:
                return self._unpad.update(self._cbc.finalize()) + self._unpad.finalize()
            return self._gcm.finalize_with_tag(self._mac)
        except (ValueError, InvalidTag):
            raise HelperError(Code.DECRYPTION_FAILED) from None


def _gcm(parameters: bytes) -> tuple[bytes, int]:
    """GCMParameters (RFC 5084, 3.2): nonce, and the length of the MAC, 12 unless told."""
    parts = list(der.children(parameters))
    nonce = der.expect(parts[0], der.OCTET_STRING).content
    length = der.integer(der.expect(parts[1], der.INTEGER).content) if len(parts) > 1 else SHORTEST_MAC
    if not 8 <= len(nonce) <= LONGEST_NONCE or not SHORTEST_MAC <= length <= MAC_LENGTH:
        raise ValueError("unusable nonce or length of the authentication code")
    return nonce, length
