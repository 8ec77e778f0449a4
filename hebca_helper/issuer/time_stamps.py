"""Fetches time stamps (RFC 3161, 3.4: over HTTP) from the service that the person set."""

from __future__ import annotations

from typing import Any

from hebca_helper.errors import Code, HelperError
from hebca_helper.issuer.transport import DIRECT

CONNECT, SILENCE = 10.0, 20.0
"""Seconds."""
LARGEST = 64 * 1024


def fetch(url: str, request: bytes, proxy: str = "") -> bytes:
    """The service's answer to a TimeStampReq. Blocks. HelperError(TIME_STAMP_FAILED).

    What it is worth is judged by its signature, so plain http is as good as https.
    """
    import requests
    import urllib3
    from requests.utils import get_environ_proxies

    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    if not url.startswith(("http://", "https://")):
        raise HelperError(Code.TIME_STAMP_FAILED, url[:200])
    try:
        with requests.Session() as session:
            session.trust_env = False
            surroundings = get_environ_proxies(url) if not proxy else {}
            with session.post(
                url,
                data=request,
                headers=headers,
                timeout=(CONNECT, SILENCE),
                allow_redirects=False,
                proxies={**surroundings, **_proxies(proxy)},
                stream=True,
            ) as response:
                body: Any = response.raw.read(LARGEST + 1, decode_content=True)
                if response.status_code != requests.codes.ok or len(body) > LARGEST:
                    raise HelperError(Code.TIME_STAMP_FAILED, f"HTTP {response.status_code}")
                return bytes(body)
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError) as problem:
        raise HelperError(Code.TIME_STAMP_FAILED, type(problem).__name__) from None


def _proxies(setting: str) -> dict[str, str]:
    return {} if not setting or setting == DIRECT else {"http": setting, "https": setting}
