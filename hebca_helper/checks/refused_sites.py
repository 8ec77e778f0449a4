"""Sites that the person told a Chromium-like browser to keep from this computer: one part of its preferences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from hebca_helper.checks.popups import BLOCK, inside, preferences
from hebca_helper.portals.entries import address, origin_of

_PERMISSIONS = ("loopback_network", "local_network_access")
"""Local Network Access as Chromium keeps it (components/content_settings): since it tells loopback apart, and before."""


def refused_in(files: Mapping[str, Path]) -> dict[str, frozenset[str]]:
    """Origins by the name of the browser; nothing of one whose file cannot be read."""
    return {name: frozenset(_refused(preferences(path))) for name, path in files.items()}


def _refused(content: object) -> Iterator[str]:
    for permission in _PERMISSIONS:
        entries = inside(content, ("profile", "content_settings", "exceptions", permission))
        for pattern, entry in entries.items() if isinstance(entries, dict) else ():
            if inside(entry, ("setting",)) == BLOCK:
                with suppress(ValueError):  # a pattern for many sites names no origin
                    yield origin_of(address(str(pattern).partition(",")[0], "pattern"))
