"""Quick links: the catalogue of portals in `resources/portals.toml`, which a help desk can edit."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from hebca_helper.errors import Code, HelperError
from hebca_helper.places import shipped

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class Group(StrEnum):
    """Groups of the first page, in their order; the value is the word the manuals use."""

    SOCIAL_SECURITY = "社保"
    PROVIDENT_FUND = "公积金"
    PRACTICE = "演练"
    """Not in the file: the practice hall and its telephone, while they run."""
    CERTIFICATE_SERVICE = "证书服务"


class BrowserNeed(StrEnum):
    """Which browser a portal works with."""

    ANY = "any"
    CHROME = "chrome"


@dataclass(frozen=True, slots=True)
class Portal:
    """One quick link.

    `address` is where it leads, empty for a telephone number. `origins` are the exact origins (RFC 6454, section 6.2)
    of its pages, which the certificate service then knows; a link that only leads to the issuer's site has none.
    `aliases` are other words under which clerks look for it. `note` is a condition or advice shown on the entry.
    """

    id: str
    group: Group
    title: str
    address: str = ""
    telephone: str = ""
    origins: tuple[str, ...] = ()
    browser: BrowserNeed = BrowserNeed.ANY
    via_issuer: bool = False
    note: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def insecure(self) -> bool:
        """Plain http: anyone on the line can imitate the site."""
        return self.address.startswith("http:")

    def matches(self, words: str) -> bool:
        """Whether each of the words, separated by spaces, is in the title, an alias, the group or the address."""
        haystack = "\n".join((self.title, self.group, self.address, self.telephone, *self.aliases)).casefold()
        return all(word in haystack for word in words.casefold().split())


@dataclass(frozen=True, slots=True)
class Catalogue:
    portals: tuple[Portal, ...]

    def group(self, group: Group) -> tuple[Portal, ...]:
        return tuple(portal for portal in self.portals if portal.group is group)

    def find(self, portal_id: str) -> Portal | None:
        return next((portal for portal in self.portals if portal.id == portal_id), None)

    def with_more(self, portals: tuple[Portal, ...]) -> Catalogue:
        """Also these, after those of the file."""
        return Catalogue(self.portals + portals)

    def search(self, words: str) -> tuple[Portal, ...]:
        return tuple(portal for portal in self.portals if portal.matches(words))


def known_origins(catalogue: Catalogue) -> frozenset[str]:
    """Origins of the portals that come with the program (design, rule 1: class "known")."""
    return frozenset(origin for portal in catalogue.portals for origin in portal.origins)


def load(path: Path | None = None) -> Catalogue:
    """The catalogue as shipped, or from `path`. HelperError(FILE_UNREADABLE) names the file and what is wrong in it."""
    return _shipped() if path is None else _read(path)


@cache
def _shipped() -> Catalogue:
    """The window and the services both need it at the start: it is read once."""
    return _read(shipped("resources", "portals.toml"))


def _read(path: Path) -> Catalogue:
    try:
        return parse(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as problem:
        raise HelperError(Code.FILE_UNREADABLE, f"{path.name}: {problem}") from None


def parse(text: str) -> Catalogue:
    """ValueError (TOML errors are such) says which entry is wrong, and how."""
    table = tomllib.loads(text)
    entries = _typed(table.get("portal", []), list, "portal")
    portals = tuple(_portal(entry, number) for number, entry in enumerate(entries, 1))
    _require_unique(portal.id for portal in portals)
    return Catalogue(portals)


def _require_unique(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{name}: id 重复")
        seen.add(name)


_FIELDS: Mapping[str, Callable[[Any, str], Any]] = {
    "id": lambda value, where: _word(value, where),
    "group": lambda value, where: _choice(Group, value, where),
    "title": lambda value, where: _word(value, where),
    "address": lambda value, where: _address(value, where),
    "telephone": lambda value, where: _word(value, where),
    "origins": lambda value, where: tuple(_origin(item, where) for item in _typed(value, list, where)),
    "browser": lambda value, where: _choice(BrowserNeed, value, where),
    "via_issuer": lambda value, where: _typed(value, bool, where),
    "note": lambda value, where: _word(value, where),
    "aliases": lambda value, where: tuple(_word(item, where) for item in _typed(value, list, where)),
}


def _portal(entry: Any, number: int) -> Portal:
    table = _typed(entry, dict, f"portal {number}")
    where = str(table.get("id", f"portal {number}"))
    if unknown := table.keys() - _FIELDS.keys():
        raise ValueError(f"{where}: 不认识的字段 {', '.join(sorted(unknown))}")
    if missing := {"id", "group", "title"} - table.keys():
        raise ValueError(f"{where}: 缺少 {', '.join(sorted(missing))}")
    if ("address" in table) == ("telephone" in table):
        raise ValueError(f"{where}: address 和 telephone 必须恰好有一个")
    return Portal(**{name: _FIELDS[name](value, f"{where}.{name}") for name, value in table.items()})


def _typed(value: Any, wanted: type[T], where: str) -> T:
    if not isinstance(value, wanted):
        raise ValueError(f"{where}: 应为 {wanted.__name__}")
    return value


def _word(value: Any, where: str) -> str:
    text = _typed(value, str, where).strip()
    if not text or not text.isprintable():
        raise ValueError(f"{where}: 不能为空，也不能有换行")
    return text


def _choice(choices: type[E], value: Any, where: str) -> E:
    try:
        return choices(value)
    except ValueError:
        raise ValueError(f"{where}: 应为 {'、'.join(choices)} 之一") from None


def _address(value: Any, where: str) -> str:
    text = _word(value, where)
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not text.isascii() or "@" in parts.netloc:
        raise ValueError(f"{where}: 应为完整的 http 或 https 地址")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError(f"{where}: 端口应为数字") from None
    return text


def _origin(value: Any, where: str) -> str:
    text = _address(value, where)
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
