"""Checking seals and seal signatures (GM/T 0031-2014 and GB/T 38540-2020, clause 8), each point apart."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.pki.sm3 import sm3
from hebca_helper.seals.findings import CertificateFinding, Roots, judge_certificate, judge_period, judge_signature
from hebca_helper.seals.seal import ListedDigest, Seal, SealVersion
from hebca_helper.seals.seal_signature import SealSignature
from hebca_helper.seals.time_stamps import TimeStampFinding, judge_time_stamp
from hebca_helper.seals.words import (
    Content,
    Reason,
    Standing,
    State,
    Trust,
    Verdict,
    because,
    ordered,
    outcome,
    worst_trust,
)

CLOCKS_DIFFER = timedelta(days=1)
"""How far ahead a signer's clock may be before its time is doubted."""
_LISTED_DIGESTS: dict[str, Callable[[bytes], bytes]] = {
    "sm3": sm3,
    "1.2.156.10197.1.401": sm3,
    "1.2.156.10197.1.401.1": sm3,
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "2.16.840.1.101.3.4.2.1": lambda data: hashlib.sha256(data).digest(),
}
"""Of a list of digests, by name without dashes, or object identifier."""


@dataclass(frozen=True, slots=True)
class SealReport:
    """Findings on a seal at the moment it was asked for.

    `signature`: the maker's. `maker_at_creation`: the maker's certificate when the seal was made; makers hand out seals
    earlier than their certificate says, so this is told and not held against the seal.
    """

    seal: Seal
    signature: State
    maker: CertificateFinding
    maker_at_creation: Standing
    period: Standing
    time_stamp: TimeStampFinding | None = None

    @property
    def verdict(self) -> Verdict:
        return outcome(self.reasons)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """A time stamp (2025) that is wrong speaks against the seal. One that cannot be read leaves it as it is: makers
        put dummies there, and nothing here is judged at its time."""
        maker, stamp = self.maker, self.time_stamp
        return because(
            (self.signature is State.INVALID, Reason.SEAL_WRONG),
            (self.signature is State.UNKNOWN, Reason.SEAL_UNCHECKED),
            (maker.forged, Reason.MAKER_FORGED),
            (not maker.signs, Reason.MAKER_NOT_FOR_SIGNING),
            (maker.standing is Standing.REVOKED, Reason.MAKER_REVOKED),
            (self.period is Standing.EXPIRED, Reason.SEAL_EXPIRED),
            (self.period is Standing.NOT_YET_VALID, Reason.SEAL_NOT_YET_VALID),
            (self.period is Standing.UNKNOWN, Reason.SEAL_PERIOD_UNCHECKED),
            (stamp is not None and stamp.state is State.INVALID, Reason.TIME_STAMP_WRONG),
            (maker.trust is not Trust.TRUSTED, Reason.MAKER_UNKNOWN),
        )

    @property
    def trust(self) -> Trust:
        return self.maker.trust


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """Findings on a seal signature, everything at the time the signer claims.

    `document`: whether the given document is what was signed. `signer_listed`: whether the seal is the signer's, None
    when its list cannot say. `time_doubtful`: signed in the future, or at another time than the time stamp says.
    `time_stamp`: of a time stamp service, None without one.
    """

    signature: SealSignature
    state: State
    document: Content
    signer: CertificateFinding
    seal: SealReport
    signer_listed: bool | None
    time_doubtful: bool
    time_stamp: TimeStampFinding | None = None

    @property
    def verdict(self) -> Verdict:
        return outcome(self.reasons)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        stamp = self.time_stamp.against if self.time_stamp is not None else State.VALID
        own = because(
            (self.state is State.INVALID, Reason.SIGNATURE_WRONG),
            (self.state is State.UNKNOWN, Reason.SIGNATURE_UNCHECKED),
            (self.document is Content.CHANGED, Reason.CONTENT_CHANGED),
            (self.document is Content.UNKNOWN, Reason.CONTENT_UNCHECKED),
            (self.signer_listed is False, Reason.SEAL_OF_ANOTHER),
            (self.signer_listed is None, Reason.SEAL_OWNER_UNCHECKED),
            (self.time_doubtful, Reason.TIME_DOUBTFUL),
            (stamp is State.INVALID, Reason.TIME_STAMP_WRONG),
            (stamp is State.UNKNOWN, Reason.TIME_STAMP_UNCHECKED),
        )
        return ordered((*own, *self.signer.reasons, *self.seal.reasons))

    @property
    def trust(self) -> Trust:
        return worst_trust([self.signer.trust, self.seal.trust])


def check_seal(seal: Seal, roots: Roots, at: datetime | None) -> SealReport:
    """`at` (aware): now for a seal at hand, the signing time for one on a document, None when that is not known."""
    maker = judge_certificate(seal.maker_der, roots, at, seal.created)
    creation = judge_certificate(seal.maker_der, Roots(), seal.created, seal.created)
    if creation.standing is Standing.NOT_YET_VALID and maker.certificate:
        maker = judge_certificate(seal.maker_der, roots, at, maker.certificate.not_before)
    return SealReport(
        seal=seal,
        signature=judge_signature(maker.certificate, seal.algorithm, seal.signed, seal.signature),
        maker=maker,
        maker_at_creation=creation.standing,
        period=judge_period(seal.valid_from, seal.valid_to, at),
        time_stamp=_seal_time_stamp(seal, roots),
    )


def check_seal_signature(
    signature: SealSignature, document: bytes | None, roots: Roots, now: datetime
) -> SignatureReport:
    """`document`: the octets that were digested (OFD: Signature.xml); None when they are not at hand."""
    at = signature.signed_at
    signer = judge_certificate(signature.signer_der, roots, at, at or now)
    stamp = _time_stamp(signature, document, roots)
    return SignatureReport(
        signature=signature,
        state=judge_signature(signer.certificate, signature.algorithm, signature.signed, signature.signature),
        document=_content(signature, document, signer),
        signer=signer,
        seal=check_seal(signature.seal, roots, at),
        signer_listed=listed(signature.seal, signature.signer_der),
        time_doubtful=doubtful(at, stamp, now),
        time_stamp=stamp,
    )


def doubtful(at: datetime | None, stamp: TimeStampFinding | None, now: datetime) -> bool:
    """Whether the time that a signer claims is in the future, or another than a time stamp says."""
    if at is None:
        return False
    stamped = stamp.moment if stamp is not None and stamp.state is State.VALID else None
    return at > now + CLOCKS_DIFFER or (stamped is not None and abs(stamped - at) > CLOCKS_DIFFER)


def _seal_time_stamp(seal: Seal, roots: Roots) -> TimeStampFinding | None:
    if seal.time_stamp is None:
        return None
    return judge_time_stamp(seal.time_stamp, [seal.signature, seal.signature_whole, seal.signed], roots)


def _time_stamp(signature: SealSignature, document: bytes | None, roots: Roots) -> TimeStampFinding | None:
    """Of [0], which is over the signature (GB/T 38540-2020, 7.2), else of the token in place of a time (2014), which comes
    before the signature: over the document or its digest, the standard does not say."""
    if signature.time_stamp is not None:
        over = [signature.signature, signature.signature_whole, signature.signed]
        return judge_time_stamp(signature.time_stamp, over, roots)
    if signature.time_token is None:
        return None
    over = [signature.data_digest, *([] if document is None else [document])]
    return judge_time_stamp(signature.time_token, over, roots, digests=[signature.data_digest], else_open=True)


def listed(seal: Seal, certificate: bytes) -> bool | None:
    """Whether the seal may be set with this certificate (DER): its list holds it, or its digest, octet for octet.

    None when the list is one of digests that are not known here, or holds no certificates at all.
    """
    signers = seal.signers
    if certificate in signers.certificates:
        return True
    if any(hmac.compare_digest(made(certificate), digest) for each in signers.digests for made, digest in _ways(each)):
        return True
    if signers.identifier or any(_plain(entry.algorithm) not in _LISTED_DIGESTS for entry in signers.digests):
        return None
    return False


def _ways(entry: ListedDigest) -> list[tuple[Callable[[bytes], bytes], bytes]]:
    """How the digest may have been made; a strong one that fits by a name unknown here cannot be chance."""
    known = _LISTED_DIGESTS.get(_plain(entry.algorithm))
    return [(made, entry.digest) for made in ([known] if known else _LISTED_DIGESTS.values())]


def _plain(name: str) -> str:
    return name.strip(" \0").lower().replace("-", "").replace("_", "")


def _content(signature: SealSignature, document: bytes | None, signer: CertificateFinding) -> Content:
    if document is None:
        return Content.UNKNOWN
    return Content.UNCHANGED if signature.data_digest in _digests(document, signature, signer) else Content.CHANGED


def _digests(document: bytes, signature: SealSignature, signer: CertificateFinding) -> list[bytes]:
    """SM3 always. With another signer than SM2 the digest need not be; SHA-1 only where the 2014 text allows it."""
    accepted = [sm3(document)]
    if signer.certificate and signer.certificate.key_kind is not KeyKind.SM2:
        accepted += [hashlib.new(name, document).digest() for name in ("sha256", "sha384", "sha512")]
        if signer.certificate.key_kind is KeyKind.RSA and signature.seal.version is SealVersion.GMT_0031_2014:
            accepted.append(hashlib.sha1(document, usedforsecurity=False).digest())
    return accepted
