"""Portals as TOML: what an entry may hold, checked on the way in; and the way out for a person's own links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from hebca_helper import tables
from hebca_helper.portals.portal import BrowserNeed, Group, Need, Portal
from hebca_helper.tables import TableError
from hebca_helper.texts import tr


def portals_from(table: Mapping[str, Any]) -> tuple[Portal, ...]:
    """Portals of the `portal` array of a file. TableError says which entry is wrong, and how."""
    return tables.entries(table, "portal", _portal)


def entry_of(portal: Portal) -> dict[str, Any]:
    """The TOML table of a portal: `portals_from({"portal": [entry_of(portal)]})` is it again."""
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


def _portal(entry: Any, place: str) -> Portal:
    values = tables.fields(entry, _FIELDS, ("id", "group", "title"), place)
    if ("address" in values) == ("telephone" in values):
        raise TableError(values["id"], tr("address 和 telephone 必须恰好有一个"))
    english = values.pop("en", {})
    return Portal(**values, **{f"english_{name}": text for name, text in english.items()})


def address(value: Any, place: str) -> str:
    text = tables.word(value, place)
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise TableError(place, tr("应为完整的 http 或 https 地址，端口应为数字")) from None
    odd = not text.isascii() or "@" in parts.netloc or any(character.isspace() for character in text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or odd:
        raise TableError(place, tr("应为完整的 http 或 https 地址"))
    return text


def _origin(value: Any, place: str) -> str:
    text = address(value, place)
    if text != origin_of(text):
        raise TableError(place, tr("应为网站来源，例如 {origin}").format(origin=origin_of(text)))
    return text


def origin_of(address: str) -> str:
    """Serialised origin of an http(s) address: host in lower case, no default port (RFC 6454, sections 4 and 6.2)."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in {None, default} else "")


_FIELDS: Mapping[str, tables.Parse] = {
    "id": tables.word,
    "group": tables.one_of(Group),
    "title": tables.word,
    "address": address,
    "telephone": tables.word,
    "origins": lambda value, place: tuple(_origin(item, place) for item in tables.typed(value, list, place)),
    "browser": tables.one_of(BrowserNeed),
    "need": tables.one_of(Need),
    "city": tables.word,
    "via_issuer": tables.flag,
    "note": tables.word,
    "aliases": tables.words,
    "en": lambda value, place: tables.fields(value, {"title": tables.word, "note": tables.word}, (), place),
}
