"""The words of a check at each point, as they stand in the command line's JSON. Loads nothing that checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum


class State(StrEnum):
    """Of a signature. UNKNOWN: it could not be checked, which is never as good as VALID."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """Of a certificate or a seal at some moment."""

    VALID = "valid"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class Content(StrEnum):
    """Of the document that was signed."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    UNKNOWN = "unknown"


class Trust(StrEnum):
    """Whether a certificate leads to a root that the asker trusts; UNKNOWN when its issuer is not at hand."""

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """The plain answer on top: one of the first four, or why there is nothing to judge."""

    VALID = "valid"
    """Everything was checked, and a known issuer stands for whoever signed."""
    UNIDENTIFIED = "unidentified"
    """Intact, but anybody can have made it: no known issuer stands for the name."""
    INDETERMINATE = "indeterminate"
    """A needed part could not be checked."""
    INVALID = "invalid"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


FROM_GOOD_TO_BAD = (
    Verdict.VALID,
    Verdict.UNIDENTIFIED,
    Verdict.UNSIGNED,
    Verdict.INDETERMINATE,
    Verdict.UNREADABLE,
    Verdict.INVALID,
)


class Reason(StrEnum):
    """What keeps a verdict from being VALID. Each verdict follows from its reasons, so none goes without; worst first."""

    CONTENT_CHANGED = "content-changed"
    SIGNATURE_WRONG = "signature-wrong"
    SIGNATURE_OF_NOTHING = "signature-of-nothing"
    """Made in a way that does not tie it to this one file and one signer."""
    CERTIFICATE_FORGED = "certificate-forged"
    CERTIFICATE_NOT_FOR_SIGNING = "certificate-not-for-signing"
    CERTIFICATE_REVOKED = "certificate-revoked"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid"
    SEAL_WRONG = "seal-wrong"
    SEAL_OF_ANOTHER = "seal-of-another"
    SEAL_EXCHANGED = "seal-exchanged"
    """The seal that is shown is not the one that was signed."""
    SEAL_EXPIRED = "seal-expired"
    SEAL_NOT_YET_VALID = "seal-not-yet-valid"
    MAKER_FORGED = "maker-forged"
    MAKER_NOT_FOR_SIGNING = "maker-not-for-signing"
    MAKER_REVOKED = "maker-revoked"
    TIME_STAMP_WRONG = "time-stamp-wrong"
    COUNTERSIGNATURE_WRONG = "countersignature-wrong"
    COMPANIONS_WRONG = "companions-wrong"
    """A certificate that came along is not of the issuer that it names."""
    FILES_CHANGED = "files-changed"
    """The package holds other files than its list."""

    SIGNATURE_UNREADABLE = "signature-unreadable"
    SIGNATURE_UNCHECKED = "signature-unchecked"
    CONTENT_UNCHECKED = "content-unchecked"
    CERTIFICATE_UNCHECKED = "certificate-unchecked"
    SEAL_UNCHECKED = "seal-unchecked"
    SEAL_PERIOD_UNCHECKED = "seal-period-unchecked"
    SEAL_OWNER_UNCHECKED = "seal-owner-unchecked"
    TIME_DOUBTFUL = "time-doubtful"
    TIME_STAMP_UNCHECKED = "time-stamp-unchecked"
    COUNTERSIGNATURE_UNCHECKED = "countersignature-unchecked"
    COMPANIONS_UNCHECKED = "companions-unchecked"
    FILES_UNCHECKED = "files-unchecked"
    PARTLY_UNSIGNED = "partly-unsigned"

    ISSUER_UNKNOWN = "issuer-unknown"
    MAKER_UNKNOWN = "maker-unknown"

    @property
    def verdict(self) -> Verdict:
        """What it alone makes of the whole."""
        place = _ORDER[self]
        if place < _ORDER[Reason.SIGNATURE_UNREADABLE]:
            return Verdict.INVALID
        return Verdict.INDETERMINATE if place < _ORDER[Reason.ISSUER_UNKNOWN] else Verdict.UNIDENTIFIED


_ORDER = {reason: place for place, reason in enumerate(Reason)}


def because(*found: tuple[bool, Reason]) -> tuple[Reason, ...]:
    """The reasons that hold."""
    return tuple(reason for holds, reason in found if holds)


def ordered(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Each once, the worst first."""
    return tuple(sorted(set(reasons), key=_ORDER.__getitem__))


def outcome(reasons: Iterable[Reason]) -> Verdict:
    """The one place where content, signature, trust and seal become a verdict."""
    return worst([Verdict.VALID, *(reason.verdict for reason in reasons)])


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """A document is as good as its worst signature; without one it is unsigned."""
    return max(verdicts, key=FROM_GOOD_TO_BAD.index, default=Verdict.UNSIGNED)


def worst_trust(found: Sequence[Trust]) -> Trust:
    order = (Trust.TRUSTED, Trust.UNKNOWN, Trust.UNTRUSTED)
    return max(found, key=order.index, default=Trust.UNKNOWN)
