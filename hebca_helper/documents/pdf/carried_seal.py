"""The electronic seal that a stamped PDF carries: not only its picture, but what its maker signed.

Choice: no standard fixes where a GB/T 38540 seal stands beside a CMS signature in a PDF (resources/protocol.md, section 8). Ours
stands in the signature dictionary under a name of our own (ISO 32000-1, annex E), so the signature covers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hebca_helper.errors import Code, HelperError
from hebca_helper.seals.checking import SealReport, check_seal, listed
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.seal import read_seal
from hebca_helper.seals.words import Standing, Trust, Verdict

ENTRY = "/HBCA_Seal"
"""SESeal, DER, as a byte string."""


@dataclass(frozen=True, slots=True)
class CarriedSeal:
    """`report` None: it cannot be read. `signer_listed`: whether it is the signer's. `covered`: the signature is over it."""

    report: SealReport | None
    signer_listed: bool | None
    covered: bool
    problem: HelperError | None = None

    @property
    def verdict(self) -> Verdict:
        if self.report is None:
            return Verdict.INDETERMINATE
        against = (
            not self.covered
            or self.signer_listed is False
            or self.report.verdict is Verdict.INVALID
            or self.report.period in (Standing.EXPIRED, Standing.NOT_YET_VALID)
        )
        if against:
            return Verdict.INVALID
        known = self.signer_listed is True and self.report.period is Standing.VALID
        return self.report.verdict if known else Verdict.INDETERMINATE

    @property
    def trust(self) -> Trust:
        return self.report.trust if self.report else Trust.UNKNOWN


def check_carried(
    octets: bytes, signer: bytes | None, content: bytes, roots: Roots, at: datetime | None
) -> CarriedSeal:
    """`content`: what the signature covers. A later update may show another dictionary, so the seal must stand in it."""
    covered = octets.hex().encode("ascii") in content.lower()
    try:
        seal = read_seal(octets)
    except HelperError as problem:
        return CarriedSeal(None, None, covered, HelperError(Code.SEAL_UNREADABLE, problem.detail))
    whose = None if signer is None else listed(seal, signer)
    return CarriedSeal(check_seal(seal, roots, at), whose, covered)
