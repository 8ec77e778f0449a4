"""The hall's parts, built once and handed to the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hebca_helper.errors import HelperError
from hebca_helper.practice.hall.accounts import Accounts
from hebca_helper.practice.hall.bindings import Bindings
from hebca_helper.practice.hall.sessions import SessionBook
from hebca_helper.practice.hall.store import Store, open_store
from hebca_helper.practice.hall.telephone import Telephone
from hebca_helper.practice.hall.units import UNITS
from hebca_helper.practice.hall.verification import Verification
from hebca_helper.practice.record import practice_folder


@dataclass(frozen=True)
class Services:
    """`clock` returns aware UTC; `certificate_port` is where the pages look for the certificate service;
    `problem` is what went wrong with the database at the start."""

    clock: Callable[[], datetime]
    certificate_port: int
    store: Store
    sessions: SessionBook
    telephone: Telephone
    accounts: Accounts
    bindings: Bindings
    verification: Verification
    problem: HelperError | None


def build(home: Path, certificate_port: int, clock: Callable[[], datetime]) -> Services:
    """Services over the database of this home, which trust its practice CA."""
    store, problem = open_store(practice_folder(home) / "hall.sqlite3")
    store.seed(UNITS)
    telephone = Telephone(store, clock)
    return Services(
        clock=clock,
        certificate_port=certificate_port,
        store=store,
        sessions=SessionBook(clock),
        telephone=telephone,
        accounts=Accounts(store, telephone, clock),
        bindings=Bindings(store),
        verification=Verification(home, clock),
        problem=problem,
    )
