"""One HTTP request to the CA, with everything bounded: time, size, redirects, and who is at the other end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from hebca_helper.errors import Code, HelperError
from hebca_helper.issuer.addresses import Address
from hebca_helper.issuer.cutting import Cutter

DIRECT = "direct"
"""Value of the setting `proxy` that means none."""
_JSON = "application/json"
_CHUNK = 16 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, seconds of silence, seconds for everything together; bytes of an answer."""

    connect: float = 10.0
    silence: float = 15.0
    whole: float = 45.0
    size: int = 64 * 1024


def post(address: Address, body: bytes, limits: Limits, proxy: str, verify: bool | str, cutter: Cutter) -> bytes:
    """The body of the answer. Blocks; `cutter` ends it from another thread.

    HelperError(ONLINE_UNREACHABLE) when nothing usable comes back, ONLINE_NOT_GENUINE when the other end cannot be
    known or sends elsewhere, TOO_LARGE.
    """
    with requests.Session() as session:
        # No .netrc, no CA bundle from the environment: only the proxy may come from there.
        session.trust_env = False
        session.mount("https://", CutAdapter(cutter))
        session.mount("http://", CutAdapter(cutter))
        try:
            with session.post(
                address.url,
                data=body,
                headers={"Content-Type": _JSON, "Accept": _JSON, "Accept-Encoding": "identity"},
                timeout=(limits.connect, limits.silence),
                allow_redirects=False,
                proxies=proxies(address, proxy),
                verify=verify,
                stream=True,
            ) as response:
                _require_plain_answer(response)
                return _read(response, limits)
        except requests.exceptions.SSLError:
            raise HelperError(Code.ONLINE_NOT_GENUINE, "TLS") from None
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as problem:
            raise HelperError(Code.ONLINE_UNREACHABLE, type(problem).__name__) from None


def proxies(address: Address, setting: str) -> dict[str, str]:
    """`setting` "" means the system's, "direct" none, anything else is the proxy's URL. This computer needs none."""
    if address.practice or setting == DIRECT:
        return {}
    if not setting:
        found: Mapping[str, str] = get_environ_proxies(address.url)
        return dict(found)
    if not setting.startswith(("http://", "https://")):
        raise HelperError(Code.SETTINGS_DAMAGED, "proxy")
    return {"https": setting}


def _require_plain_answer(response: requests.Response) -> None:
    if response.is_redirect or 300 <= response.status_code < 400:
        raise HelperError(Code.ONLINE_NOT_GENUINE, f"HTTP {response.status_code}")
    if response.status_code != requests.codes.ok:
        raise HelperError(Code.ONLINE_UNREACHABLE, f"HTTP {response.status_code}")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != _JSON or "Content-Encoding" in response.headers:
        raise HelperError(Code.ONLINE_NOT_GENUINE, "Content-Type")


def _read(response: requests.Response, limits: Limits) -> bytes:
    """Bytes as they come: a length that the server announces proves nothing."""
    end = time.monotonic() + limits.whole
    content = bytearray()
    while chunk := response.raw.read1(_CHUNK, decode_content=False):
        content += chunk
        if len(content) > limits.size:
            raise HelperError(Code.TOO_LARGE)
        if time.monotonic() > end:
            raise HelperError(Code.ONLINE_UNREACHABLE, "timeout")
    return bytes(content)


class CutAdapter(HTTPAdapter):
    """One try, and every connection it opens can be cut."""

    def __init__(self, cutter: Cutter) -> None:
        self._cutter = cutter
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = self._cutter.pools()

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = self._cutter.pools()
        return manager
