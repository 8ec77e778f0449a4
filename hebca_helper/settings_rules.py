"""Which values of settings make sense, and what to tell a person who gives another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from hebca_helper.errors import Code, HelperError
from hebca_helper.settings import CHOICES, Settings
from hebca_helper.texts import tr

PORTS = ("certificate_port", "seal_port", "https_port")


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends count. `or_zero`: 0 has a meaning of its own."""

    lowest: int
    highest: int
    or_zero: bool = False

    def holds(self, value: float) -> bool:
        return self.lowest <= value <= self.highest or (self.or_zero and value == 0)


RANGES: Mapping[str, Range] = MappingProxyType(
    {
        **dict.fromkeys(PORTS, Range(1024, 65535, or_zero=True)),
        "login_lifetime": Range(60, 8 * 3600),
        "repeated_signatures": Range(0, 200),
        "font_size": Range(80, 200),
        "journal_retention_days": Range(30, 3650, or_zero=True),
    }
)
"""Ports below 1024 are the system's (RFC 6335, section 6)."""


def problems(settings: Settings) -> dict[str, str]:
    """What to tell beside each field that cannot stay so; empty when all is well."""
    found: dict[str, str] = {}
    for name, allowed in RANGES.items():
        if not allowed.holds(getattr(settings, name)):
            found[name] = tr("请填写 {lowest} 到 {highest} 之间的数").format(
                lowest=allowed.lowest, highest=allowed.highest
            )
    for name, words in CHOICES.items():
        if getattr(settings, name) not in words:
            found[name] = tr("没有这个选项")
    if settings.time_stamp_url and not is_web_address(settings.time_stamp_url):
        found["time_stamp_url"] = wrong_address()
    for name in _meeting_ports(settings):
        found.setdefault(name, tr("每个服务要用不同的端口"))
    return found


def is_web_address(text: str) -> bool:
    """An absolute http(s) address of a service (RFC 3986): with a host, without a name and password."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    plain = text.isprintable() and " " not in text and "@" not in parts.netloc and port != 0
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def wrong_address() -> str:
    return tr("请填写以 http:// 或 https:// 开头的完整地址")


def _meeting_ports(settings: Settings) -> list[str]:
    ports = [getattr(settings, name) for name in PORTS]
    return [name for name, port in zip(PORTS, ports, strict=True) if port and ports.count(port) > 1]


def require_sensible(old: Settings, new: Settings) -> None:
    """HelperError(BAD_REQUEST) for the first field that was changed to something that makes no sense."""
    for name, told in problems(new).items():
        if getattr(old, name) != getattr(new, name):
            raise HelperError(Code.BAD_REQUEST, told)
