"""How the program knows a practice certificate: this home's practice CA signed it, whatever its names say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.chains import signed_by
from hebca_helper.pki.revocation import Crl
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.record import ca_folder


class PracticeTrust:
    """The practice CA of one home as others need it; empty as long as no practice CA was made there."""

    def __init__(self, home: Path, clock: Callable[[], datetime] = utc_now) -> None:
        self._folder = ca_folder(home)
        self._clock = clock
        self._loaded: PracticeCa | None = None

    def ca_certificates(self) -> list[Certificate]:
        """[root, issuing]. FILE_UNREADABLE when the CA's files are damaged."""
        ca = self._ca()
        return ca.certificates() if ca else []

    def crls(self) -> list[Crl]:
        """The lists in force now, the issuing CA's first."""
        ca, now = self._ca(), self._clock()
        return [Crl.parse(ca.crl(now)), Crl.parse(ca.root_crl(now))] if ca else []

    def issued(self, certificate: Certificate) -> bool:
        """Whether this home's practice CA signed the certificate; valid, expired and revoked ones alike."""
        return any(signed_by(certificate, authority) for authority in self.ca_certificates())

    def _ca(self) -> PracticeCa | None:
        # Kept once found: the keys never change, and what is revoked is read from the folder each time.
        if self._loaded is None:
            try:
                self._loaded = PracticeCa.load(self._folder, self._clock)
            except HelperError as problem:
                if problem.code is not Code.PRACTICE_MISSING:
                    raise
        return self._loaded
