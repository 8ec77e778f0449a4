"""What a handler works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.errors import Code, HelperError

if TYPE_CHECKING:
    from hebca_helper.assistant.asker.connection import Connection
    from hebca_helper.assistant.assistant import Assistant
    from hebca_helper.bridge.https.flights import Asking, Flights
    from hebca_helper.settings import Settings


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer that is JSON already."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One request: `connection` is its session's, or its own."""

    assistant: Assistant
    connection: Connection
    settings: Settings
    flights: Flights
    asking: Asking

    def require_admitted(self) -> None:
        """For calls that need no certificate: nobody is asked, an origin that may not connect is refused."""
        if not self.assistant.is_admitted(self.connection):
            raise HelperError(Code.DENIED_BY_POLICY)

    async def entry(self, usage: Usage, fingerprint: str | None) -> CertificateEntry:
        """The certificate of this fingerprint; without one the only one there is, or the person's choice."""
        if fingerprint is None:
            return await self.assistant.choose(self.connection, usage)
        for entry in await self.assistant.entries(self.connection, usage, all_of_them=True):
            if entry.certificate.fingerprint == fingerprint:
                return entry
        raise HelperError(Code.NO_CERTIFICATE)
