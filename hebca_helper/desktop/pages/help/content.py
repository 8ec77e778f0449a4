"""What the page 帮助 tells: guides, fees and contacts from `resources/help`, which a help desk can mend, and an entry for
every failure. No Qt in here."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from hebca_helper.errors import TABLE, Code, HelperError
from hebca_helper.places import shipped
from hebca_helper.texts import language, tr

T = TypeVar("T")
GUIDES, CONTACTS = "guides.toml", "contacts.toml"


class Section(StrEnum):
    """Parts of the page, in their order."""

    GUIDES = "guides"
    CONTACTS = "contacts"
    FEES = "fees"
    ERRORS = "errors"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Guide:
    """`page` is a page of the window, `portal` a quick link by its id; `words` are other words to find it by."""

    id: str
    section: Section
    title: str
    text: str = ""
    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    page: str = ""
    portal: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """An office or a telephone number. `groups` are QQ groups with their names."""

    id: str
    title: str
    city: str = ""
    address: str = ""
    telephones: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    hours: str = ""
    notes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A row of the failure table. `number` is as pages and manuals of the vendor write it: eight hex digits."""

    code: Code
    number: str
    title: str
    remedy: str


Entry = Guide | Contact | Failure


@dataclass(frozen=True, slots=True)
class HelpContent:
    guides: tuple[Guide, ...]
    contacts: tuple[Contact, ...]

    def of(self, section: Section, city: str = "") -> list[Entry]:
        """Entries of a section in their order; contacts of the city, and those for everybody, first."""
        if section is Section.CONTACTS:
            nearest = sorted(self.contacts, key=lambda contact: _distance(contact, city))
            return [*nearest]
        if section is Section.ERRORS:
            return list(failures())
        return [guide for guide in self.guides if guide.section is section]

    def search(self, words: str) -> list[Entry]:
        """Entries in which each of the words, separated by blanks, is found; those with a word in the title first."""
        wanted = words.casefold().split()
        every: list[Entry] = [*self.guides, *self.contacts, *failures()]
        found = [entry for entry in every if _matches(_text(entry), wanted)]
        return sorted(found, key=lambda entry: not _matches(entry.title, wanted))


def failures() -> Iterable[Failure]:
    for code, entry in TABLE.items():
        yield Failure(code, f"{entry.number & 0xFFFFFFFF:08X}", tr(entry.text), tr(entry.remedy))


def _distance(contact: Contact, city: str) -> int:
    return 0 if not contact.city else 1 if contact.city == city else 2


def _matches(text: str, wanted: Iterable[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in wanted)


def _text(entry: Entry) -> str:
    """Everything an entry may be found by, in one string."""
    if isinstance(entry, Guide):
        parts: tuple[str, ...] = (entry.title, entry.text, *entry.steps, *entry.notes, *entry.words)
    elif isinstance(entry, Contact):
        called = tr("联系电话 地址 办事处 QQ群")
        parts = (
            entry.title, entry.city, entry.address, called,
            *entry.telephones, *entry.groups, *entry.notes, *entry.words,
        )  # fmt: skip
    else:
        signed = TABLE[entry.code].number
        parts = (entry.title, f"0x{entry.number}", str(signed), entry.code.value, entry.code.name, entry.remedy)
    return "\n".join(parts)


def load(folder: Path | None = None) -> HelpContent:
    """Texts in the language in use, as shipped or from `folder`. HelperError(FILE_UNREADABLE) names file and place."""
    folder = folder or _shipped()
    guides = _read(folder / GUIDES, "entry", lambda table, where: Guide(**_fields(table, _GUIDE, where)))
    contacts = _read(folder / CONTACTS, "contact", lambda table, where: Contact(**_fields(table, _CONTACT, where)))
    return HelpContent(guides, contacts)


def _shipped() -> Path:
    translated = shipped("resources", "help", language())
    return translated if translated.is_dir() else shipped("resources", "help")


def _read(path: Path, name: str, make: Callable[[dict[str, Any], str], T]) -> tuple[T, ...]:
    try:
        tables = _typed(tomllib.loads(path.read_text("utf-8")).get(name, []), list, name)
        found = [make(_typed(table, dict, name), f"{name} {number}") for number, table in enumerate(tables, 1)]
        _require_unique(found)
    except (OSError, ValueError) as problem:  # TOML's and UTF-8's errors are such
        raise HelperError(Code.FILE_UNREADABLE, f"{path.name}: {problem}") from None
    return tuple(found)


def _require_unique(entries: Iterable[Any]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            raise ValueError(f"{entry.id}: id 重复")
        seen.add(entry.id)


def _word(value: Any, where: str) -> str:
    text = _typed(value, str, where).strip()
    if not text:
        raise ValueError(f"{where}: 不能为空")
    return text


def _words(value: Any, where: str) -> tuple[str, ...]:
    return tuple(_word(item, where) for item in _typed(value, list, where))


def _section(value: Any, where: str) -> Section:
    if value not in (Section.GUIDES.value, Section.FEES.value):
        raise ValueError(f"{where}: 应为 guides 或 fees")
    return Section(value)


_Parse = Callable[[Any, str], Any]
_GUIDE: Mapping[str, _Parse] = {
    "id": _word, "section": _section, "title": _word, "text": _word, "steps": _words,
    "notes": _words, "words": _words, "page": _word, "portal": _word,
}  # fmt: skip
_CONTACT: Mapping[str, _Parse] = {
    "id": _word, "title": _word, "city": _word, "address": _word, "telephones": _words,
    "groups": _words, "hours": _word, "notes": _words, "words": _words,
}  # fmt: skip


def _fields(table: dict[str, Any], known: Mapping[str, _Parse], where: str) -> dict[str, Any]:
    where = str(table.get("id", where))
    if unknown := table.keys() - known.keys():
        raise ValueError(f"{where}: 不认识的字段 {', '.join(sorted(unknown))}")
    needed = {"id", "title"} | ({"section"} & known.keys())
    if missing := needed - table.keys():
        raise ValueError(f"{where}: 缺少 {', '.join(sorted(missing))}")
    return {name: known[name](value, f"{where}.{name}") for name, value in table.items()}


def _typed(value: Any, wanted: type[T], where: str) -> T:
    if not isinstance(value, wanted):
        raise ValueError(f"{where}: 应为 {wanted.__name__}")
    return value
