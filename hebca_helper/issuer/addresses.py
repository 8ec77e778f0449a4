"""Which addresses the program calls at all: exact origins of the CA, https, and the practice CA on this computer.

An address comes from a web page, so it is read by one strict rule of our own and put together anew: whatever the network
library makes of odd spellings (a name before @, backslashes, control characters, a dot at the end) never gets so far.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from hebca_helper.errors import Code, HelperError

LONGEST = 2048
_HOST = r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[::1\]"
_REST = r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*"
"""Path and query in the characters of RFC 3986, section 3.3 and 3.4; a fragment is no part of a request."""
_ADDRESS = re.compile(rf"(https?)://({_HOST})(?::([1-9][0-9]{{0,4}}))?({_REST})?")
_SCHEME_AND_HOST = re.compile(r"[A-Za-z]{4,5}://[^/?#]*")
_LOOPBACK = re.compile(r"http://(?:localhost|127\.0\.0\.1|\[::1\]):[0-9]+")
_DEFAULT_PORT = "443"


@dataclass(frozen=True, slots=True)
class Address:
    """`url` as it is called, `origin` as in RFC 6454, section 6.2, `host` with its port for people.

    `practice` means the practice CA: plain http on this computer, for practice USBKEYs only.
    """

    url: str
    origin: str
    practice: bool

    @property
    def host(self) -> str:
        return self.origin.partition("://")[2]


@dataclass(frozen=True, slots=True)
class AllowedAddresses:
    """`issuer` are https origins of the CA; `practice()` the origins that a running practice CA announced, as of now."""

    issuer: frozenset[str] = frozenset()
    practice: Callable[[], frozenset[str]] = frozenset

    def require(self, url: str) -> Address:
        """HelperError(DENIED_BY_POLICY) for every address that is not exactly at one of these origins."""
        read = _read(url)
        if read is None:
            raise HelperError(Code.DENIED_BY_POLICY)
        origin, rest = read
        if origin.startswith("https://") and origin in self.issuer:
            return Address(origin + rest, origin, practice=False)
        if _LOOPBACK.fullmatch(origin) and origin in self.practice():
            return Address(origin + rest, origin, practice=True)
        raise HelperError(Code.DENIED_BY_POLICY, origin)


def _read(url: str) -> tuple[str, str] | None:
    """Origin, and path with query; None for anything that is not plainly an http(s) address."""
    if len(url) > LONGEST or not url.isascii():
        return None
    found = _ADDRESS.fullmatch(_SCHEME_AND_HOST.sub(lambda start: start[0].lower(), url, count=1))
    if found is None:
        return None
    scheme, host, port, rest = found.groups()
    shown_port = "" if port is None or (scheme, port) == ("https", _DEFAULT_PORT) else f":{port}"
    return f"{scheme}://{host}{shown_port}", rest or "/"
