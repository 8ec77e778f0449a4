"""Portals as TOML: what an entry may hold, checked on the way in; and the way out for a person's own links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlsplit

from hebca_helper.portals.portal import BrowserNeed, Group, Need, Portal

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
LONGEST = 500
"""Characters of one word; nobody reads longer ones on a card."""


def portals_from(entries: Any) -> tuple[Portal, ...]:
    """Portals of the `portal` array of a file. ValueError says which entry is wrong, and how."""
    checked = typed(entries, list, "portal")
    portals = tuple(_portal(entry, number) for number, entry in enumerate(checked, 1))
    _require_unique(portal.id for portal in portals)
    return portals


def entry_of(portal: Portal) -> dict[str, Any]:
    """The TOML table of a portal: `portals_from([entry_of(portal)])` is it again."""
    table: dict[str, Any] = {}
    for item in fields(Portal):
        value = getattr(portal, item.name)
        if value != item.default and item.name in _FIELDS:
            table[item.name] = list(value) if isinstance(value, tuple) else _plain(value)
    english = {"title": portal.english_title, "note": portal.english_note}
    if any(english.values()):
        table["en"] = {name: text for name, text in english.items() if text}
    return table


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, StrEnum) else value


def _require_unique(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{name}: id 重复")
        seen.add(name)


_FIELDS: Mapping[str, Callable[[Any, str], Any]] = {
    "id": lambda value, where: word(value, where),
    "group": lambda value, where: _choice(Group, value, where),
    "title": lambda value, where: word(value, where),
    "address": lambda value, where: address(value, where),
    "telephone": lambda value, where: word(value, where),
    "origins": lambda value, where: tuple(_origin(item, where) for item in typed(value, list, where)),
    "browser": lambda value, where: _choice(BrowserNeed, value, where),
    "need": lambda value, where: _choice(Need, value, where),
    "city": lambda value, where: word(value, where),
    "via_issuer": lambda value, where: typed(value, bool, where),
    "note": lambda value, where: word(value, where),
    "aliases": lambda value, where: words(value, where),
    "en": lambda value, where: _english(value, where),
}


def _portal(entry: Any, number: int) -> Portal:
    table = typed(entry, dict, f"portal {number}")
    where = str(table.get("id", f"portal {number}"))
    if unknown := table.keys() - _FIELDS.keys():
        raise ValueError(f"{where}: 不认识的字段 {', '.join(sorted(unknown))}")
    if missing := {"id", "group", "title"} - table.keys():
        raise ValueError(f"{where}: 缺少 {', '.join(sorted(missing))}")
    if ("address" in table) == ("telephone" in table):
        raise ValueError(f"{where}: address 和 telephone 必须恰好有一个")
    values = {name: _FIELDS[name](value, f"{where}.{name}") for name, value in table.items()}
    english = values.pop("en", {})
    return Portal(**values, **english)


def _english(value: Any, where: str) -> dict[str, str]:
    table = typed(value, dict, where)
    if unknown := table.keys() - {"title", "note"}:
        raise ValueError(f"{where}: 不认识的字段 {', '.join(sorted(unknown))}")
    return {f"english_{name}": word(text, f"{where}.{name}") for name, text in table.items()}


def typed(value: Any, wanted: type[T], where: str) -> T:
    if not isinstance(value, wanted):
        raise ValueError(f"{where}: 应为 {wanted.__name__}")
    return value


def word(value: Any, where: str) -> str:
    text = typed(value, str, where).strip()
    if not text or not text.isprintable() or len(text) > LONGEST:
        raise ValueError(f"{where}: 不能为空、太长，也不能有换行")
    return text


def words(value: Any, where: str) -> tuple[str, ...]:
    return tuple(word(item, where) for item in typed(value, list, where))


def _choice(choices: type[E], value: Any, where: str) -> E:
    try:
        return choices(value)
    except ValueError:
        raise ValueError(f"{where}: 应为 {'、'.join(choices)} 之一") from None


def address(value: Any, where: str) -> str:
    text = word(value, where)
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError(f"{where}: 应为完整的 http 或 https 地址，端口应为数字") from None
    odd = not text.isascii() or "@" in parts.netloc or any(character.isspace() for character in text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or odd:
        raise ValueError(f"{where}: 应为完整的 http 或 https 地址")
    return text


def _origin(value: Any, where: str) -> str:
    text = address(value, where)
    if text != origin_of(text):
        raise ValueError(f"{where}: 应为网站来源，例如 {origin_of(text)}")
    return text


def origin_of(address: str) -> str:
    """Serialised origin of an http(s) address: host in lower case, no default port (RFC 6454, sections 4 and 6.2)."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in {None, default} else "")
