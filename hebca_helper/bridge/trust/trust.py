"""Has browsers trust the TLS identity of this home, tells where they do, and takes everything out again."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from hebca_helper.bridge.identity.identity import Identity, load, load_or_make, renew
from hebca_helper.bridge.system_root import system_root
from hebca_helper.bridge.trust.authority import Authority
from hebca_helper.bridge.trust.places import find_places
from hebca_helper.bridge.trust.record import Record, Row, at
from hebca_helper.bridge.trust.stores import Place, StoreKind, store_at
from hebca_helper.errors import Code, HelperError

_log = logging.getLogger("hebca_helper.bridge")


class State(StrEnum):
    TRUSTED = "trusted"
    NOT_TRUSTED = "not-trusted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Told:
    """One place and how things stand there; `problem` where it could not be looked at or changed."""

    place: Place
    state: State
    problem: HelperError | None = None


class Trust:
    """For one home. Every method works through all places, whatever fails in one of them."""

    def __init__(self, home: Path, places: Sequence[Place] | None = None) -> None:
        self._home = home
        self._record = Record(home)
        self._places = find_places(Path.home(), os.environ, system_root(), sys.platform) if places is None else places

    def install(self, now: datetime) -> list[Told]:
        """Everywhere; the identity is made where there is none yet."""
        authority = Authority.read(load_or_make(self._home, now).ca_certificate)
        return [self._install(Row(place, authority)) for place in self._places]

    def status(self) -> list[Told]:
        """Where the identity in use is trusted. Nothing is made or changed."""
        identity = load(self._home)
        if identity is None:
            return [Told(place, State.NOT_TRUSTED) for place in self._places]
        authority = Authority.read(identity.ca_certificate)
        return [self._look(Row(place, authority)) for place in self._places]

    def remove(self) -> list[Told]:
        """Everything that the record names, also what an earlier identity left."""
        return [self._remove(row) for row in self._record.rows()]

    def renewed(self, now: datetime) -> Identity:
        """The identity to serve with: made, renewed and swept as needed (see `identity.renew`). A record that cannot be
        read keeps nobody from serving."""
        try:
            return renew(self._home, now, self._follow, self._forget)
        except (HelperError, OSError) as problem:
            _log.warning("TLS identity not renewed: %s", type(problem).__name__)
            return load_or_make(self._home, now)

    def _follow(self, old: Identity, new: Identity) -> bool:
        """The new one wherever the old one is recorded."""
        authority = Authority.read(new.ca_certificate)
        rows = [row for row in self._record.rows() if row.authority.fingerprint == old.ca_fingerprint]
        told = [self._install(at(row, authority)) for row in rows if _is_there(row.place)]
        return all(each.state is State.TRUSTED for each in told)

    def _forget(self, fingerprint: str) -> bool:
        rows = [row for row in self._record.rows() if row.authority.fingerprint == fingerprint]
        told = [self._remove(row) for row in rows]
        return all(each.problem is None for each in told)

    def _install(self, row: Row) -> Told:
        def install() -> State:
            store = store_at(row.place)
            self._record.add(row)
            if not store.has(row.authority):
                store.install(row.authority)
            return State.TRUSTED

        return _tried(row.place, install)

    def _look(self, row: Row) -> Told:
        def look() -> State:
            return State.TRUSTED if store_at(row.place).has(row.authority) else State.NOT_TRUSTED

        return _tried(row.place, look)

    def _remove(self, row: Row) -> Told:
        def remove() -> State:
            if _is_there(row.place):
                store_at(row.place).remove(row.authority)
            self._record.drop(row)
            return State.NOT_TRUSTED

        return _tried(row.place, remove)


def _tried(place: Place, action: Callable[[], State]) -> Told:
    try:
        return Told(place, action())
    except HelperError as problem:
        return Told(place, State.FAILED, problem)
    except OSError as problem:
        return Told(place, State.FAILED, HelperError(Code.TRUST_FAILED, f"{place.path}: {problem.strerror}"))


def _is_there(place: Place) -> bool:
    """A browser's profile may have been deleted since."""
    return place.kind is not StoreKind.NSS or place.path.is_dir()
