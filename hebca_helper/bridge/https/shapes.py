"""Shapes of JSON values: one description reads what a page sends and stands in the OpenAPI document."""

from __future__ import annotations

import binascii
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hebca_helper.errors import Code, HelperError

BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
"""RFC 4648, section 4, with padding and without line ends."""
FINGERPRINT = "^[0-9a-f]{64}$"

Schema = dict[str, Any]


class ShapeError(HelperError):
    """BAD_REQUEST. `detail` names the member and what it takes, in words of the document alone: nothing of what the
    page sent is repeated."""

    def __init__(self, wanted: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(Code.BAD_REQUEST, f"{'.'.join(path) or 'the body'}: {wanted}")
        self._wanted = wanted
        self._path = path

    def within(self, name: str) -> ShapeError:
        """The same, seen from the object or array around it."""
        return ShapeError(self._wanted, (name, *self._path))


class Shape(ABC):
    """`read` gives the Python value or ShapeError; `schema` is JSON Schema 2020-12; `wanted` says it to a developer."""

    @abstractmethod
    def read(self, value: object) -> object: ...

    @abstractmethod
    def schema(self) -> Schema: ...

    def wanted(self) -> str:
        return json.dumps(self.schema(), separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Text(Shape):
    """A string of characters; `pattern` is one for JavaScript and Python alike, over all of it."""

    shortest: int = 0
    longest: int = 0
    pattern: str = ""

    def read(self, value: object) -> str:
        if not isinstance(value, str) or len(value) < self.shortest or (self.longest and len(value) > self.longest):
            raise ShapeError(self.wanted())
        if self.pattern and re.fullmatch(self.pattern, value) is None:
            raise ShapeError(self.wanted())
        return value

    def schema(self) -> Schema:
        limits = {"minLength": self.shortest, "maxLength": self.longest, "pattern": self.pattern}
        return {"type": "string"} | {name: limit for name, limit in limits.items() if limit}


@dataclass(frozen=True, slots=True)
class Base64(Shape):
    """Octets. A form's file needs no base64."""

    shortest: int = 0

    def read(self, value: object) -> bytes:
        if not isinstance(value, str | bytes):
            raise ShapeError(self.wanted())
        try:
            data = value if isinstance(value, bytes) else binascii.a2b_base64(value, strict_mode=True)
        except (binascii.Error, ValueError):
            raise ShapeError(self.wanted()) from None
        if len(data) < self.shortest:
            raise ShapeError(self.wanted())
        return data

    def schema(self) -> Schema:
        least = {"minLength": (self.shortest + 2) // 3 * 4} if self.shortest else {}
        return {"type": "string", "contentEncoding": "base64", "pattern": BASE64, **least}


@dataclass(frozen=True, slots=True)
class Choice(Shape):
    words: tuple[str, ...]

    def read(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise ShapeError(self.wanted())
        return value

    def schema(self) -> Schema:
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Flag(Shape):
    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise ShapeError(self.wanted())
        return value

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Number(Shape):
    """An integer; only ever answered."""

    def read(self, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ShapeError(self.wanted())
        return value

    def schema(self) -> Schema:
        return {"type": "integer"}


@dataclass(frozen=True, slots=True)
class Decimal(Shape):
    """A number, also with a fraction."""

    def read(self, value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ShapeError(self.wanted())
        try:
            return float(value)
        except OverflowError:  # JSON has integers of any length
            raise ShapeError(self.wanted()) from None

    def schema(self) -> Schema:
        return {"type": "number"}


@dataclass(frozen=True, slots=True)
class Listed(Shape):
    item: Shape
    fewest: int = 0
    most: int = 0

    def read(self, value: object) -> list[Any]:
        if not isinstance(value, list) or len(value) < self.fewest or (self.most and len(value) > self.most):
            raise ShapeError(self.wanted())
        return [_inside(str(index), self.item, each) for index, each in enumerate(value)]

    def wanted(self) -> str:
        return f"an array of at least {self.fewest}" + (f" and at most {self.most}" if self.most else "")

    def schema(self) -> Schema:
        limits = {"minItems": self.fewest, "maxItems": self.most}
        return {"type": "array", "items": self.item.schema()} | {name: limit for name, limit in limits.items() if limit}


@dataclass(frozen=True, slots=True)
class Field:
    """A member of an object. `default` is what an optional one has when it is left out."""

    name: str
    shape: Shape
    about: str
    required: bool = True
    default: object = None


@dataclass(frozen=True, slots=True)
class Object(Shape):
    """Exactly these members. With `exactly_one` just one of those named there."""

    fields: Sequence[Field]
    exactly_one: tuple[str, ...] = ()
    title: str = ""
    open_ended: bool = False
    """Only ever answered: further members are described elsewhere."""

    def read(self, value: object) -> Mapping[str, Any]:
        if not isinstance(value, dict) or not value.keys() <= {field.name for field in self.fields}:
            raise ShapeError(self.wanted())
        if self.exactly_one and sum(name in value for name in self.exactly_one) != 1:
            raise ShapeError(self.wanted())
        return {field.name: self._member(field, value) for field in self.fields}

    def schema(self) -> Schema:
        members = {field.name: field.shape.schema() | {"description": field.about} for field in self.fields}
        made: Schema = {"type": "object", "properties": members, "additionalProperties": self.open_ended}
        required = [field.name for field in self.fields if field.required]
        if required:
            made["required"] = required
        if self.exactly_one:
            made["oneOf"] = [{"required": [name]} for name in self.exactly_one]
        return made

    def wanted(self) -> str:
        names = ", ".join(field.name for field in self.fields) or "no members"
        only_one = f"; exactly one of {', '.join(self.exactly_one)}" if self.exactly_one else ""
        return f"an object of {names}{only_one}"

    @staticmethod
    def _member(field: Field, value: Mapping[str, object]) -> object:
        if field.name in value:
            return _inside(field.name, field.shape, value[field.name])
        if field.required:
            raise ShapeError(field.shape.wanted()).within(field.name)
        return field.default


def _inside(name: str, shape: Shape, value: object) -> Any:
    try:
        return shape.read(value)
    except ShapeError as problem:
        raise problem.within(name) from None


def b64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")
