"""The real service in a process of its own, with a practice USBKEY: one for all tests that leave it as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import tomli_w

from hebca_helper.bridge.certificate_service import functions
from hebca_helper.bridge.certificate_service.functions import Function
from hebca_helper.bridge.ports import CERTIFICATE, SEAL
from hebca_helper.bridge.seal_service import functions as seal_functions
from hebca_helper.places import HOME_VARIABLE
from hebca_helper.tokens.discovery import PRACTICE_FOLDER
from hebca_helper.tokens.practice_state import TRIES, load_state
from tests.practice_homes import put_practice_usbkey
from tests.running import Service, serving

PORTAL = "https://portal.example"
OTHER = "https://other.example"
STRANGER = "https://stranger.example"
BLOCKED = "https://blocked.example"
REMEMBERED = "https://remembered.example"
PIN = "123456"


@dataclass(frozen=True)
class Door:
    """A WebSocket service: its name, its functions, and a call that pages which were let in get `ret` 0 for."""

    name: str
    functions: Mapping[str, Function]
    question: str


CERTIFICATES = Door(CERTIFICATE, functions.FUNCTIONS, "1|GetCertCount")
SEALS = Door(SEAL, seal_functions.FUNCTIONS, "1|GetSealCountInKey")


@dataclass(frozen=True)
class Guarded:
    """A running service and its home. PORTAL and OTHER are trusted, BLOCKED is blocked, REMEMBERED is allowed."""

    service: Service
    home: Path
    door: Door = CERTIFICATES

    @property
    def port(self) -> int:
        return urlsplit(self.service.urls[self.door.name]).port or 0

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.service.process.pid)

    def tries_left(self) -> int:
        """Of the only practice USBKEY."""
        return TRIES - max(load_state(self.home / PRACTICE_FOLDER).wrong_pins.values(), default=0)

    def descriptors(self) -> int:
        """How many the service holds open."""
        try:
            return self.process.num_fds()
        except psutil.AccessDenied:
            pytest.skip("only root sees what a closed process holds")

    def memory(self) -> int:
        """Bytes of the service's own: not of files it has mapped, whose share grows whenever another program ends."""
        told = self.process.memory_info()
        return int(told.rss - told.shared)


@contextmanager
def guarded(
    home: Path,
    settings: str = "",
    *,
    named: Mapping[str, str] | None = None,
    bare: Sequence[str] = (),
    through: Sequence[str] = (),
) -> Iterator[Guarded]:
    """Serve a home that exists. Its standard error goes to `stderr.log` in it. `named` and `bare` are what else the person
    said of sites; `through` as for `serving`."""
    (home / "settings.toml").write_text(settings)
    sites = {BLOCKED: "blocked", REMEMBERED: "allowed", **(named or {})}
    (home / "origins.toml").write_text(tomli_w.dumps({"bare_signatures": [*bare], "origins": sites}))
    trusted = [word for origin in (PORTAL, OTHER) for word in ("--allow-origin", origin)]
    with (
        (home / "stderr.log").open("a") as errors,
        serving(
            "--unattended", *trusted, environment={HOME_VARIABLE: str(home)}, errors=errors, through=through
        ) as service,
    ):
        yield Guarded(service, home)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """For tests that neither spend PINs nor wear the service out."""
    home = tmp_path_factory.mktemp("home")
    with guarded(put_practice_usbkey(home)) as service:
        yield service


@pytest.fixture(params=[CERTIFICATES, SEALS], ids=lambda door: door.name)
def through(running: Guarded, request: pytest.FixtureRequest) -> Guarded:
    """Through each WebSocket service of `running`: they have one doorway and one assistant."""
    return replace(running, door=request.param)


@pytest.fixture
def own(home: Path) -> Iterator[Guarded]:
    """A service for one test."""
    with guarded(put_practice_usbkey(home)) as service:
        yield service
