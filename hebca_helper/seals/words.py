"""The words of a check at each point, as they stand in the command line's JSON. Loads nothing that checks."""

from __future__ import annotations

from collections.abc import Sequence
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
    """The plain answer on top; INDETERMINATE when a needed part could not be checked."""

    VALID = "valid"
    INVALID = "invalid"
    INDETERMINATE = "indeterminate"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


FROM_GOOD_TO_BAD = (Verdict.VALID, Verdict.UNSIGNED, Verdict.INDETERMINATE, Verdict.UNREADABLE, Verdict.INVALID)


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """A document is as good as its worst signature; without one it is unsigned."""
    return max(verdicts, key=FROM_GOOD_TO_BAD.index, default=Verdict.UNSIGNED)


def worst_trust(found: Sequence[Trust]) -> Trust:
    order = (Trust.TRUSTED, Trust.UNKNOWN, Trust.UNTRUSTED)
    return max(found, key=order.index, default=Trust.UNKNOWN)
