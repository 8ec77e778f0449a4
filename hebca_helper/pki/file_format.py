"""Our format of encrypted files, for EncryptFile and DecryptFile. It replaces the original's DES-ECB, which hides
little and notices no change; old files of that kind are not read.

    offset  octets  what
    0       8       "HEBCAENC"
    8       1       version, 1
    9       32      salt, random for each file
    41      …       pieces: 65,536 octets of content each, encrypted, with 16 octets of authentication code

Key and nonce prefix: HKDF (RFC 5869) with SHA-256 over the caller's key, with the salt, and the first 9 octets as info:
32 octets of AES-256-GCM key (NIST SP 800-38D), 7 octets of prefix. The nonce of a piece is prefix, number of the piece
(4 octets, big endian, from 0), and 1 for the last piece or 0 (the STREAM construction of Hoang, Reyhanitabar, Rogaway
and Vizár, 2015): pieces cannot be changed, dropped, swapped or put in, nor the file cut. The last piece holds 0 to
65,536 octets; every other is full.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

MAGIC, VERSION = b"HEBCAENC", 1
SALT_LENGTH, KEY_LENGTH, PREFIX_LENGTH, CODE_LENGTH = 32, 32, 7, 16
PIECE = 64 * 1024
MOST_PIECES = 1 << 32
SHORTEST_KEY, LONGEST_KEY = 16, 1024
"""Octets of the caller's key."""
_OPENING = MAGIC + bytes([VERSION])

Read = Callable[[int], bytes]
"""At most so many octets, fewer only when there are no more just now, none at the end: a binary file's `read`."""
Write = Callable[[bytes], object]


def encrypt_stream(key: bytes, read: Read, write: Write) -> None:
    """All that `read` gives, encrypted, to `write`, in little memory.

    HelperError(BAD_REQUEST) for a key that is too short or too long, TOO_LARGE over 256 TiB.
    """
    salt = secrets.token_bytes(SALT_LENGTH)
    cipher, prefix = _derive(key, salt)
    write(_OPENING + salt)
    for number, piece, last in _pieces(read, PIECE):
        write(cipher.encrypt(_nonce(prefix, number, last), piece, None))


def decrypt_stream(key: bytes, read: Read, write: Write) -> None:
    """The reverse. What was written counts only once this returns: write beside, and rename then.

    HelperError(MESSAGE_UNREADABLE) for a file that is not of this format, DECRYPTION_FAILED for a wrong key and for
    any change or cut.
    """
    header = _exactly(read, len(_OPENING) + SALT_LENGTH)
    if not header.startswith(_OPENING):
        raise HelperError(Code.MESSAGE_UNREADABLE, tr("不是证书助手加密的文件"))
    if len(header) < len(_OPENING) + SALT_LENGTH:
        raise HelperError(Code.DECRYPTION_FAILED)
    cipher, prefix = _derive(key, header[len(_OPENING) :])
    for number, piece, last in _pieces(read, PIECE + CODE_LENGTH):
        try:
            write(cipher.decrypt(_nonce(prefix, number, last), piece, None))
        except InvalidTag:
            raise HelperError(Code.DECRYPTION_FAILED) from None


def _derive(key: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise HelperError(Code.BAD_REQUEST, tr("密钥长度不对"))
    made = HKDF(SHA256(), KEY_LENGTH + PREFIX_LENGTH, salt, _OPENING).derive(key)
    return AESGCM(made[:KEY_LENGTH]), made[KEY_LENGTH:]


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    if number >= MOST_PIECES:
        raise HelperError(Code.TOO_LARGE)
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _pieces(read: Read, length: int) -> Iterator[tuple[int, bytes, bool]]:
    """(number, piece, whether it is the last); at least one, which may be empty."""
    number, piece = 0, _exactly(read, length)
    while len(piece) == length and (following := _exactly(read, length)):
        yield number, piece, False
        number, piece = number + 1, following
    yield number, piece, True


def _exactly(read: Read, length: int) -> bytes:
    """`length` octets, fewer only at the end."""
    octets = read(length)
    while 0 < len(octets) < length and (more := read(length - len(octets))):
        octets += more
    return octets
