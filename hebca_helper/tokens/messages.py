"""The token host's protocol: typed messages, each a frame of 4 bytes length (big-endian) and JSON in UTF-8.

Every request gets exactly one answer, in order; the host also tells by itself when tokens come, go or change (`Tokens`
with number 0). Bytes travel as base64. Nothing here touches the system: the same code runs on both ends of the pipe.
"""

from __future__ import annotations

import types
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum, StrEnum
from functools import cache
from json import JSONDecodeError, JSONDecoder, JSONEncoder
from typing import Any, ClassVar, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints

from hebca_helper.errors import Code
from hebca_helper.tokens.model import (
    DataObject,
    Interface,
    Mechanism,
    SlotTrouble,
    TokenCertificate,
    TokenEvent,
    TokenInfo,
)

LARGEST_FRAME = 16 * 1024 * 1024
"""Bytes of one frame's JSON, both ways."""
LENGTH_BYTES = 4
# Made once: json.dumps and json.loads with options make a new one at each call.
_ENCODER = JSONEncoder(separators=(",", ":"))
_DECODER = JSONDecoder()


M = TypeVar("M", bound="Message")


class ProtocolError(ValueError):
    """The other end sent something that is no message."""


class KeyPairKind(StrEnum):
    RSA_2048 = "rsa-2048"
    EC_P256 = "ec-p256"
    SM2 = "sm2"


class Work(StrEnum):
    """What a request's time limit depends on."""

    LOAD = "load"
    LOGIN = "login"
    SIGN = "sign"
    GENERATE = "generate"
    OTHER = "other"


@dataclass_transform(field_specifiers=(field,), eq_default=True)
def message(kind: type[M]) -> type[M]:
    """A dataclass without generated comparison and representation: these cost a third of a millisecond a class, at each
    start of the program and of each host."""
    return dataclass(eq=False, repr=False, slots=True)(kind)


@message
class Message:
    """Base of everything in the pipe. Equal when of one kind with equal fields; shown without its content."""

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, each.name) == getattr(other, each.name) for each in fields(self))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


@message
class Request(Message):
    work: ClassVar[Work] = Work.OTHER
    needs_login: ClassVar[bool] = False


@message
class TokenRequest(Request):
    token_id: str


@message
class Load(Request):
    """First request: which library this host serves. `practice_folder` is "" for real tokens; `tries` maps a PIN state's
    name to the number of tries left where the driver's file tells it; `interface` is what the library speaks."""

    work: ClassVar[Work] = Work.LOAD
    path: str
    driver: str
    rescan: str
    tries: dict[str, int]
    practice_folder: str
    interface: Interface = Interface.PKCS11


@message
class Refresh(Request):
    """Look at slots, tokens and PIN flags anew."""


@message
class ListCertificates(TokenRequest):
    pass


@message
class Login(TokenRequest):
    work: ClassVar[Work] = Work.LOGIN
    pin: str = field(repr=False)


@message
class Logout(TokenRequest):
    work: ClassVar[Work] = Work.LOGIN


@message
class Sign(TokenRequest):
    """`spki` (DER SubjectPublicKeyInfo) tells which key; b"" where the caller knows no more than its CKA_ID. Where the token
    does not tell its keys apart, so many were the wrong ones and are passed over."""

    work: ClassVar[Work] = Work.SIGN
    needs_login: ClassVar[bool] = True
    key_id: bytes
    spki: bytes
    mechanism: Mechanism
    digest: bytes
    passed_over: int


@message
class Decrypt(TokenRequest):
    work: ClassVar[Work] = Work.SIGN
    needs_login: ClassVar[bool] = True
    key_id: bytes
    spki: bytes
    ciphertext: bytes


@message
class OpenContent(TokenRequest):
    """SM4-CBC inside the token, for one that gives no content key out: `wrapped` is the key's SM2Cipher (DER), `vector` the
    IV. The padding stays on."""

    work: ClassVar[Work] = Work.SIGN
    needs_login: ClassVar[bool] = True
    key_id: bytes
    wrapped: bytes
    vector: bytes
    content: bytes


@message
class ImportKeyPair(TokenRequest):
    """An encryption pair (ENVELOPEDKEYBLOB, GM/T 0016) for the container whose signing key opens it."""

    work: ClassVar[Work] = Work.GENERATE
    needs_login: ClassVar[bool] = True
    blob: bytes


@message
class ChangePin(TokenRequest):
    work: ClassVar[Work] = Work.LOGIN
    old: str = field(repr=False)
    new: str = field(repr=False)


@message
class Unblock(TokenRequest):
    work: ClassVar[Work] = Work.LOGIN
    so_pin: str = field(repr=False)
    new_pin: str = field(repr=False)


@message
class ListDataObjects(TokenRequest):
    private: bool


@message
class ReadData(TokenRequest):
    label: str
    private: bool


@message
class WriteData(TokenRequest):
    needs_login: ClassVar[bool] = True
    label: str
    private: bool
    value: bytes


@message
class DeleteData(TokenRequest):
    needs_login: ClassVar[bool] = True
    label: str
    private: bool


@message
class WriteCertificate(TokenRequest):
    needs_login: ClassVar[bool] = True
    der: bytes
    key_id: bytes
    label: str


@message
class DeleteCertificate(TokenRequest):
    needs_login: ClassVar[bool] = True
    der: bytes


@message
class GenerateKeyPair(TokenRequest):
    work: ClassVar[Work] = Work.GENERATE
    needs_login: ClassVar[bool] = True
    kind: KeyPairKind
    key_id: bytes
    label: str


@message
class FindKey(TokenRequest):
    """The CKA_ID of the private key that belongs to a public key (DER SubjectPublicKeyInfo)."""

    needs_login: ClassVar[bool] = True
    spki: bytes


@message
class Initialise(Request):
    work: ClassVar[Work] = Work.GENERATE
    label: str
    so_pin: str = field(repr=False)
    pin: str = field(repr=False)


@message
class Done(Message):
    """The answer to a request that has nothing to tell."""


@message
class Loaded(Message):
    """`library` names library and version for the help desk."""

    library: str
    tokens: list[TokenInfo]
    troubles: list[SlotTrouble]


@message
class Tokens(Message):
    """All tokens now present, what happened to them since the last such message, and the slots with other things."""

    tokens: list[TokenInfo]
    events: list[TokenEvent]
    troubles: list[SlotTrouble]


@message
class Certificates(Message):
    certificates: list[TokenCertificate]


@message
class DataObjects(Message):
    objects: list[DataObject]


@message
class Value(Message):
    """A signature, a plaintext, a data object's value or a public key (DER SubjectPublicKeyInfo)."""

    value: bytes = field(repr=False)


@message
class LoggedIn(Message):
    """`first` when the PIN went to the token; False when it was compared with the accepted one."""

    first: bool


@message
class Initialised(Message):
    token: TokenInfo


@message
class Failed(Message):
    code: Code
    detail: str
    tries_left: int | None


def frame(number: int, message: Message) -> bytearray:
    """The message as it goes into the pipe; `wipe` it once it is written. Raises ProtocolError when it is larger than
    LARGEST_FRAME.

    PINs are put in last, each by itself: the whole text with a PIN in it would lie in freed memory for long, and Python
    cannot overwrite a text. What small pieces leave there is soon used for others.
    """
    kind = type(message)
    secrets = _secrets(kind)
    table = {name: give(getattr(message, name)) for name, give, _ in _codecs(kind) if name not in secrets}
    body = [_ENCODER.encode({"id": number, "type": kind.__name__, **table}).encode()]
    if secrets:
        body[0] = body[0][:-1]
        for name in secrets:
            body += [f',"{name}":'.encode(), _ENCODER.encode(getattr(message, name)).encode()]
        body.append(b"}")
    size = sum(map(len, body))
    if size > LARGEST_FRAME:
        raise ProtocolError("frame too large")
    return bytearray().join([size.to_bytes(LENGTH_BYTES, "big"), *body])


def wipe(data: bytearray, message: Message) -> None:
    """Overwrite the frame of a message that holds a PIN."""
    if _secrets(type(message)):
        data[:] = bytes(len(data))


def parse(body: bytes | bytearray) -> tuple[int, Message]:
    """Number and message of a frame's JSON. Raises ProtocolError for anything else."""
    try:
        table = _DECODER.decode(body.decode())
        kind = _kinds()[table["type"]]
        return int(table["id"]), kind(**{name: take(table[name]) for name, _, take in _codecs(kind)})
    except (
        JSONDecodeError,
        UnicodeDecodeError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        RecursionError,
    ) as problem:
        raise ProtocolError(type(problem).__name__) from None


class Frames:
    """Cuts a stream of bytes into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes | bytearray) -> list[bytes]:
        """The JSON of each frame that `data` completes. Raises ProtocolError for a length over LARGEST_FRAME."""
        self._buffer += data
        complete = []
        while len(self._buffer) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._buffer[:LENGTH_BYTES], "big")
            if end > LARGEST_FRAME + LENGTH_BYTES:
                raise ProtocolError("frame too large")
            if len(self._buffer) < end:
                break
            complete.append(bytes(self._buffer[LENGTH_BYTES:end]))
            del self._buffer[:end]
        return complete


Converter = Callable[[Any], Any]


_known_secrets: dict[type[Any], tuple[str, ...]] = {}


def _secrets(kind: type[Any]) -> tuple[str, ...]:
    """The fields that are texts and never shown: PINs."""
    names = _known_secrets.get(kind)
    if names is None:
        names = tuple(each.name for each in fields(kind) if not each.repr and each.type == "str")
        _known_secrets[kind] = names
    return names


@cache
def _kinds() -> dict[str, type[Message]]:
    def below(kind: type[Message]) -> list[type[Message]]:
        return [kind, *(each for child in kind.__subclasses__() for each in below(child))]

    return {kind.__name__: kind for kind in below(Message)}


_known_codecs: dict[type[Any], list[tuple[str, Converter, Converter]]] = {}


def _codecs(kind: type[Any]) -> list[tuple[str, Converter, Converter]]:
    codecs = _known_codecs.get(kind)
    if codecs is None:
        codecs = _known_codecs[kind] = _make_codecs(kind)
    return codecs


def _make_codecs(kind: type[Any]) -> list[tuple[str, Converter, Converter]]:
    hints = get_type_hints(kind)
    return [(item.name, *_converters(hints[item.name])) for item in fields(kind)]


def _converters(hint: Any) -> tuple[Converter, Converter]:
    """How a value of this type becomes JSON and comes back."""
    origin = get_origin(hint)
    if hint is bytes:
        return _base64, _from_base64
    if origin is list:
        give, take = _converters(get_args(hint)[0])
        return (lambda values: [give(value) for value in values]), (lambda items: [take(item) for item in items])
    if origin is dict:
        give, take = _converters(get_args(hint)[1])
        return (lambda table: {k: give(v) for k, v in table.items()}), (
            lambda t: {str(k): take(v) for k, v in t.items()}
        )
    if origin is types.UnionType:
        give, take = _converters(get_args(hint)[0])
        return (lambda value: None if value is None else give(value)), (lambda v: None if v is None else take(v))
    if is_dataclass(hint) and isinstance(hint, type):
        return _dataclass_converters(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return (lambda value: value.value), hint
    return _same, lambda value: _checked(value, hint)


def _dataclass_converters(kind: type[Any]) -> tuple[Converter, Converter]:
    codecs = _codecs(kind)
    return (
        lambda value: {name: give(getattr(value, name)) for name, give, _ in codecs},
        lambda table: kind(**{name: take(table[name]) for name, _, take in codecs}),
    )


def _base64(value: bytes) -> str:
    return b2a_base64(value, newline=False).decode()


def _from_base64(text: str) -> bytes:
    return a2b_base64(text, strict_mode=True)


def _same(value: Any) -> Any:
    return value


def _checked(value: Any, wanted: type) -> Any:
    if type(value) is not wanted:
        raise ProtocolError(f"not a {wanted.__name__}")
    return value
