"""What the page 帮助 tells: guides, fees and contacts from `resources/help`, which a help desk can mend, and an entry for
every failure. No Qt in here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from hebca_helper import tables
from hebca_helper.errors import TABLE, Code
from hebca_helper.places import shipped
from hebca_helper.tables import text, texts
from hebca_helper.texts import language, tr

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
    guides = tables.read(folder / GUIDES, lambda table: tables.entries(table, "entry", _guide))
    contacts = tables.read(folder / CONTACTS, lambda table: tables.entries(table, "contact", _contact))
    return HelpContent(guides, contacts)


def _shipped() -> Path:
    translated = shipped("resources", "help", language())
    return translated if translated.is_dir() else shipped("resources", "help")


_GUIDE: Mapping[str, tables.Parse] = {
    "id": text, "section": tables.one_of((Section.GUIDES, Section.FEES)), "title": text, "text": text, "steps": texts,
    "notes": texts, "words": texts, "page": text, "portal": text,
}  # fmt: skip
_CONTACT: Mapping[str, tables.Parse] = {
    "id": text, "title": text, "city": text, "address": text, "telephones": texts,
    "groups": texts, "hours": text, "notes": texts, "words": texts,
}  # fmt: skip


def _guide(entry: Any, place: str) -> Guide:
    return Guide(**tables.fields(entry, _GUIDE, ("id", "title", "section"), place))


def _contact(entry: Any, place: str) -> Contact:
    return Contact(**tables.fields(entry, _CONTACT, ("id", "title"), place))
