"""Text frames of the browser protocol (resources/protocol.md, section 1). Pure. Security core: 100 % branches.

A page splits each reply on every `|` and evaluates the third field as JavaScript: a reply is therefore ASCII-only JSON
without a raw `|` or newline. `msg` is shown through innerHTML: its markup characters are escaped.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from hebca_helper.errors import Code, HelperError

ERROR_NAME = "Error"
"""Name of the reply to a frame without a usable function name."""

_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
_ENCODER = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class Base64(tuple[str, ...]):
    """Text of the base64 alphabet in pieces, made by our own encoder: it stands in JSON and in a frame as it is."""

    __slots__ = ()


class Kind(Enum):
    HANDSHAKE = "0"
    CALL = "1"
    MALFORMED = "?"


@dataclass(frozen=True, slots=True)
class Request:
    """`name` is what the reply echoes; `arguments` is the raw text after the second bar, "" when there is none."""

    kind: Kind
    name: str = ERROR_NAME
    arguments: str = ""


def parse(frame: str) -> Request:
    """Any text → a request. Split at most twice: the arguments may hold bars."""
    fields = frame.split("|", 2)
    if fields[0] == "0":
        return Request(Kind.HANDSHAKE)
    if fields[0] != "1" or len(fields) < 2 or _NAME.fullmatch(fields[1]) is None:
        return Request(Kind.MALFORMED)
    return Request(Kind.CALL, fields[1], fields[2] if len(fields) == 3 else "")


def greeting(connection_id: str) -> str:
    """Answer to the handshake. It holds no version: an origin that is not admitted learns nothing."""
    return f"0|Welcome {connection_id}"


def success(name: str, fields: Mapping[str, object]) -> str:
    """Reply with `ret` 0, an empty `msg` and the fields in their order."""
    return reply(name, {"ret": 0, "msg": "", **fields})


def failure(name: str, problem: HelperError) -> str:
    """Reply with the failure's number and what to do. Never its detail, which may hold a file name or a page's text."""
    return reply(name, {"ret": problem.number, "msg": message(problem)})


def message(problem: HelperError) -> str:
    """What went wrong and what to do, without markup."""
    return f"{problem.text}。{problem.remedy}".translate(_MARKUP)


def reply(name: str, fields: Mapping[str, object]) -> str:
    """`1|name|{fields}` with nothing in it that an old page would stumble over."""
    parts = [f"1|{name}|"]
    for place, (key, value) in enumerate(fields.items()):
        parts += ("," if place else "{", _json(key), ":")
        # a megabyte of base64 need not be looked at again
        parts += ('"', *value, '"') if isinstance(value, Base64) else (_json(value),)
    return "".join((*parts, "}"))


def _json(value: object) -> str:
    # In JSON a bar can only stand inside a string, where the escape means the same.
    return _ENCODER.encode(value).replace("|", "\\u007c")


def b64(data: bytes) -> Base64:
    """Base64 on one line."""
    return Base64((binascii.b2a_base64(data, newline=False).decode("ascii"),))


def encoded(text: str, encoding: str) -> bytes:
    """Never with a replacement character: the portal would verify another text than the person saw."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        raise HelperError(Code.TEXT_NOT_ENCODABLE) from None
