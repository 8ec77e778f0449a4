"""The quick links as this person has them: catalogue, own links, city and practice put together; kept in the home."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from hebca_helper.errors import HelperError
from hebca_helper.portals import own_links
from hebca_helper.portals.catalogue import Catalogue, Portal, known_origins
from hebca_helper.portals.own_links import OwnLinks

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor


class LinkBook(QObject):
    """Lives in Qt's thread; writing to the disk goes on beside it, in order."""

    changed = Signal()
    failed = Signal(object)
    """A HelperError: the file was damaged and set aside, or could not be written."""

    def __init__(self, shipped: Catalogue, home: Path | None = None, city: str = "") -> None:
        super().__init__()
        self.shipped = shipped
        self.own = OwnLinks()
        self.catalogue = shipped
        self.problem: HelperError | None = None
        """Of reading the file; told once by whoever shows the links."""
        self._home: Path | None = None
        self._city = city
        self._practice: tuple[Portal, ...] = ()
        self._writer: ThreadPoolExecutor | None = None
        if home is not None:
            self.use_home(home)

    def use_home(self, home: Path) -> None:
        """Read the person's links there; does nothing when that was done."""
        if self._home is None:
            self._home = home
            self.own, self.problem = own_links.load(home)
            self._put_together()

    def use_city(self, city: str) -> None:
        if city != self._city:
            self._city = city
            self._put_together()

    def use_practice(self, portals: tuple[Portal, ...]) -> None:
        if portals != self._practice:
            self._practice = portals
            self._put_together()

    def change(self, own: OwnLinks) -> None:
        """Shown at once, written soon."""
        if own == self.own:
            return
        self.own = own
        self._put_together()
        if self._home is not None:
            self._writer = self._writer or _new_writer()
            self._writer.submit(self._save, self._home, own)

    def close(self) -> None:
        """Waits until everything is written."""
        if self._writer is not None:
            self._writer.shutdown()
            self._writer = None

    def _save(self, home: Path, own: OwnLinks) -> None:
        try:
            own_links.save(home, own)
        except HelperError as problem:
            self.failed.emit(problem)

    def _put_together(self) -> None:
        self.catalogue = own_links.merged(self.shipped, self.own, self._city).with_more(self._practice)
        self.changed.emit()

    # What there is

    @property
    def favourites(self) -> tuple[Portal, ...]:
        return self.catalogue.of(self.own.favourites)

    @property
    def recent(self) -> tuple[Portal, ...]:
        """The newest first."""
        return self.catalogue.of(self.own.recent)

    @property
    def hidden(self) -> tuple[Portal, ...]:
        return own_links.hidden_portals(self.shipped, self.own)

    @property
    def cities(self) -> tuple[str, ...]:
        return self.shipped.cities()

    def is_practice(self, portal: Portal) -> bool:
        return portal in self._practice

    def is_known(self, portal: Portal) -> bool:
        """Whether the certificate service knows each of its sites: those that a person adds or changes are not known by
        that (house rule 1)."""
        known = known_origins(self.shipped)
        return self.is_practice(portal) or (bool(portal.origins) and known.issuperset(portal.origins))

    def shipped_form(self, portal_id: str) -> Portal | None:
        """As it came with the program, for one that the person changed."""
        return self.shipped.find(portal_id) if self.own.is_own(portal_id) else None

    # What a person does with one

    def use(self, portal: Portal) -> None:
        self.change(self.own.with_use(portal.id))

    def keep(self, portal: Portal) -> None:
        self.change(self.own.with_portal(portal))

    def set_favourite(self, portal: Portal, wanted: bool) -> None:
        self.change(self.own.with_favourite(portal.id, wanted))

    def move(self, portal: Portal, step: int) -> bool:
        """False where it is the first or last of its group already."""
        order = own_links.moved(self.catalogue, portal, step)
        if order is not None:
            self.change(self.own.with_order(order))
        return order is not None

    def remove(self, portal: Portal) -> Callable[[], None]:
        """An own link goes, one of the catalogue is hidden. The result takes that back."""
        before = self.own
        added = self.own.is_own(portal.id) and self.shipped.find(portal.id) is None
        self.change(self.own.without_portal(portal.id) if added else self.own.with_hidden(portal.id))
        return lambda: self.change(before)

    def restore(self, portal: Portal) -> Callable[[], None]:
        """A changed link is again as it came. The result takes that back."""
        before = self.own
        self.change(self.own.without_portal(portal.id))
        return lambda: self.change(before)


def _new_writer() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor  # the first change comes long after the window

    return ThreadPoolExecutor(1, "links")
