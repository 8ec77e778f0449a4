"""What one page has selected: the current, the signing and the encryption certificate of its connection."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import EventKind, TokenEvent

if TYPE_CHECKING:
    from hebca_helper.assistant.asker.connection import Connection
    from hebca_helper.assistant.assistant import Assistant
    from hebca_helper.settings import Settings


class TokenChanges:
    """Counts plugging, unplugging and changes: selections older than the count are looked up again."""

    count = 0

    def note(self, event: TokenEvent) -> None:
        if event.kind is not EventKind.LOGIN_ENDED:
            self.count += 1


class Session:
    """State of one connection. Whatever selects a signing or encryption certificate also makes it the current one
    (resources/protocol.md, section 2)."""

    def __init__(self, assistant: Assistant, connection: Connection, settings: Settings, changes: TokenChanges) -> None:
        self.assistant = assistant
        self.connection = connection
        self.settings = settings
        self._changes = changes
        self._selected: dict[Usage | None, tuple[CertificateEntry, int]] = {}

    async def choose(self, usage: Usage, ignored_devices: Collection[str] = ()) -> None:
        """The person chooses; where there is one certificate nobody has to."""
        count = self._changes.count
        self._select(usage, await self.assistant.choose(self.connection, usage, ignored_devices), count)

    async def take(self, usage: Usage, index: int) -> None:
        """Select by the index of the list of this usage, without a dialog."""
        count = self._changes.count
        self._select(usage, await self.entry_at(usage, index), count)

    async def entry_at(self, usage: Usage, index: int) -> CertificateEntry:
        """NO_CERTIFICATE past the end of the list."""
        entries = await self.entries(usage)
        if not 0 <= index < len(entries):
            raise HelperError(Code.NO_CERTIFICATE)
        return entries[index]

    async def entries(self, usage: Usage | None = None) -> list[CertificateEntry]:
        return await self.assistant.entries(self.connection, usage)

    async def certificate(self) -> CertificateEntry:
        """The current certificate, still present. CERTIFICATE_NOT_SELECTED; NO_CERTIFICATE when its token is gone."""
        return await self._present(None)

    async def selected(self, usage: Usage) -> CertificateEntry:
        """The signing or encryption certificate, still present; failures as above."""
        return await self._present(usage)

    async def device(self) -> Device:
        """The token to work on: the one of the current certificate, else the only one, else the person's choice."""
        if None in self._selected:
            return Device.of(await self.certificate())
        return await self.assistant.devices.choose(self.connection)

    def require_admitted(self) -> None:
        """For calls that need no certificate: nobody is asked, an origin that may not connect is refused."""
        if not self.assistant.is_admitted(self.connection):
            raise HelperError(Code.DENIED_BY_POLICY)

    def _select(self, usage: Usage, entry: CertificateEntry, count: int) -> None:
        self._selected[usage] = self._selected[None] = (entry, count)

    async def _present(self, usage: Usage | None) -> CertificateEntry:
        if usage not in self._selected:
            self.require_admitted()
            raise HelperError(Code.CERTIFICATE_NOT_SELECTED)
        entry, seen = self._selected[usage]
        count = self._changes.count
        if seen == count:
            self.require_admitted()
            return entry
        entry = await self._found_again(entry)
        self._selected[usage] = (entry, count)
        return entry

    async def _found_again(self, entry: CertificateEntry) -> CertificateEntry:
        """The same certificate on the same token as it is now: the token may have been pulled out since."""
        for now in await self.assistant.entries(self.connection, all_of_them=True):
            if now.token.id == entry.token.id and now.certificate.der == entry.certificate.der:
                return now
        raise HelperError(Code.NO_CERTIFICATE)
