"""From a certificate to a CA that the caller trusts (RFC 5280, 6), every point reported apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice, pairwise

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import distribution, keys, revocation
from hebca_helper.pki.certificates import BASIC_CONSTRAINTS, KEY_USAGE, Certificate, KeyUsage, validity
from hebca_helper.pki.moments import Validity
from hebca_helper.pki.revocation import Crl, Standing

LONGEST_CHAIN = 8
"""Certificates, the leaf included; HEBCA's have three."""
MOST_CHAINS = 64
"""Tried for one certificate."""
_Chain = tuple[Certificate, ...]
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

    `signature`: SIGNATURE_WRONG; NOT_SUPPORTED (a curve or an algorithm unknown here: open); CERTIFICATE_UNTRUSTED when no issuer is known to check by.
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
    signature = issuer_problem(certificate, trusted)
    ways = list(islice(_ways_up((certificate,), trusted, at), MOST_CHAINS))
    chain = next((way for way in ways if _ends_at(way, trusted) and _all_may_issue(way, crls, at)), None)
    trust, chain = signature is None and chain is not None, chain or ways[0]
    issuer = chain[1] if len(chain) > 1 else None
    standing = revocation.standing(certificate, issuer, crls, at) if issuer else Standing.UNKNOWN
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


def _ways_up(chain: _Chain, trusted: Sequence[Certificate], at: datetime) -> Iterator[_Chain]:
    """Every chain that right signatures lead up, likeliest first; none of them holds a certificate twice.

    A CA that renewed its key, its certificate or both keeps its name, and CAs certify each other across: of several
    issuers the one that serves now comes first, and no way is given up before it was tried.
    """
    open_end = len(chain) < LONGEST_CHAIN and not _self_signed(chain[-1])
    signers = [ca for ca in _of_that_name(chain[-1], trusted) if ca not in chain and _signed(chain[-1], ca)]
    if not open_end or not signers:
        yield chain
        return
    serving = sorted(
        signers, key=lambda ca: (validity(ca, at) is Validity.VALID, _self_signed(ca), ca.not_after), reverse=True
    )
    for ca in serving:
        yield from _ways_up((*chain, ca), trusted, at)


def _ends_at(chain: _Chain, trusted: Sequence[Certificate]) -> bool:
    """Whether it was followed to its end, a trusted certificate."""
    return chain[-1] in trusted and (len(chain) < LONGEST_CHAIN or _self_signed(chain[-1]))


def issuer_problem(certificate: Certificate, known: Sequence[Certificate]) -> Code | None:
    """None when one of `known` signed it, it signed itself, or is one of them; else as `ChainReport.signature`.

    Of two CAs of one name the key identifiers tell which is meant: only that one can show that a signature is wrong.
    """
    candidates = _of_that_name(certificate, known)
    if certificate in known or _self_signed(certificate) or any(_signed(certificate, ca) for ca in candidates):
        return None
    meant = [ca for ca in candidates if not _another_key(certificate, ca)]
    if any(_signed(certificate, ca) is None for ca in meant):
        return Code.NOT_SUPPORTED
    return Code.SIGNATURE_WRONG if meant else Code.CERTIFICATE_UNTRUSTED


def _of_that_name(certificate: Certificate, known: Sequence[Certificate]) -> list[Certificate]:
    return [ca for ca in known if ca.subject.same(certificate.issuer)]


def _another_key(certificate: Certificate, ca: Certificate) -> bool:
    """Whether the certificate names another key, or another certificate, than this CA's (RFC 5280, 4.2.1.1)."""
    named = certificate.authority_key
    return bool(named.key and named.key not in ca.key_identifiers) or named.serial not in (None, ca.structure.serial)


def _signed(certificate: Certificate, issuer: Certificate) -> bool | None:
    """As `signed_by`; None for a scheme that cannot be checked."""
    try:
        return signed_by(certificate, issuer)
    except HelperError:
        return None


@lru_cache(maxsize=1024)
def signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Whether the key of `issuer` made the signature on `certificate`.

    HelperError(NOT_SUPPORTED) when the scheme cannot be checked (a curve or an algorithm unknown here).
    """
    fields = certificate.structure
    # RFC 5280, 4.1.1.2: the unsigned name of the algorithm must be the signed one
    if fields.inner_algorithm != fields.outer.algorithm:
        return False
    algorithm = keys.algorithm_of(fields.outer.algorithm)
    if algorithm is None:
        raise HelperError(Code.NOT_SUPPORTED)
    return keys.verify(issuer.spki, algorithm, fields.outer.signed, fields.outer.signature)


def _self_signed(certificate: Certificate) -> bool:
    return certificate.subject.same(certificate.issuer) and _signed(certificate, certificate) is True


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
