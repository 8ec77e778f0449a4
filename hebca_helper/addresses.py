"""Which addresses are this computer, and which can be imitated on the way to another."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def is_insecure(address: str) -> bool:
    """Plain http to anything but this computer: anyone on the line can imitate it."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS
