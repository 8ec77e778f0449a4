"""The arguments of a call: JSON as pages really write it, by concatenation and without escaping.

resources/protocol.md, section 1: raw control characters inside strings, the bare word `undefined`, unquoted names and
values, text with unescaped quotes or backslashes. Valid JSON (RFC 8259, control characters allowed) always wins, because
what the page meant then is what every JSON reader sees; only a text that no JSON reader accepts is recovered. Pages that
concatenate `C:\\new` are therefore read like valid JSON, with a newline: what is signed is shown first.

Everything is linear in the text: strings are scanned in C, bare words are bounded, values and depth have a budget.
"""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # in C; documented nowhere, there since 2.6

from hebca_helper.errors import Code, HelperError

SMALL = 64 * 1024
"""Up to here the C decoder reads; a longer text could hold millions of tiny values, so our reader counts them."""
MOST_VALUES = 20_000
DEEPEST = 32
LONGEST_INTEGER = 18
"""Digits that surely fit 64 bits; a longer number stays text."""

_SPACE = re.compile(r"[ \t\n\r]*")
_BARE_WORD = re.compile(r"""[^\s,:{}\[\]"'\\]{1,256}""")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|NaN|-?Infinity")
_LITERALS: dict[str, object] = {"true": True, "false": False, "null": None}
_SINGLE_STRING = re.compile(r'\{\s*(?:"(\w{1,32})"|(\w{1,32}))\s*:\s*"')


def parse_object(text: str, recoverable: str = "") -> dict[str, object]:
    """Names and values of a JSON object; nothing at all, `undefined` and `null` are an empty one; of two equal names
    the last wins. `recoverable` names the only parameter of a function that takes one string: its raw text is taken when
    the whole is not JSON. Raises HelperError(BAD_REQUEST)."""
    trimmed = text.strip()
    if trimmed in ("", "undefined", "null"):
        return {}
    value = _read_one_plain_string(trimmed) or _read_strictly(trimmed)
    if value is None and recoverable:
        value = _recover(trimmed, recoverable)
    if value is None:
        value = _read(trimmed, lenient=True)
    if not isinstance(value, dict):
        raise HelperError(Code.BAD_REQUEST)
    return value


def _integer(digits: str) -> object:
    return int(digits) if len(digits) <= LONGEST_INTEGER else digits


# Numbers other than integers stay the text the page wrote: no parameter is a fraction, and a PIN may look like one.
_DECODER = json.JSONDecoder(strict=False, parse_int=_integer, parse_float=str, parse_constant=str)


def _read_one_plain_string(text: str) -> dict[str, object] | None:
    """`{"name":"…"}` without any escape, as megabytes of base64 come: what every JSON reader makes of it, at the speed
    of a search for two characters. None for everything else."""
    match = _SINGLE_STRING.match(text) if len(text) > SMALL else None
    if match is None or match[1] is None:
        return None
    closing = text.find('"', match.end())
    if closing < 0 or text.find("\\", match.end(), closing) >= 0 or text[closing + 1 :].strip() != "}":
        return None
    return {match[1]: text[match.end() : closing]}


def _read_strictly(text: str) -> object:
    if len(text) > SMALL:
        return _read(text, lenient=False)
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def _read(text: str, *, lenient: bool) -> object:
    try:
        return _Reader(text, lenient).document()
    except ValueError:
        return None


def _recover(text: str, name: str) -> object:
    """`{"name":"…"}` with anything at all between the first and the last quote."""
    match = _SINGLE_STRING.match(text)
    if match is None or (match[1] or match[2]) != name or not text.endswith("}"):
        return None
    closing = text.rindex('"')
    if closing < match.end() or text[closing + 1 : -1].strip():
        return None
    return {name: text[match.end() : closing]}


class _Reader:
    """One pass over one text; ValueError where it does not fit."""

    def __init__(self, text: str, lenient: bool) -> None:
        self._text = text
        self._lenient = lenient
        self._position = 0
        self._values = 0

    def document(self) -> object:
        value = self._value(0)
        if self._next():
            raise ValueError
        return value

    def _next(self) -> str:
        """The next character that is no space, not consumed; "" at the end."""
        found = _SPACE.match(self._text, self._position)
        assert found is not None  # noqa: S101 - the pattern matches the empty string
        self._position = found.end()
        return self._text[self._position : self._position + 1]

    def _take(self, expected: str) -> None:
        if self._next() != expected:
            raise ValueError
        self._position += 1

    def _value(self, depth: int) -> object:
        self._values += 1
        if self._values > MOST_VALUES or depth > DEEPEST:
            raise ValueError
        character = self._next()
        if character == "{":
            return self._object(depth)
        if character == "[":
            return self._list(depth)
        return self._string() if character == '"' else self._word_value()

    def _object(self, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        self._take("{")
        if self._next() == "}":
            self._position += 1
            return found
        while True:
            name = self._name()
            self._take(":")
            found[name] = self._value(depth + 1)
            if not self._more("}"):
                return found

    def _list(self, depth: int) -> list[object]:
        found: list[object] = []
        self._take("[")
        if self._next() == "]":
            self._position += 1
            return found
        while True:
            found.append(self._value(depth + 1))
            if not self._more("]"):
                return found

    def _more(self, closing: str) -> bool:
        """Takes a comma or the closing bracket."""
        character = self._next()
        if character not in (",", closing) or not character:
            raise ValueError
        self._position += 1
        return character == ","

    def _name(self) -> str:
        if self._next() == '"':
            return self._string()
        if not self._lenient:
            raise ValueError
        return self._word()

    def _string(self) -> str:
        value: str
        value, self._position = scanstring(self._text, self._position + 1, False)
        return value

    def _word(self) -> str:
        found = _BARE_WORD.match(self._text, self._position)
        if found is None:
            raise ValueError
        self._position = found.end()
        return found[0]

    def _word_value(self) -> object:
        word = self._word()
        if word in _LITERALS:
            return _LITERALS[word]
        if _INTEGER.fullmatch(word):
            return _integer(word)
        if not self._lenient and not _NUMBER.fullmatch(word):
            raise ValueError
        return None if word == "undefined" and self._lenient else word
