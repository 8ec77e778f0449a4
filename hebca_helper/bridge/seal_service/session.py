"""What one page of the seal service has chosen, and what it is in the middle of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.bridge.seal_service.packets import Incoming, Outgoing
from hebca_helper.bridge.websocket.session import Session, TokenChanges
from hebca_helper.errors import Code, HelperError

if TYPE_CHECKING:
    from hebca_helper.assistant.asker.connection import Connection
    from hebca_helper.assistant.assistant import Assistant
    from hebca_helper.assistant.stamping.seals import TokenSeal
    from hebca_helper.bridge.budget import Budget
    from hebca_helper.settings import Settings


class SealSession(Session):
    """`budget`: of documents. `last_error` is what GetErrCode and GetErrMsg tell: of the last call that could fail."""

    def __init__(
        self, assistant: Assistant, connection: Connection, settings: Settings, changes: TokenChanges, budget: Budget
    ) -> None:
        super().__init__(assistant, connection, settings, changes)
        self.incoming = Incoming(connection.asker.origin or "", budget)
        connection.endings.append(self.incoming.forget)
        self.outgoing = Outgoing()
        self.last_error: HelperError | None = None
        self.batch = False
        self._chosen = ""

    async def choose_stamp(self) -> TokenSeal:
        """The only seal that can be used, or the one of the certificate that the person chooses."""
        seals = await self.usable_seals()
        if len(seals) == 1:
            seal = seals[0]
        else:
            await self.choose(Usage.SIGN)
            entry = await self.selected(Usage.SIGN)
            seal = next((each for each in seals if _is_of(each, entry)), None) or _none_of(entry)
        self._chosen = seal.id
        return seal

    async def stamp(self, serial: str = "") -> tuple[TokenSeal, CertificateEntry]:
        """The seal with this number, else the chosen one, else as `choose_stamp`; and the certificate that it is for."""
        seals = await self.usable_seals()
        wanted = [each for each in seals if serial and serial in (each.id, number_of(each))]
        if serial and not wanted:
            raise HelperError(Code.NO_SEAL)
        chosen = wanted or [each for each in seals if each.id == self._chosen] or [await self.choose_stamp()]
        return chosen[0], await self._signer(chosen[0])

    async def usable_seals(self) -> list[TokenSeal]:
        """HelperError(NO_SEAL) where there is none; what is wrong with the only ones where they may not be used."""
        found = await self.assistant.seals.listed(self.connection)
        usable = [each for each in found if each.problem is None]
        if usable:
            return usable
        raise next((each.problem for each in found if each.problem), HelperError(Code.NO_SEAL))

    async def _signer(self, seal: TokenSeal) -> CertificateEntry:
        for entry in await self.assistant.entries(self.connection, Usage.SIGN):
            if _is_of(seal, entry):
                return entry
        raise HelperError(Code.SEAL_NOT_SIGNERS)


def number_of(seal: TokenSeal) -> str:
    """The number that the maker gave it (esID of the seal)."""
    return seal.report.id if seal.report else ""


def _is_of(seal: TokenSeal, entry: CertificateEntry) -> bool:
    return seal.token_id == entry.token.id and seal.signer_listed(entry.certificate) is True


def _none_of(entry: CertificateEntry) -> TokenSeal:
    raise HelperError(Code.NO_SEAL, entry.certificate.holder)
