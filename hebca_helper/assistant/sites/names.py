"""From what a person types or pastes as a site to its origin."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from hebca_helper.addresses import is_insecure
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_USUAL = {"https": 443, "http": 80}


def origin_of(text: str) -> str:
    """The serialised origin (RFC 6454, section 6.2) of an address, host names in punycode (RFC 5891) as browsers send
    them. HelperError(BAD_REQUEST) whose detail tells the person what is wrong with it."""
    parts = _parts(text.strip())
    host, port = _host(parts), _port(parts)
    shown = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{shown}" + ("" if port in (None, _USUAL[parts.scheme]) else f":{port}")
    if is_insecure(origin):
        raise _wrong(tr("这个网站没有加密（http），任何人都可以冒充它，不能信任"))
    return origin


def _parts(text: str) -> SplitResult:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        raise _wrong(_address()) from None
    if parts.scheme not in _USUAL or parts.username is not None:
        raise _wrong(_address())
    return parts


def _host(parts: SplitResult) -> str:
    try:
        host = (parts.hostname or "").rstrip(".")
        if ":" in host or host.replace(".", "").isdigit():
            return str(ipaddress.ip_address(host))
        host = host.encode("idna").decode("ascii").lower()
    except ValueError:
        raise _wrong(_address()) from None
    if not all(map(_LABEL.fullmatch, host.split("."))) or ("." not in host and host != "localhost"):
        raise _wrong(_address())
    return host


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise _wrong(_address()) from None


def _address() -> str:
    return tr("请填写完整的网站地址，例如 https://www.example.com")


def _wrong(told: str) -> HelperError:
    return HelperError(Code.BAD_REQUEST, told)
