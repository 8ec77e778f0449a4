"""Installs, tells and removes the browser policies of this computer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hebca_helper.bridge.policies.record import PolicyRecord
from hebca_helper.bridge.system_root import system_root
from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.browsers import TITLES, BrowserKind
from hebca_helper.portals.catalogue import known_origins, load


@dataclass(frozen=True, slots=True)
class PolicyState:
    """One browser: which origins of the catalogue its policies let in (`allowed`), and which not (`missing`)."""

    title: str
    path: Path
    allowed: tuple[str, ...]
    missing: tuple[str, ...]
    problem: HelperError | None = None


class BrowserPolicies(Protocol):
    title: str
    path: Path

    def install(self, origins: Iterable[str], record: PolicyRecord) -> None: ...
    def remove(self, record: PolicyRecord) -> None: ...
    def allows(self, origin: str) -> bool: ...


def status(root: Path | None = None, origins: Iterable[str] | None = None) -> list[PolicyState]:
    """Every browser's state. Reads only; any user may."""
    chosen = _chosen(origins)
    return [_state(browser, chosen) for browser in _browsers(root)]


def lets_in(kind: BrowserKind, origin: str, root: Path | None = None) -> bool:
    """Whether policies let this origin reach us in that browser without a question (an http origin at all)."""
    return any(browser.allows(origin) for browser in _browsers(root) if browser.title == TITLES[kind])


def install(root: Path | None = None, origins: Iterable[str] | None = None) -> list[PolicyState]:
    chosen = _chosen(origins)
    record = _record(root)
    return [_done(each, chosen, lambda b=each: b.install(chosen, record)) for each in _browsers(root)]  # type: ignore[misc]


def remove(root: Path | None = None, origins: Iterable[str] | None = None) -> list[PolicyState]:
    chosen = _chosen(origins)
    record = _record(root)
    return [_done(each, chosen, lambda b=each: b.remove(record)) for each in _browsers(root)]  # type: ignore[misc]


def _done(browser: BrowserPolicies, origins: tuple[str, ...], action: Callable[[], None]) -> PolicyState:
    try:
        action()
    except HelperError as problem:
        return _state(browser, origins, problem)
    except OSError as failure:
        code = Code.ROOT_NEEDED if isinstance(failure, PermissionError) else Code.POLICY_FILE_WRONG
        return _state(browser, origins, HelperError(code, f"{browser.path}: {failure.strerror}"))
    return _state(browser, origins)


def _state(browser: BrowserPolicies, origins: tuple[str, ...], problem: HelperError | None = None) -> PolicyState:
    allowed = tuple(origin for origin in origins if browser.allows(origin))
    missing = tuple(origin for origin in origins if origin not in allowed)
    return PolicyState(browser.title, browser.path, allowed, missing, problem)


def _browsers(root: Path | None) -> list[BrowserPolicies]:
    """NOT_SUPPORTED on macOS: there policies come as a configuration profile, which only the person can accept."""
    if sys.platform == "win32":
        from hebca_helper.bridge.policies.registry import registry_policies

        return list(registry_policies())
    if sys.platform == "darwin":
        raise HelperError(Code.NOT_SUPPORTED, "macOS")
    from hebca_helper.bridge.policies import chromium, firefox

    root = root or system_root()
    return [
        *(chromium.ChromiumPolicies(title, root) for title in chromium.FOLDERS),
        *(firefox.FirefoxPolicies(title, root) for title in firefox.FOLDERS),
    ]


def _record(root: Path | None) -> PolicyRecord:
    return PolicyRecord(root or system_root())


def _chosen(origins: Iterable[str] | None) -> tuple[str, ...]:
    return tuple(sorted(known_origins(load()) if origins is None else origins))
