"""Parameters of a call: what a row of the function table promises, made of what the page wrote."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from hebca_helper.errors import Code, HelperError

_T = TypeVar("_T")
MOST_CERTIFICATES = 256
_LENGTH = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,20})?", re.ASCII)
_SPACES = str.maketrans("", "", " \t\r\n")


class Type(StrEnum):
    """Wire types. A number may come as a string of digits and a text as a number: pages concatenate."""

    TEXT = "text"
    NUMBER = "number"
    LENGTH = "number, also with a fraction"
    ITEM = "number or name"
    BASE64 = "base64"
    BASE64_TEXT = "base64 of UTF-8 text"
    FLAG = "flag"
    CERTIFICATES = "list of certificates"
    """`[{"cert": base64 of DER}, …]`; bare strings are taken too."""
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Parameter:
    """`default` stands for the bare word `undefined` and for null; without one they count as missing."""

    name: str
    type: Type
    required: bool = True
    default: object = None


class Arguments:
    """The arguments of one call, already checked: each getter gives the Python type of its wire type."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        return self._get(name, str)

    def number(self, name: str) -> int:
        return self._get(name, int)

    def length(self, name: str) -> float:
        return self._get(name, float)

    def data(self, name: str) -> bytes:
        return self._get(name, bytes)

    def flag(self, name: str) -> bool:
        return self._get(name, bool)

    def certificates(self, name: str) -> list[bytes]:
        return self._get(name, list)

    def item(self, name: str) -> int | str:
        value = self._values[name]
        return value if isinstance(value, int) else self.text(name)

    def _get(self, name: str, kind: type[_T]) -> _T:
        value = self._values[name]
        if not isinstance(value, kind):
            raise TypeError(name)  # the table and the handler disagree
        return value


def bind(parameters: Sequence[Parameter], given: Mapping[str, object]) -> Arguments:
    """The arguments in their types; further names are ignored. Raises HelperError(BAD_REQUEST)."""
    return Arguments({parameter.name: _bound(parameter, given) for parameter in parameters})


def _bound(parameter: Parameter, given: Mapping[str, object]) -> object:
    value = given.get(parameter.name)
    if value is None and parameter.name in given:
        value = parameter.default
    if value is None:
        if parameter.required:
            raise HelperError(Code.BAD_REQUEST, parameter.name)
        return parameter.default
    return _CONVERSIONS[parameter.type](value)


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise HelperError(Code.BAD_REQUEST)
    return str(value)


def _number(value: object) -> int:
    text = _text(value).strip()
    if len(text) > 10 or not text.isascii() or not text.isdigit():
        raise HelperError(Code.BAD_REQUEST)
    return int(text)


def _length(value: object) -> float:
    """Pages compute places: 120, "120", 120.5."""
    text = str(value).strip() if isinstance(value, float) else _text(value).strip()
    if _LENGTH.fullmatch(text) is None:
        raise HelperError(Code.BAD_REQUEST)
    return float(text)


def _item(value: object) -> int | str:
    text = _text(value).strip()
    return int(text) if len(text) <= 10 and text.isascii() and text.isdigit() else text


def _data(value: object) -> bytes:
    text = _text(value)
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        return _data_with_spaces(text)


def _data_with_spaces(text: str) -> bytes:
    """Base64 in lines, as other programs write it."""
    try:
        return base64.b64decode(text.translate(_SPACES), validate=True)
    except (binascii.Error, ValueError):
        raise HelperError(Code.BAD_REQUEST) from None


def _data_text(value: object) -> str:
    try:
        return _data(value).decode()
    except UnicodeDecodeError:
        raise HelperError(Code.BAD_REQUEST) from None


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    return _text(value).strip().lower() not in ("", "0", "false")


def _certificates(value: object) -> list[bytes]:
    if not isinstance(value, list) or not 0 < len(value) <= MOST_CERTIFICATES:
        raise HelperError(Code.BAD_REQUEST)
    return [_data(item.get("cert") if isinstance(item, dict) else item) for item in value]


def _any(value: object) -> object:
    return value


_CONVERSIONS = {
    Type.TEXT: _text,
    Type.NUMBER: _number,
    Type.LENGTH: _length,
    Type.ITEM: _item,
    Type.BASE64: _data,
    Type.BASE64_TEXT: _data_text,
    Type.FLAG: _flag,
    Type.CERTIFICATES: _certificates,
    Type.ANY: _any,
}
