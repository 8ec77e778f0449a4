"""Checking a CMS signature (RFC 5652, GB/T 35275-2017) over known content, each point apart."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import chains
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import verification
from hebca_helper.pki.cms.countersigning import countersigners
from hebca_helper.pki.cms.signers import TIME_STAMP_TOKEN, Signer
from hebca_helper.pki.cms.verification import SignedMessage, SignerReport
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.pki.sm3 import sm3
from hebca_helper.seals.checking import CLOCKS_DIFFER, doubtful
from hebca_helper.seals.findings import CertificateFinding, Roots, judge_certificate
from hebca_helper.seals.time_stamps import TimeStampFinding, judge_time_stamp
from hebca_helper.seals.words import Content, Reason, Standing, State, Trust, Verdict, because, ordered, outcome

MOST_TIME_STAMPS = 16
"""Of one signature; archives are stamped anew every few years."""
_FORMATS = {KeyKind.RSA: "cms-rsa", KeyKind.EC: "cms-ec", KeyKind.SM2: "cms-sm2"}
_FROM_GOOD_TO_BAD = (State.VALID, State.UNKNOWN, State.INVALID)
_OF_NOTHING = (Code.SIGNATURE_WITHOUT_ATTRIBUTES, Code.SIGNATURE_NOT_OF_ONE)
_NOBODY = CertificateFinding(None, Standing.UNKNOWN, Trust.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Counter:
    """A countersignature. `signer`: judged at the time it claims."""

    state: State
    signed_at: datetime | None
    signer: CertificateFinding


@dataclass(frozen=True, slots=True)
class CmsReport:
    """Findings on one signer. `signed_at` is the time stamp's moment where one of a trusted service holds, else the signer's
    claim (aware UTC), None without either.

    `document`: whether what was signed is the content at hand. `time_stamp`: of a service, over this signature.
    `counters`: those who signed this signature in turn.
    """

    format: str
    state: State
    document: Content
    signed_at: datetime | None
    signer: CertificateFinding
    time_doubtful: bool
    problem: HelperError | None
    time_stamp: TimeStampFinding | None = None
    counters: tuple[Counter, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return outcome(self.reasons)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        stamp = self.time_stamp.against if self.time_stamp else State.VALID
        counters = [each.state for each in self.counters]
        tied = self.problem is None or self.problem.code not in _OF_NOTHING
        own = because(
            (self.state is State.INVALID and tied, Reason.SIGNATURE_WRONG),
            (self.state is State.INVALID and not tied, Reason.SIGNATURE_OF_NOTHING),
            (self.state is State.UNKNOWN, Reason.SIGNATURE_UNCHECKED),
            (self.document is Content.CHANGED, Reason.CONTENT_CHANGED),
            (self.document is Content.UNKNOWN, Reason.CONTENT_UNCHECKED),
            (self.time_doubtful, Reason.TIME_DOUBTFUL),
            (stamp is State.INVALID, Reason.TIME_STAMP_WRONG),
            (stamp is State.UNKNOWN, Reason.TIME_STAMP_UNCHECKED),
            (State.INVALID in counters, Reason.COUNTERSIGNATURE_WRONG),
            (State.UNKNOWN in counters, Reason.COUNTERSIGNATURE_UNCHECKED),
        )
        return ordered((*own, *self.signer.reasons))

    @property
    def trust(self) -> Trust:
        return self.signer.trust


def check_cms(
    message: bytes, contents: Sequence[bytes], roots: Roots, now: datetime, signed_at: datetime | None = None
) -> list[CmsReport]:
    """One report for each signer. HelperError(MESSAGE_UNREADABLE, NOT_SUPPORTED).

    `contents`: what may have been signed, any of them; empty when it is not at hand. `signed_at`: from elsewhere, where
    the signer says nothing.
    """
    read = verification.read(message)
    inside, at_hand = _inside(read, contents), read.content is not None or bool(contents)
    reports = _best([read.file.check([each]) for each in _candidates(read, contents)])
    roots = with_intermediates(read.certificates, roots)
    return [
        _complete(
            _report(found, signer.attributes is not None, inside, at_hand, roots, now, signed_at),
            signer,
            read,
            roots,
            now,
        )
        for found, signer in zip(reports, read.file.signers, strict=True)
    ]


def forms_of(octets: bytes) -> list[bytes]:
    """What makers of OFDs take for the content that stands for a file: itself, or its digest, as it is or as text."""
    digests = [sm3(octets), hashlib.sha256(octets).digest()]
    as_text = [text for each in digests for text in (b64encode(each), each.hex().encode(), each.hex().upper().encode())]
    return [*digests, octets, *as_text]


def with_intermediates(certificates: Sequence[Certificate], roots: Roots) -> Roots:
    """With those of the certificates that came along that lead to a trusted one."""
    trusted = list(roots.trusted)
    left = [each for each in certificates if each not in trusted]
    for _ in range(len(left) if trusted else 0):
        good = [
            each for each in left if chains.check(each, trusted, [], each.not_after, require_crl=False).trust is None
        ]
        if not good:
            break
        trusted += good
        left = [each for each in left if each not in good]
    return Roots(trusted, roots.crls)


def _complete(report: CmsReport, signer: Signer, read: SignedMessage, roots: Roots, now: datetime) -> CmsReport:
    """With what stands beside the signature. A time stamp that holds tells when it was signed, if its service is trusted:
    anybody can put one of a service of their own beside somebody else's signature.
    """
    counters = tuple(_counter(each, roots, now) for each in countersigners(signer, read.certificates))
    tokens = [value for oid, value in signer.unsigned if oid == TIME_STAMP_TOKEN]
    if len(tokens) > MOST_TIME_STAMPS:
        raise HelperError(Code.MESSAGE_UNREADABLE)
    found = [judge_time_stamp(each, [signer.signature], roots) for each in tokens]
    telling = [each for each in found if not each.only_claims] or found
    worst = max(telling, key=lambda each: _FROM_GOOD_TO_BAD.index(each.state), default=None)
    report = replace(report, counters=counters, time_stamp=worst)
    if worst is None or worst.moment is None or not worst.proves_time:
        return replace(report, time_doubtful=doubtful(report.signed_at, worst, now))
    certificate, at = report.signer.certificate, worst.moment
    judged = judge_certificate(certificate.der, roots, at, at) if certificate else report.signer
    return replace(report, signed_at=at, signer=judged, time_doubtful=at > now + CLOCKS_DIFFER)


def _counter(found: SignerReport, roots: Roots, now: datetime) -> Counter:
    at, certificate = found.signing_time, found.certificate
    signer = judge_certificate(certificate.der, roots, at, at or now) if certificate else _NOBODY
    against = not signer.acceptable or signer.standing in (Standing.EXPIRED, Standing.NOT_YET_VALID)
    wrong = found.problem is not None and found.problem.code is Code.SIGNATURE_WRONG
    state = State.VALID if found.problem is None else State.UNKNOWN
    return Counter(State.INVALID if against or wrong else state, at, signer)


def _inside(read: SignedMessage, contents: Sequence[bytes]) -> Content:
    """Whether the content in the message is the document's; UNKNOWN for a message without."""
    if read.content is None:
        return Content.UNKNOWN
    return Content.UNCHANGED if not contents or read.content in contents else Content.CHANGED


def _candidates(read: SignedMessage, contents: Sequence[bytes]) -> Sequence[bytes]:
    return [read.content] if read.content is not None else contents or [b""]


def _best(tried: Sequence[list[SignerReport]]) -> list[SignerReport]:
    """Of a message without its content: the content that most signatures are over."""
    return max(tried, key=lambda reports: sum(2 * (each.problem is None) + each.digest_ok for each in reports))


def _report(
    found: SignerReport,
    has_attributes: bool,
    inside: Content,
    at_hand: bool,
    roots: Roots,
    now: datetime,
    signed_at: datetime | None,
) -> CmsReport:
    at = found.signing_time or signed_at
    certificate = found.certificate
    signer = judge_certificate(certificate.der, roots, at, at or now) if certificate else _NOBODY
    return CmsReport(
        format=format_of(certificate),
        state=_state(found, checkable=at_hand or has_attributes),
        document=_document(found, inside) if at_hand else Content.UNKNOWN,
        signed_at=at,
        signer=signer,
        time_doubtful=at is not None and at > now + CLOCKS_DIFFER,
        problem=found.problem,
    )


def _document(found: SignerReport, inside: Content) -> Content:
    """Signed attributes tell a changed document from a wrong signature; without them both look alike."""
    if inside is Content.CHANGED or (found.signature_ok and not found.digest_ok):
        return Content.CHANGED
    return Content.UNCHANGED if found.problem is None else Content.UNKNOWN


def _state(found: SignerReport, *, checkable: bool) -> State:
    if found.problem is None or (found.signature_ok and found.problem.code is Code.SIGNATURE_WRONG):
        return State.VALID
    return State.INVALID if checkable and found.problem.code is Code.SIGNATURE_WRONG else State.UNKNOWN


def format_of(certificate: Certificate | None) -> str:
    """cms-rsa, cms-ec, cms-sm2 or unknown."""
    return _FORMATS.get(certificate.key_kind, "unknown") if certificate else "unknown"
