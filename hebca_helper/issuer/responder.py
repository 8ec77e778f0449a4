"""Sends a question about a certificate to the responder that its CA names (RFC 6960, appendix A)."""

from __future__ import annotations

import requests

from hebca_helper.errors import Code, HelperError

SECONDS = 5.0
"""To connect, and of silence: somebody waits at a login page."""
LARGEST = 64 * 1024


def ask_responder(url: str, question: bytes) -> bytes:
    """The OCSPResponse, not yet believed. Only a URL out of a certificate of a trusted CA belongs here.

    HelperError(ONLINE_UNREACHABLE, TOO_LARGE).
    """
    with requests.Session() as session:
        session.trust_env = False
        headers = {"Content-Type": "application/ocsp-request", "Accept-Encoding": "identity"}
        try:
            with session.post(
                url, data=question, headers=headers, timeout=SECONDS, allow_redirects=False, stream=True
            ) as answer:
                if answer.status_code != requests.codes.ok:
                    raise HelperError(Code.ONLINE_UNREACHABLE, f"HTTP {answer.status_code}")
                content: bytes = answer.raw.read(LARGEST + 1)
        except requests.exceptions.RequestException as problem:
            raise HelperError(Code.ONLINE_UNREACHABLE, type(problem).__name__) from None
    if len(content) > LARGEST:
        raise HelperError(Code.TOO_LARGE)
    return content
