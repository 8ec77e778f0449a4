"""Sends a question about a certificate to the responder that its CA names (RFC 6960, appendix A)."""

from __future__ import annotations

from hebca_helper.issuer.fetching import fetch
from hebca_helper.issuer.transport import DIRECT
from hebca_helper.pki.ocsp import LARGEST_RESPONSE, REQUEST_KIND


def ask_responder(url: str, question: bytes) -> bytes:
    """The OCSPResponse, not yet believed. Only a URL out of a certificate of a trusted CA belongs here.

    HelperError(ONLINE_UNREACHABLE, TOO_LARGE).
    """
    return fetch(url, LARGEST_RESPONSE, DIRECT, question, REQUEST_KIND)
