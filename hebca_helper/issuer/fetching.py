"""Small answers of services that certificates name: http(s) only, bounded in size and time, never sent elsewhere.

What comes is judged by its signature, so plain http is as good as https.
"""

from __future__ import annotations

import threading
from typing import Any

import requests
import urllib3
from requests.utils import get_environ_proxies

from hebca_helper.errors import Code, HelperError
from hebca_helper.issuer.cutting import Cutter
from hebca_helper.issuer.transport import DIRECT, CutAdapter
from hebca_helper.pki.ocsp import LARGEST_RESPONSE, REQUEST_KIND

CONNECT, SILENCE, WHOLE = 4.0, 6.0, 15.0
"""Seconds; the last for everything together."""
_CHUNK = 64 * 1024


def fetch(
    url: str, largest: int, proxy: str = "", question: bytes = b"", kind: str = "", seconds: float = WHOLE
) -> bytes:
    """The answer's octets; with `question` it is posted as `kind`. Blocks, `seconds` at most once it is connected.

    HelperError(ONLINE_UNREACHABLE, TOO_LARGE). Only a URL out of a certificate of a trusted CA belongs here. `proxy` as
    the setting of that name.
    """
    if not url.startswith(("http://", "https://")):
        raise HelperError(Code.ONLINE_UNREACHABLE, url[:200])
    headers = {"Accept-Encoding": "identity"} | ({"Content-Type": kind} if kind else {})
    asked = requests.Request("POST" if question else "GET", url, headers, data=question or None)
    cutter = Cutter()
    alarm = threading.Timer(seconds, cutter.cut)
    alarm.daemon = True
    alarm.start()
    try:
        return _answer(asked, largest, _proxies(url, proxy), cutter)
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as problem:
        raise HelperError(Code.ONLINE_UNREACHABLE, type(problem).__name__) from None
    finally:
        alarm.cancel()
        cutter.cut()


def _answer(asked: requests.Request, largest: int, proxies: dict[str, str], cutter: Cutter) -> bytes:
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", CutAdapter(cutter))
        session.mount("http://", CutAdapter(cutter))
        with session.send(
            session.prepare_request(asked),
            timeout=(CONNECT, SILENCE),
            allow_redirects=False,
            proxies=proxies,
            stream=True,
        ) as response:
            if response.status_code != requests.codes.ok:
                raise HelperError(Code.ONLINE_UNREACHABLE, f"HTTP {response.status_code}")
            return _body(response.raw, largest, cutter)


def _body(source: Any, largest: int, cutter: Cutter) -> bytes:
    """Octets as they come: a length that the server announces proves nothing. One that was cut off is no answer."""
    content = bytearray()
    while chunk := source.read1(_CHUNK, decode_content=False):
        content += chunk
        if len(content) > largest:
            raise HelperError(Code.TOO_LARGE)
    if cutter.is_cut:
        raise HelperError(Code.ONLINE_UNREACHABLE, "timeout")
    return bytes(content)


def _proxies(url: str, setting: str) -> dict[str, str]:
    if setting == DIRECT:
        return {}
    return dict(get_environ_proxies(url)) if not setting else {"http": setting, "https": setting}


def ask_responder(url: str, question: bytes) -> bytes:
    """The OCSPResponse (RFC 6960, appendix A), not yet believed. Only a URL out of a certificate of a trusted CA belongs here.

    HelperError(ONLINE_UNREACHABLE, TOO_LARGE).
    """
    return fetch(url, LARGEST_RESPONSE, DIRECT, question, REQUEST_KIND)
