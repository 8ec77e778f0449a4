"""Quick links: the catalogue of portals in `resources/portals.toml`, which a help desk can edit."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hebca_helper import tables
from hebca_helper.errors import HelperError
from hebca_helper.places import shipped
from hebca_helper.portals.entries import origin_of as origin_of
from hebca_helper.portals.entries import portals_from
from hebca_helper.portals.portal import BrowserNeed as BrowserNeed
from hebca_helper.portals.portal import Group as Group
from hebca_helper.portals.portal import Need as Need
from hebca_helper.portals.portal import Portal as Portal


@dataclass(frozen=True, slots=True)
class Catalogue:
    portals: tuple[Portal, ...]

    def group(self, group: Group) -> tuple[Portal, ...]:
        return tuple(portal for portal in self.portals if portal.group is group)

    def find(self, portal_id: str) -> Portal | None:
        return next((portal for portal in self.portals if portal.id == portal_id), None)

    def of(self, ids: Iterable[str]) -> tuple[Portal, ...]:
        """In the order of the ids, without those that are not there."""
        return tuple(portal for portal_id in ids if (portal := self.find(portal_id)) is not None)

    def with_more(self, portals: tuple[Portal, ...]) -> Catalogue:
        """Also these, after those of the file."""
        return Catalogue(self.portals + portals)

    def search(self, words: str) -> tuple[Portal, ...]:
        return tuple(portal for portal in self.portals if portal.matches(words))

    def cities(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(portal.city for portal in self.portals if portal.city))


def known_origins(catalogue: Catalogue) -> frozenset[str]:
    """Origins of the portals that come with the program (house rule 1: class "known")."""
    return frozenset(origin for portal in catalogue.portals for origin in portal.origins)


def load(path: Path | None = None) -> Catalogue:
    """The catalogue as shipped, or from `path`. HelperError(FILE_UNREADABLE) names the file and what is wrong in it."""
    return _shipped() if path is None else _read(path)


def load_what_can_be() -> tuple[Catalogue, HelperError | None]:
    """The catalogue as shipped; none at all, and why, when a help desk's edit cannot be read: the program still works."""
    try:
        return load(), None
    except HelperError as problem:
        return Catalogue(()), problem


@cache
def _shipped() -> Catalogue:
    """The window and the services both need it at the start: it is read once."""
    return _read(shipped("resources", "portals.toml"))


def _read(path: Path) -> Catalogue:
    return tables.read(path, lambda table: Catalogue(portals_from(table)))


def parse(text: str) -> Catalogue:
    """ValueError (TOML errors are such) says which entry is wrong, and how."""
    return Catalogue(portals_from(tomllib.loads(text)))
