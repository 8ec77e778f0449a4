"""Tables of files that a help desk or a person can edit: one reader, and one wording of what is wrong in them and where."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

T = TypeVar("T")
Parse = Callable[[Any, str], Any]
"""Makes what the program uses of a value and the name of its place. TableError."""
LARGEST_FILE = 1024 * 1024
"""Bytes of a file that somebody hands over."""
LONGEST_WORD = 500
"""Characters; nobody reads longer ones on a card."""


class TableError(ValueError):
    """`place` is the dotted name of what is wrong, empty for the whole file; `key` the last name of it in the file."""

    def __init__(self, place: str, what: str, key: str = "") -> None:
        super().__init__(f"{place}: {what}" if place else what)
        self.key = key or place.rpartition(".")[2]


def read(path: Path, make: Callable[[dict[str, Any]], T]) -> T:
    """What `make` makes of a TOML file. HelperError(FILE_UNREADABLE) names the file and what is wrong in it."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise TableError("", tr("文件太大"))
        return make(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError, RecursionError) as problem:  # TOML's and UTF-8's errors are ValueErrors
        raise HelperError(Code.FILE_UNREADABLE, f"{path.name}: {problem}") from None


def entries(table: Mapping[str, Any], name: str, make: Callable[[Any, str], T]) -> tuple[T, ...]:
    """An array of tables, each with an `id` of its own."""
    found = [make(entry, f"{name} {number}") for number, entry in enumerate(typed(table.get(name, []), list, name), 1)]
    seen: set[str] = set()
    for each in found:
        named = str(getattr(each, "id", ""))
        if named in seen:
            raise TableError(named, tr("id 重复"))
        seen.add(named)
    return tuple(found)


def fields(value: Any, known: Mapping[str, Parse], needed: Collection[str], place: str) -> dict[str, Any]:
    """The values of a table, each by its own rule. Errors name it by its `id` where it has one."""
    table = typed(value, dict, place)
    place = str(table.get("id", place))
    if unknown := sorted(table.keys() - known.keys()):
        raise TableError(place, tr("不认识的字段 {names}").format(names=", ".join(unknown)), unknown[0])
    if missing := sorted(set(needed) - table.keys()):
        raise TableError(place, tr("缺少 {names}").format(names=", ".join(missing)), missing[0])
    return {name: known[name](each, f"{place}.{name}" if place else name) for name, each in table.items()}


def typed(value: Any, wanted: type[T], place: str) -> T:
    if not isinstance(value, wanted):
        raise TableError(place, tr("应为 {kind}").format(kind=wanted.__name__))
    return value


def anything(value: Any, place: str) -> str:
    """A text that may be empty."""
    return typed(value, str, place)


def text(value: Any, place: str) -> str:
    found = typed(value, str, place).strip()
    if not found:
        raise TableError(place, tr("不能为空"))
    return found


def texts(value: Any, place: str) -> tuple[str, ...]:
    return tuple(text(item, place) for item in typed(value, list, place))


def word(value: Any, place: str) -> str:
    """A text of one line that fits on a card."""
    found = text(value, place)
    if not found.isprintable() or len(found) > LONGEST_WORD:
        raise TableError(place, tr("不能太长，也不能有换行"))
    return found


def words(value: Any, place: str) -> tuple[str, ...]:
    return tuple(word(item, place) for item in typed(value, list, place))


def flag(value: Any, place: str) -> bool:
    return typed(value, bool, place)


def number(value: Any, place: str, low: float, high: float) -> Any:
    """A whole number where both ends are such, else any."""
    kind = int if isinstance(low, int) and isinstance(high, int) else (int, float)
    if isinstance(value, bool) or not isinstance(value, kind) or not low <= value <= high:
        raise TableError(place, tr("应为 {low} 到 {high} 之间的数").format(low=low, high=high))
    return value


def one_of(choices: Iterable[T]) -> Callable[[Any, str], T]:
    """Enum members, or anything that equals the word in the file."""
    offered = tuple(choices)

    def chosen(value: Any, place: str) -> T:
        for each in offered:
            if each == value:
                return each
        *others, last = map(str, offered)
        raise TableError(place, tr("应为 {words} 或 {last}").format(words="、".join(others), last=last))

    return chosen
