"""`relying-party`: the login and signature checks as an HTTP service for a portal's server."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import fields
from pathlib import Path

from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.cli.files import certificates
from hebca_helper.relying_party.http.application import Verifiers, application
from hebca_helper.relying_party.http.lists import ListFiles
from hebca_helper.relying_party.http.server import DEFAULT_PORT, run
from hebca_helper.relying_party.judging import CertificateJudge
from hebca_helper.relying_party.login import LoginVerifier
from hebca_helper.relying_party.nonce import NonceBook, web_eid_nonce
from hebca_helper.relying_party.policy import CertificatePolicy
from hebca_helper.relying_party.signed_data import SignedDataVerifier
from hebca_helper.relying_party.web_eid import WebEidVerifier
from hebca_helper.texts import tr


def relying_party(options: argparse.Namespace) -> int:
    """Print one JSON line with the URL, and serve until SIGTERM or SIGINT."""
    judge = _judge(options)
    lists = ListFiles([Path(path) for path in options.crl], judge.use_crls)
    lists.begin()
    if not (options.crl or options.ocsp):
        print(tr("没有 --crl，也没有 --ocsp：无法确认证书没有吊销，所有登录都不会通过（结果 101）。"), file=sys.stderr)
    service = application(_verifiers(options.origin, judge), fresh=lists.refresh)
    port = DEFAULT_PORT if options.port is None else options.port

    def listening(url: str) -> None:
        print(json.dumps({"relying_party": url}), flush=True)

    run(service, port, listening, others=options.allow_other_users)
    return 0


def _judge(options: argparse.Namespace) -> CertificateJudge:
    from hebca_helper.issuer.fetching import ask_responder

    trusted = [certificate for path in options.trusted for certificate in certificates(path)]
    policy = CertificatePolicy(
        **{each.name: getattr(options, f"allow_{each.name}") for each in fields(CertificatePolicy)}
    )
    responder = ask_responder if options.ocsp else None
    return CertificateJudge(trusted, [], utc_now, allow_practice=options.allow_practice, ocsp=responder, policy=policy)


def _verifiers(origin: str, judge: CertificateJudge) -> Verifiers:
    return Verifiers(
        NonceBook(utc_now, make=web_eid_nonce),
        LoginVerifier(judge),
        WebEidVerifier(origin, judge),
        SignedDataVerifier(judge),
    )
