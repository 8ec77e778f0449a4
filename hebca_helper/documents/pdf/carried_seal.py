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
from hebca_helper.seals.words import Reason, Trust, because

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
    def reasons(self) -> tuple[Reason, ...]:
        if self.report is None:
            return (Reason.SEAL_UNCHECKED,)
        own = because(
            (not self.covered, Reason.SEAL_EXCHANGED),
            (self.signer_listed is False, Reason.SEAL_OF_ANOTHER),
            (self.signer_listed is None, Reason.SEAL_OWNER_UNCHECKED),
        )
        return (*own, *self.report.reasons)

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
