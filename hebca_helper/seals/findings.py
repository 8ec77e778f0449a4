"""How certificates, signatures and periods are judged, in the words of a check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import chains, keys
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.keys import SignatureAlgorithm
from hebca_helper.pki.moments import within
from hebca_helper.pki.revocation import Crl
from hebca_helper.seals.words import Reason, Standing, State, Trust, because


@dataclass(frozen=True, slots=True)
class Roots:
    """CA certificates that the asker vouches for, and revocation lists. Without any, trust is an open question."""

    trusted: Sequence[Certificate] = ()
    crls: Sequence[Crl] = field(default=())


@dataclass(frozen=True, slots=True)
class CertificateFinding:
    """`certificate` None: unreadable. `forged`: the issuer is at hand and did not sign it. `signs`: meant to sign.

    `revocation_known`: whether a list answered; without one, VALID says nothing about revocation.
    """

    certificate: Certificate | None
    standing: Standing
    trust: Trust
    forged: bool = False
    signs: bool = True
    revocation_known: bool = False

    @property
    def acceptable(self) -> bool:
        """Nothing speaks against what it signed, apart from its period."""
        return not self.forged and self.signs and self.standing is not Standing.REVOKED

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Against what it signed at that moment."""
        return because(
            (self.forged, Reason.CERTIFICATE_FORGED),
            (not self.signs, Reason.CERTIFICATE_NOT_FOR_SIGNING),
            (self.standing is Standing.REVOKED, Reason.CERTIFICATE_REVOKED),
            (self.standing is Standing.EXPIRED, Reason.CERTIFICATE_EXPIRED),
            (self.standing is Standing.NOT_YET_VALID, Reason.CERTIFICATE_NOT_YET_VALID),
            (self.standing is Standing.UNKNOWN, Reason.CERTIFICATE_UNCHECKED),
            (self.trust is not Trust.TRUSTED, Reason.ISSUER_UNKNOWN),
        )


def judge_certificate(der: bytes, roots: Roots, at: datetime | None, trust_at: datetime) -> CertificateFinding:
    """The certificate's standing at the moment `at`, None when it is not known, and its chain at `trust_at`."""
    try:
        certificate = Certificate.parse(der)
    except HelperError:
        return CertificateFinding(None, Standing.UNKNOWN, Trust.UNKNOWN)
    chain = chains.check(certificate, roots.trusted, roots.crls, trust_at, require_crl=False)
    then = chains.check(certificate, roots.trusted, roots.crls, at or trust_at, require_crl=False)
    standing = Standing.REVOKED if then.revocation else judge_period(certificate.not_before, certificate.not_after, at)
    return CertificateFinding(
        certificate,
        standing,
        _trust(chain, roots),
        forged=chain.signature is Code.SIGNATURE_WRONG,
        signs=certificate.signs,
        revocation_known=then.revocation_known,
    )


def _trust(report: chains.ChainReport, roots: Roots) -> Trust:
    if report.trust is None:
        return Trust.TRUSTED
    open_question = report.signature in (Code.CERTIFICATE_UNTRUSTED, Code.NOT_SUPPORTED)
    return Trust.UNKNOWN if open_question or not roots.trusted else Trust.UNTRUSTED


def judge_signature(certificate: Certificate | None, algorithm: str, signed: bytes, signature: bytes) -> State:
    """UNKNOWN for an unreadable certificate and for an algorithm (OID) or curve that is not known here."""
    named = keys.algorithm_named(algorithm)
    schemes = [named] if named else _KEY_NAMES.get(algorithm, [])
    if certificate is None or not schemes:
        return State.UNKNOWN
    try:
        good = any(keys.verify(certificate.spki, scheme, signed, signature) for scheme in schemes)
        return State.VALID if good else State.INVALID
    except HelperError:
        return State.UNKNOWN


_KEY_NAMES = {
    "1.2.840.113549.1.1.1": [SignatureAlgorithm.RSA_SHA256, SignatureAlgorithm.RSA_SHA1, SignatureAlgorithm.RSA_SM3],
    "1.2.840.10045.2.1": [SignatureAlgorithm.SM2_SM3, SignatureAlgorithm.ECDSA_SHA256],
}
"""What may be meant where a kind of key (RFC 3279, 2.3) stands for the algorithm."""


def judge_period(first: datetime, last: datetime, at: datetime | None) -> Standing:
    """Both ends belong to the period."""
    return Standing[within(first, last, at).name] if at else Standing.UNKNOWN
