"""Whom a portal believes: its CA certificates and revocation lists, or a responder's word where no list answers."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import chains, ocsp
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.chains import ChainReport
from hebca_helper.pki.revocation import Crl, Standing
from hebca_helper.relying_party.policy import CertificatePolicy
from hebca_helper.relying_party.results import LoginResult, failed, unfit

OcspFetch = Callable[[str, bytes], bytes]
"""Sends an OCSPRequest (DER) to a URL by POST and gives the OCSPResponse; HelperError or OSError when it cannot."""


class CertificateJudge:
    """`clock` returns aware UTC. `crls` may be replaced at any time (`use_crls`).

    A practice certificate (issuer says 演练) is never accepted, whatever `trusted` holds, unless `allow_practice`.
    `policy` says what a login certificate is, beside that; strict when left out. Without `ocsp` only lists answer: this room calls nobody by itself.
    """

    def __init__(
        self,
        trusted: Sequence[Certificate],
        crls: Sequence[Crl],
        clock: Callable[[], datetime],
        *,
        allow_practice: bool = False,
        ocsp: OcspFetch | None = None,
        policy: CertificatePolicy | None = None,
    ) -> None:
        self._trusted = list(trusted)
        self._crls = list(crls)
        self._clock = clock
        self._allow_practice = allow_practice
        self._ocsp = ocsp
        self._policy = policy or CertificatePolicy()

    def use_crls(self, crls: Sequence[Crl]) -> None:
        """Take newer lists; the former ones are forgotten."""
        self._crls = list(crls)

    def refusal(self, certificate: Certificate) -> LoginResult | None:
        """The answer to who holds a certificate that is no login certificate, or not to be believed; None when it is."""
        if (result := self._policy.problem(certificate)) is not None:
            return unfit(result, certificate)
        code = self.problem(certificate)
        return failed(code, certificate) if code else None

    def problem(self, certificate: Certificate) -> Code | None:
        """What keeps the certificate from being believed now: issuer, validity, revocation; None when nothing does."""
        now = self._clock()
        report = chains.check(certificate, self._trusted, self._crls, now, require_crl=False)
        if not self._allow_practice and any(link.practice for link in report.chain):
            return Code.CERTIFICATE_UNTRUSTED
        # a wrong signature of the issuer is a forged certificate; SIGNATURE_WRONG speaks of the challenge
        if report.signature is Code.SIGNATURE_WRONG:
            return Code.CERTIFICATE_UNTRUSTED
        if report.problem:
            return report.problem.code
        return None if report.revocation_known else self._ask_responder(report, now)

    def _ask_responder(self, report: ChainReport, now: datetime) -> Code | None:
        certificate, issuer = report.chain[0], report.chain[1] if len(report.chain) > 1 else None
        if issuer is None or self._ocsp is None:
            return Code.CRL_UNREADABLE
        nonce = secrets.token_bytes(ocsp.NONCE_OCTETS)
        for url in ocsp.responders(certificate):
            try:
                response = self._ocsp(url, ocsp.request(certificate, issuer, nonce))
            except (HelperError, OSError):
                continue
            standing = ocsp.standing(response, certificate, issuer, now, nonce)
            if standing is not Standing.UNKNOWN:
                return Code.CERTIFICATE_REVOKED if standing is Standing.REVOKED else None
        return Code.CRL_UNREADABLE
