"""What the checks look at: this computer through a port, and what the assistant knows at this moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.errors import HelperError
from hebca_helper.settings import Settings
from hebca_helper.tokens.catalogue import Driver, System
from hebca_helper.tokens.discovery import ModuleState
from hebca_helper.tokens.model import TokenInfo

if TYPE_CHECKING:
    from hebca_helper.assistant.stamping.seals import TokenSeal


@dataclass(frozen=True, slots=True)
class Program:
    """A running program. `ours` is this program, in this process or another; `user` is whose it is, empty where it is of
    this person."""

    name: str
    number: int
    ours: bool = False
    user: str = ""


@dataclass(frozen=True, slots=True)
class UsbDevice:
    """`id` is "vvvv:pppp" in lower case hex; `smart_card` tells interface class 0x0B (USB-IF, Smart Card)."""

    id: str
    product: str = ""
    smart_card: bool = False


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that programs of this person use, and for which hosts they do not. `source` names the setting."""

    source: str
    exceptions: tuple[str, ...]


class Machine(Protocol):
    """This computer. None means that this system does not tell."""

    @property
    def system(self) -> System: ...

    def programs(self) -> Sequence[Program]:
        """Everything that runs."""

    def listener(self, port: int) -> Program | None:
        """Who listens on this loopback port; a Program without a name when somebody does and the system hides who."""

    def addresses(self, name: str) -> Sequence[str]:
        """What a host name resolves to."""

    def usb_devices(self) -> Sequence[UsbDevice] | None: ...

    def free_bytes(self, folder: Path) -> int: ...

    def missing_libraries(self) -> Sequence[str]:
        """System libraries that a window needs, with their packages."""

    def has_chinese_font(self) -> bool: ...

    def installed(self, names: Sequence[str]) -> Path | None:
        """The first of these programs that is there."""

    def restart_pending(self) -> str | None:
        """What waits for a restart; empty when nothing does."""

    def proxies(self) -> Sequence[Proxy]: ...

    def browsers_without_popups(self) -> Sequence[str]:
        """Browsers whose own setting forbids every pop-up window."""

    def refused_sites(self) -> Mapping[str, frozenset[str]]:
        """Origins that the person told a browser to keep from this computer, by the browser's name."""


@dataclass(frozen=True, slots=True)
class TokenPicture:
    """What the token service knew when the checks began; `problem` when it could not be asked. `unusable`: what is plugged
    in and cannot be used."""

    modules: Sequence[ModuleState] = ()
    tokens: Sequence[TokenInfo] = ()
    entries: Sequence[CertificateEntry] = ()
    problem: HelperError | None = None
    revoked: frozenset[str] = frozenset()
    """Fingerprints of certificates that a list of their issuer names."""
    seals: Sequence[TokenSeal] = ()
    seals_problem: HelperError | None = None
    """Why the seals could not be looked at."""
    unusable: Sequence[HelperError] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A service for browsers; `expected` where this process is to run it."""

    name: str
    port: int
    expected: bool = False
    scheme: str = "ws"

    def at(self, url: str) -> Service:
        """This process runs it, there; without a URL it does not listen, and should at the port of the settings."""
        return replace(self, port=urlsplit(url).port or self.port, expected=True)


def services_of(settings: Settings) -> tuple[Service, ...]:
    """All services for browsers, where the settings have them, in the order of bridge.services."""
    return (
        Service("证书服务", settings.certificate_port),
        Service("签章服务", settings.seal_port),
        Service("HTTPS 服务", settings.https_port, scheme="https"),
    )


@dataclass(frozen=True, slots=True)
class PastFailure:
    """A failed row of the journal: when (ISO 8601 UTC), which operation, which code. No site, no content."""

    at: str
    operation: str
    code: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    machine: Machine
    home: Path
    environment: Mapping[str, str] = field(repr=False)
    """May hold secrets of other programs: read by name only, never shown."""
    picture: TokenPicture = TokenPicture()
    drivers: Sequence[Driver] = ()
    driver_problems: Sequence[HelperError] = ()
    services: Sequence[Service] = ()
    blocked: Sequence[str] = ()
    """Origins the person blocked."""
    known: frozenset[str] = frozenset()
    """Origins of the portals that come with the program."""
    portals_problem: HelperError | None = None
    """A help desk's mistake in their file."""
    forget_origin: Callable[[str], None] | None = None
    """Forgets the person's word about a site; where the assistant runs."""
    failures: Sequence[PastFailure] = ()
    """Newest first."""
    clock: Callable[[], datetime] = utc_now
