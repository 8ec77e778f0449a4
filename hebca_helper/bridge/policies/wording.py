"""Which policies say what. Names and shapes: Chrome Enterprise policy list, Mozilla policy-templates.

Browsers ask before a public site may reach this computer (Local Network Access); these policies answer for the origins
of the catalogue. A plain http origin is never even asked about: it needs, for itself alone, also to be treated as
secure. The opt-out that opens every site (`LocalNetworkAccessRestrictionsTemporaryOptOut`) is never written.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

LOOPBACK = ("LoopbackNetworkAllowedForUrls", "LocalNetworkAccessAllowedForUrls")
"""The second is the name before Chromium 145, which split local network and loopback."""
INSECURE = "OverrideSecurityRestrictionsOnInsecureOrigin"
FIREFOX = "LocalNetworkAccess"
SKIP = "SkipDomains"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def chromium_policies(origins: Iterable[str]) -> dict[str, list[str]]:
    """Policies of Chromium, Chrome and Edge for these origins."""
    chosen = sorted(set(origins))
    made = {name: [pattern(origin) for origin in chosen] for name in LOOPBACK}
    insecure = [origin for origin in chosen if origin.startswith("http:")]
    return {**made, INSECURE: insecure} if insecure else made


def pattern(origin: str) -> str:
    """With its port, for a pattern without one fits every port of the host."""
    parts = urlsplit(origin)
    return origin if parts.port else f"{origin}:{_DEFAULT_PORTS[parts.scheme]}"


def firefox_domains(origins: Iterable[str]) -> list[str]:
    """Firefox knows hosts only."""
    return sorted({urlsplit(origin).hostname or "" for origin in origins} - {""})
