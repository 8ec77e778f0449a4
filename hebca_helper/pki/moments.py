"""Moments as people in China read them, where one lies in a period, and when the end of a certificate is near.

HEBCA certificates end at 15:59:59Z, which is 23:59:59 in Beijing.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from enum import StrEnum

from hebca_helper.errors import Code

BEIJING = timezone(timedelta(hours=8), "Beijing")
"""China Standard Time, UTC+8, no summer time since 1991."""
RENEW_DAYS, URGENT_DAYS = 90, 30
"""Days before its end from which a person is told that a certificate can be renewed, and that it must be."""


class Validity(StrEnum):
    """Where a moment lies in a certificate's period."""

    NOT_YET_VALID = "not-yet-valid"
    VALID = "valid"
    EXPIRED = "expired"

    @property
    def problem(self) -> Code | None:
        return _PROBLEMS.get(self)


_PROBLEMS = {
    Validity.NOT_YET_VALID: Code.CERTIFICATE_NOT_YET_VALID,
    Validity.EXPIRED: Code.CERTIFICATE_EXPIRED,
}


def within(first: datetime, last: datetime, at: datetime) -> Validity:
    """Both ends belong to the period (RFC 5280, 4.1.2.5)."""
    if at < first:
        return Validity.NOT_YET_VALID
    return Validity.EXPIRED if at > last else Validity.VALID


def beijing(moment: datetime) -> datetime:
    """The same aware moment on a clock in Beijing; one beyond the year 9999 stays at its last second."""
    try:
        return moment.astimezone(BEIJING)
    except OverflowError:
        # RFC 5280, 4.1.2.5: 99991231235959Z means "no end"
        return datetime.max.replace(microsecond=0, tzinfo=BEIJING)


def beijing_text(moment: datetime) -> str:
    """`YYYY-MM-DD HH:MM:SS` in Beijing, the form of GetSignCertNotAfter."""
    return f"{beijing(moment):%Y-%m-%d %H:%M:%S}".zfill(19)
