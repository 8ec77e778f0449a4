"""A person's own links: `links.toml` in the home adds to, changes, hides and orders those of the catalogue.

Nothing in it makes a site known to the certificate service (house rule 1): only the catalogue as shipped does.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hebca_helper import tables
from hebca_helper.errors import HelperError
from hebca_helper.files import of_file, unusable, write_atomically
from hebca_helper.portals.catalogue import Catalogue
from hebca_helper.portals.entries import entry_of, portals_from
from hebca_helper.portals.portal import Portal

FILE_NAME = "links.toml"
MOST_RECENT = 5
_LISTS = ("hidden", "order", "favourites", "recent")


@dataclass(frozen=True, slots=True)
class OwnLinks:
    """Each change gives a new one. The tuples besides `portals` are ids.

    A portal with the id of one in the catalogue stands in its place; others are added. `order` names those that the
    person put in an order, the rest follows as the catalogue has it. `recent` begins with the newest.
    """

    portals: tuple[Portal, ...] = ()
    hidden: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    favourites: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()

    def is_own(self, portal_id: str) -> bool:
        """Added or changed by the person."""
        return any(portal.id == portal_id for portal in self.portals)

    def with_portal(self, portal: Portal) -> OwnLinks:
        """Added, or in place of the one with its id; shown, whether it was hidden before or not."""
        if self.is_own(portal.id):
            portals = tuple(portal if each.id == portal.id else each for each in self.portals)
        else:
            portals = (*self.portals, portal)
        return replace(self, portals=portals).with_shown(portal.id)

    def without_portal(self, portal_id: str) -> OwnLinks:
        """An added link is gone; a changed one is again as the catalogue has it."""
        return replace(self, portals=tuple(each for each in self.portals if each.id != portal_id))

    def with_hidden(self, portal_id: str) -> OwnLinks:
        return replace(self, hidden=(*_without(self.hidden, portal_id), portal_id))

    def with_shown(self, portal_id: str) -> OwnLinks:
        return replace(self, hidden=_without(self.hidden, portal_id))

    def with_favourite(self, portal_id: str, wanted: bool) -> OwnLinks:
        others = _without(self.favourites, portal_id)
        return replace(self, favourites=(*others, portal_id) if wanted else others)

    def with_use(self, portal_id: str) -> OwnLinks:
        return replace(self, recent=(portal_id, *_without(self.recent, portal_id))[:MOST_RECENT])

    def with_order(self, ids: Sequence[str]) -> OwnLinks:
        """These in this order; what was put in order before and is not among them stays so."""
        return replace(self, order=(*(each for each in self.order if each not in ids), *ids))

    def in_catalogue_order(self) -> OwnLinks:
        return replace(self, order=())


def merged(shipped: Catalogue, own: OwnLinks, city: str = "") -> Catalogue:
    """What the person sees: nothing hidden, the links of their city first, then as they ordered them."""
    replaced = {portal.id: portal for portal in own.portals}
    portals = [replaced.pop(portal.id, portal) for portal in shipped.portals]
    portals += replaced.values()
    places = {portal_id: place for place, portal_id in enumerate(own.order)}
    first = sorted(portals, key=lambda portal: not city or portal.city != city)
    ordered = sorted(first, key=lambda portal: places.get(portal.id, len(places)))
    return Catalogue(tuple(portal for portal in ordered if portal.id not in own.hidden))


def hidden_portals(shipped: Catalogue, own: OwnLinks) -> tuple[Portal, ...]:
    """In the order in which they were hidden."""
    return merged(shipped, replace(own, hidden=(), order=())).of(own.hidden)


def moved(catalogue: Catalogue, portal: Portal, step: int) -> tuple[str, ...] | None:
    """Ids of the portal's group with it `step` places further down; None where there is no such place."""
    ids = [each.id for each in catalogue.group(portal.group)]
    place = ids.index(portal.id) + step
    if not 0 <= place < len(ids):
        return None
    ids.remove(portal.id)
    ids.insert(place, portal.id)
    return tuple(ids)


def load(folder: Path) -> tuple[OwnLinks, HelperError | None]:
    """Own links of this home. A damaged file is set aside beside itself and told in the second item."""
    path = folder / FILE_NAME
    try:
        return parse(path.read_text("utf-8")), None
    except FileNotFoundError:
        return OwnLinks(), None
    except (ValueError, RecursionError, OSError) as problem:
        return OwnLinks(), unusable(path, problem)


def parse(text: str) -> OwnLinks:
    """ValueError (TOML errors are such) says what is wrong."""
    table = tomllib.loads(text)
    lists: dict[str, Any] = {name: _ids(table.get(name, []), name) for name in _LISTS}
    return OwnLinks(portals_from(table), **lists)


def save(folder: Path, own: OwnLinks) -> None:
    """Atomically. HelperError(FILE_UNREADABLE) where the home cannot be written."""
    import tomli_w  # writing is rare, starting is not

    table: dict[str, Any] = {name: list(ids) for name in _LISTS if (ids := getattr(own, name))}
    if own.portals:
        table["portal"] = [entry_of(portal) for portal in own.portals]
    try:
        write_atomically(folder / FILE_NAME, tomli_w.dumps(table).encode())
    except OSError as problem:
        raise of_file(problem, FILE_NAME) from None


def _ids(value: Any, place: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tables.words(value, place)))


def _without(ids: tuple[str, ...], portal_id: str) -> tuple[str, ...]:
    return tuple(each for each in ids if each != portal_id)
