"""The hall's parts, built once and handed to the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hebca_helper.errors import HelperError
from hebca_helper.practice.hall.accounts import Accounts
from hebca_helper.practice.hall.bindings import Bindings
from hebca_helper.practice.hall.materials.centre import MakePaper, Receipts, make_paper
from hebca_helper.practice.hall.materials.inspection import Inspection
from hebca_helper.practice.hall.materials.shelf import Shelf
from hebca_helper.practice.hall.sessions import SessionBook
from hebca_helper.practice.hall.store import Store, open_store
from hebca_helper.practice.hall.telephone import Telephone
from hebca_helper.practice.hall.units import UNITS
from hebca_helper.practice.hall.verification import Verification
from hebca_helper.practice.record import practice_folder
from hebca_helper.practice.serving import AssistantPorts


@dataclass(frozen=True)
class Services:
    """`clock` returns aware UTC; `ports` are those of now; `problem` is what went wrong with the database at the start."""

    clock: Callable[[], datetime]
    ports: Callable[[], AssistantPorts]
    store: Store
    sessions: SessionBook
    telephone: Telephone
    accounts: Accounts
    bindings: Bindings
    verification: Verification
    materials: Shelf
    inspection: Inspection
    scans: MakePaper
    receipts: Receipts
    problem: HelperError | None


def build(
    home: Path, ports: Callable[[], AssistantPorts], clock: Callable[[], datetime], origin: Callable[[], str]
) -> Services:
    """Services over the database of this home, which trust its practice CA. `origin` is the hall's own."""
    store, problem = open_store(practice_folder(home) / "hall.sqlite3")
    store.seed(UNITS)
    telephone = Telephone(store, clock)
    return Services(
        clock=clock,
        ports=ports,
        store=store,
        sessions=SessionBook(clock),
        telephone=telephone,
        accounts=Accounts(store, telephone, clock),
        bindings=Bindings(store),
        verification=Verification(home, clock, origin),
        materials=Shelf(store, clock),
        inspection=Inspection(home, clock),
        scans=make_paper,
        receipts=Receipts(home, clock),
        problem=problem,
    )
