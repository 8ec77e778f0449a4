"""A stated situation for one check, and what the check says to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hebca_helper.checks.model import Check, Outcome, Seen
from hebca_helper.checks.runner import CHECKS
from hebca_helper.checks.surroundings import Program, Proxy, Surroundings, UsbDevice
from hebca_helper.errors import Code
from hebca_helper.tokens.catalogue import System


@dataclass
class StatedMachine:
    """A computer on which all is well, unless a test says otherwise."""

    system: System = System.LINUX
    running: Sequence[Program] = ()
    listeners: Mapping[int, Program] = field(default_factory=dict)
    names: Mapping[str, Sequence[str]] = field(default_factory=lambda: {"localhost": ["127.0.0.1", "::1"]})
    usb: Sequence[UsbDevice] | None = ()
    free: int = 80 * 1024**3
    libraries: Sequence[str] = ()
    font: bool = True
    found: Path | None = Path("/usr/bin/soffice")
    restart: str | None = ""
    proxied: Sequence[Proxy] = ()
    without_popups: Sequence[str] = ()
    refused: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def programs(self) -> Sequence[Program]:
        return self.running

    def listener(self, port: int) -> Program | None:
        return self.listeners.get(port)

    def addresses(self, name: str) -> Sequence[str]:
        return self.names.get(name, ())

    def usb_devices(self) -> Sequence[UsbDevice] | None:
        return self.usb

    def free_bytes(self, folder: Path) -> int:
        assert folder.is_dir()
        return self.free

    def missing_libraries(self) -> Sequence[str]:
        return self.libraries

    def has_chinese_font(self) -> bool:
        return self.font

    def installed(self, names: Sequence[str]) -> Path | None:
        assert names
        return self.found

    def restart_pending(self) -> str | None:
        return self.restart

    def proxies(self) -> Sequence[Proxy]:
        return self.proxied

    def refused_sites(self) -> Mapping[str, frozenset[str]]:
        return self.refused

    def browsers_without_popups(self) -> Sequence[str]:
        return self.without_popups


Situation = Callable[..., Surroundings]


def check_of(name: str) -> Check:
    return next(check for check in CHECKS if check.id == name)


def look(name: str, surroundings: Surroundings) -> list[Seen]:
    """What one check sees there."""
    return list(check_of(name).look(surroundings))


def only(name: str, surroundings: Surroundings) -> Seen:
    [seen] = look(name, surroundings)
    return seen


def verdict(name: str, surroundings: Surroundings) -> tuple[Outcome, Code | None]:
    seen = only(name, surroundings)
    return seen.outcome, seen.code


FINE: tuple[Outcome, Any] = (Outcome.OK, None)
