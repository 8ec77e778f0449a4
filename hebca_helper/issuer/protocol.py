"""The online protocol: what is asked and what is answered (resources/online-protocol.md). Bytes in, bytes out.

Both sides use this module: the client of the CA, and the practice CA.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

E = TypeVar("E", bound=StrEnum)

PROTOCOL = "hebca-helper-online/1"
NONCE_BYTES = 32
LONGEST_CODE = 64
SERVICE_PURPOSE = "2.25.310376962173408893157953037756444425604"
"""Extended key usage of the certificate that signs answers; an UUID as an OID (ITU-T X.667, section 7), so that it
needs no register. Without it any user certificate of the same CA could sign answers."""
_SIGNED_PREFIX = b"hebca-helper online answer 1\n"
"""Goes before the signed bytes, so that nothing else this key signs can pass for an answer."""


class ProtocolError(ValueError):
    """A message that is not of this protocol. Its text names the field, never a value."""


class ServiceOperation(StrEnum):
    RESET_PIN = "reset-pin"
    FORMAT = "format"
    """Named so that a service can refuse it; this program never asks for it."""


class Result(StrEnum):
    OK = "ok"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a service refuses."""

    NO_ORDER = "no-order"
    """Nobody ordered this for this certificate, or the order was used or is too old."""
    CERTIFICATE_UNKNOWN = "certificate-unknown"
    CERTIFICATE_REVOKED = "certificate-revoked"
    TOKEN_UNKNOWN = "token-unknown"
    """The certificate was not issued on this USBKEY."""
    OPERATION_NOT_OFFERED = "operation-not-offered"


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """`certificate` is DER; `token_serial` as the token tells it; `nonce` NONCE_BYTES random bytes."""

    operation: ServiceOperation
    nonce: bytes
    token_serial: str
    certificate: bytes

    def dump(self) -> bytes:
        return _json(
            {
                "protocol": PROTOCOL,
                "operation": self.operation,
                "nonce": _base64(self.nonce),
                "token": self.token_serial,
                "certificate": _base64(self.certificate),
            }
        )

    @classmethod
    def parse(cls, content: bytes) -> ServiceRequest:
        table = _table(content)
        request = cls(
            _choice(ServiceOperation, table, "operation"),
            _bytes(table, "nonce"),
            _text(table, "token"),
            _bytes(table, "certificate"),
        )
        if len(request.nonce) != NONCE_BYTES:
            raise ProtocolError("nonce")
        return request


@dataclass(frozen=True, slots=True)
class Payload:
    """What a service says. `certificate` is the SHA-256 hex of the DER; `unlock_code` is secret, and empty in a refusal."""

    operation: ServiceOperation
    nonce: bytes
    token_serial: str
    certificate: str
    result: Result
    reason: str = ""
    unlock_code: str = field(default="", repr=False)

    def dump(self) -> bytes:
        said = {
            "protocol": PROTOCOL,
            "operation": self.operation,
            "nonce": _base64(self.nonce),
            "token": self.token_serial,
            "certificate": self.certificate,
            "result": self.result,
        }
        more = {"unlock_code": self.unlock_code} if self.result is Result.OK else {"reason": self.reason}
        return _json(said | more)

    @classmethod
    def parse(cls, content: bytes) -> Payload:
        table = _table(content)
        result = _choice(Result, table, "result")
        payload = cls(
            _choice(ServiceOperation, table, "operation"),
            _bytes(table, "nonce"),
            _text(table, "token"),
            _text(table, "certificate"),
            result,
            reason=_text(table, "reason") if result is Result.REFUSED else "",
            unlock_code=_text(table, "unlock_code") if result is Result.OK else "",
        )
        code = payload.unlock_code
        if result is Result.OK and not (0 < len(code) <= LONGEST_CODE and code.isascii() and code.isprintable()):
            raise ProtocolError("unlock_code")
        return payload


@dataclass(frozen=True, slots=True)
class SignedAnswer:
    """`payload` are the exact bytes that were signed; `certificate` (DER) is the service's."""

    payload: bytes = field(repr=False)
    signature: bytes
    certificate: bytes

    @property
    def to_verify(self) -> bytes:
        return to_sign(self.payload)

    def dump(self) -> bytes:
        parts = {"payload": self.payload, "signature": self.signature, "certificate": self.certificate}
        return _json({name: _base64(value) for name, value in parts.items()})

    @classmethod
    def parse(cls, content: bytes) -> SignedAnswer:
        table = _object(content)
        return cls(_bytes(table, "payload"), _bytes(table, "signature"), _bytes(table, "certificate"))


def to_sign(payload: bytes) -> bytes:
    """What the service signs, with RSASSA-PKCS1-v1_5 and SHA-256 (RFC 8017, section 8.2)."""
    return _SIGNED_PREFIX + payload


def _json(table: Mapping[str, str]) -> bytes:
    return json.dumps(table, ensure_ascii=True).encode()


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _table(content: bytes) -> Mapping[str, Any]:
    table = _object(content)
    if table.get("protocol") != PROTOCOL:
        raise ProtocolError("protocol")
    return table


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        table = json.loads(content)
    except (ValueError, RecursionError):
        raise ProtocolError("JSON") from None
    if not isinstance(table, dict):
        raise ProtocolError("JSON")
    return table


def _text(table: Mapping[str, Any], name: str) -> str:
    value = table.get(name)
    if not isinstance(value, str):
        raise ProtocolError(name)
    return value


def _bytes(table: Mapping[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(_text(table, name), validate=True)
    except (binascii.Error, ValueError):
        raise ProtocolError(name) from None


def _choice(choices: type[E], table: Mapping[str, Any], name: str) -> E:
    try:
        return choices(_text(table, name))
    except ValueError:
        raise ProtocolError(name) from None
