"""`relying-party`: the login and signature checks as an HTTP service for a portal's server."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from hebca_helper.assistant.clock import Clock
from hebca_helper.cli.files import reading
from hebca_helper.pki import pem
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import Crl
from hebca_helper.relying_party.http.application import Verifiers, application
from hebca_helper.relying_party.http.lists import ListFiles
from hebca_helper.relying_party.http.server import DEFAULT_PORT, run
from hebca_helper.relying_party.login import LoginVerifier
from hebca_helper.relying_party.nonce import NonceBook, web_eid_nonce
from hebca_helper.relying_party.signed_data import SignedDataVerifier
from hebca_helper.relying_party.web_eid import WebEidVerifier


def relying_party(options: argparse.Namespace) -> int:
    """Print one JSON line with the URL, and serve until SIGTERM or SIGINT."""
    verifiers = _verifiers(options)
    lists = ListFiles([Path(path) for path in options.crl], lambda crls: _use(verifiers, crls))
    service = application(verifiers, fresh=lists.refresh)
    port = DEFAULT_PORT if options.port is None else options.port
    run(service, port, lambda url: print(json.dumps({"relying_party": url}), flush=True))
    return 0


def _verifiers(options: argparse.Namespace) -> Verifiers:
    from hebca_helper.issuer.responder import ask_responder

    trusted = [certificate for path in options.trusted for certificate in _certificates(path)]
    clock = Clock().now
    believed = {"allow_practice": options.allow_practice, "ocsp": ask_responder if options.ocsp else None}
    return Verifiers(
        NonceBook(clock, make=web_eid_nonce),
        LoginVerifier(trusted, [], clock, **believed),
        WebEidVerifier(options.origin, trusted, [], clock, **believed),
        SignedDataVerifier(trusted, [], clock, **believed),
    )


def _certificates(path: str) -> list[Certificate]:
    with reading(path) as source:
        return pem.certificates_from(source.read())


def _use(verifiers: Verifiers, crls: list[Crl]) -> None:
    for verifier in (verifiers.login, verifiers.web_eid, verifiers.signed_data):
        verifier.use_crls(crls)
