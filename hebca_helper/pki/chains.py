"""From a certificate to a CA that the caller trusts (RFC 5280, 6), every point reported apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import distribution, keys, revocation
from hebca_helper.pki.certificates import BASIC_CONSTRAINTS, KEY_USAGE, Certificate, KeyUsage, validity
from hebca_helper.pki.moments import Validity
from hebca_helper.pki.revocation import Crl, Standing

LONGEST_CHAIN = 8
"""Certificates, the leaf included; HEBCA's have three."""
_UNDERSTOOD = frozenset(
    {
        BASIC_CONSTRAINTS,
        KEY_USAGE,
        distribution.CRL_LOCATIONS,
        "2.5.29.14",  # subjectKeyIdentifier
        "2.5.29.17",  # subjectAltName
        "2.5.29.32",  # certificatePolicies: no policy is asked for
        "2.5.29.35",  # authorityKeyIdentifier
        "2.5.29.37",  # extKeyUsage: what a key may be used for is the caller's question
        "1.3.6.1.5.5.7.1.1",  # authorityInfoAccess
    }
)
_IDENTITY_ARCS = ("1.2.156.112586.", "1.2.156.10260.4.1.")
"""Identity items of HEBCA and of GM/T 0015: they add to the holder's name and restrict nothing."""


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Each point is None when fine, else what is wrong.

    `signature`: SIGNATURE_WRONG; NOT_SUPPORTED (a curve unknown here: open); CERTIFICATE_UNTRUSTED when no issuer is known to check by.
    `trust`: CERTIFICATE_UNTRUSTED unless the chain ends at a trusted certificate and every CA in it may issue.
    `validity`: CERTIFICATE_EXPIRED or CERTIFICATE_NOT_YET_VALID, of the certificate itself (a CA's is under `trust`).
    `revocation`: CERTIFICATE_REVOKED; CRL_UNREADABLE when no list answers; without `require_crl` None then, and
    `revocation_known` tells whether a list did answer.
    `chain`: the certificate first, as far as it could be followed.
    """

    chain: tuple[Certificate, ...]
    signature: Code | None
    trust: Code | None
    validity: Code | None
    revocation: Code | None
    revocation_known: bool

    @property
    def problem(self) -> HelperError | None:
        """The first problem: of a forged certificate nothing else is worth telling."""
        code = self.signature or self.trust or self.validity or self.revocation
        return HelperError(code) if code else None


def check(
    certificate: Certificate,
    trusted: Sequence[Certificate],
    crls: Sequence[Crl],
    at: datetime,
    require_crl: bool = True,
) -> ChainReport:
    """Judge `certificate` at the moment `at` (aware).

    Every issuer comes from `trusted`, whose members the caller vouches for, so only the certificate itself needs a
    list; a given list that names a CA in the chain still breaks the trust. Where a CA's list is cut into parts without
    saying so in it, the caller must pick the part that the certificate points to.
    """
    chain, signature = _climb(certificate, trusted, at)
    issuer = chain[1] if len(chain) > 1 else None
    standing = revocation.standing(certificate, issuer, crls, at) if issuer else Standing.UNKNOWN
    trust = signature is None and chain[-1] in trusted and _all_may_issue(chain, crls, at)
    return ChainReport(
        chain=chain,
        signature=signature,
        trust=None if trust else Code.CERTIFICATE_UNTRUSTED,
        validity=validity(certificate, at).problem,
        revocation=_revocation(standing, require_crl),
        revocation_known=standing is not Standing.UNKNOWN,
    )


def _revocation(standing: Standing, require_crl: bool) -> Code | None:
    if standing is Standing.REVOKED:
        return Code.CERTIFICATE_REVOKED
    return Code.CRL_UNREADABLE if standing is Standing.UNKNOWN and require_crl else None


def _climb(
    certificate: Certificate, trusted: Sequence[Certificate], at: datetime
) -> tuple[tuple[Certificate, ...], Code | None]:
    """The chain as far as signatures hold, and what is wrong with them. No certificate occurs in it twice."""
    chain = [certificate]
    while not _self_signed(chain[-1]):
        candidates = [ca for ca in trusted if ca.subject.same(chain[-1].issuer) and ca not in chain]
        if not candidates:
            return tuple(chain), None if chain[-1] in trusted else Code.CERTIFICATE_UNTRUSTED
        signers, code = _signers(chain[-1], candidates)
        if not signers or len(chain) >= LONGEST_CHAIN:
            return tuple(chain), code
        # a renewed CA keeps its name, often its key: take the one that serves now
        chain.append(max(signers, key=lambda ca: (validity(ca, at) is Validity.VALID, ca.not_after)))
    return tuple(chain), None


def _signers(certificate: Certificate, candidates: Sequence[Certificate]) -> tuple[list[Certificate], Code]:
    """Those whose key made the certificate's signature, and the code that fits if there are none."""
    signers, code = [], Code.SIGNATURE_WRONG
    for candidate in candidates:
        try:
            if signed_by(certificate, candidate):
                signers.append(candidate)
        except HelperError as error:
            code = error.code
    return signers, code


@lru_cache(maxsize=256)
def signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Whether the key of `issuer` made the signature on `certificate`.

    HelperError(NOT_SUPPORTED) when the scheme cannot be checked (a curve unknown here).
    """
    fields = certificate.structure
    algorithm = keys.algorithm_of(fields.outer.algorithm)
    # RFC 5280, 4.1.1.2: the unsigned name of the algorithm must be the signed one
    if algorithm is None or fields.inner_algorithm != fields.outer.algorithm:
        return False
    return keys.verify(issuer.spki, algorithm, fields.outer.signed, fields.outer.signature)


def _self_signed(certificate: Certificate) -> bool:
    if not certificate.subject.same(certificate.issuer):
        return False
    try:
        return signed_by(certificate, certificate)
    except HelperError:
        return False


def _all_may_issue(chain: Sequence[Certificate], crls: Sequence[Crl], at: datetime) -> bool:
    authorities = chain[1:]
    allowed = all(_may_issue(ca, authorities[:place], at) for place, ca in enumerate(authorities))
    revoked = any(revocation.standing(ca, issuer, crls, at) is Standing.REVOKED for ca, issuer in pairwise(authorities))
    return allowed and not revoked and _all_understood(chain[0])


def may_issue(ca: Certificate) -> bool:
    """Whether it is a CA's certificate that a chain may end at, while it is in force."""
    return _may_issue(ca, (), ca.not_after)


def _may_issue(ca: Certificate, between: Sequence[Certificate], at: datetime) -> bool:
    """Whether `ca` is a CA in force that may have `between` below it, the leaf not counted (RFC 5280, 6.1.4)."""
    constraints = ca.basic_constraints
    if constraints is None or not constraints.authority:
        return False
    if KEY_USAGE in ca.extensions and KeyUsage.KEY_CERT_SIGN not in ca.key_usage:
        return False
    depth = sum(not below.subject.same(below.issuer) for below in between)
    in_reach = constraints.path_length is None or depth <= constraints.path_length
    return in_reach and validity(ca, at) is Validity.VALID and _all_understood(ca)


def _all_understood(certificate: Certificate) -> bool:
    """No critical extension whose restriction would be missed, such as nameConstraints (RFC 5280, 4.2)."""
    return all(
        oid in _UNDERSTOOD or oid.startswith(_IDENTITY_ARCS)
        for oid, extension in certificate.extensions.items()
        if extension.critical
    )
