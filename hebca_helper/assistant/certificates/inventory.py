"""Which certificates there are right now, and which of them a connection is offered."""

from __future__ import annotations

from collections.abc import Callable

from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.entries import CertificateEntry, make_entries, unreadable
from hebca_helper.assistant.sites.origins import OriginBook
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.tokens.model import TokenCertificate, TokenEvent, TokenInfo
from hebca_helper.tokens.service import TokenService

FRESH_FOR = 60.0
"""Seconds after which validity and days left are worked out anew."""
AGAIN_AFTER = 5.0
"""Seconds after which a token that failed is asked again."""


class Inventory:
    """Reads the tokens once and again only when an event says that something changed."""

    def __init__(
        self, tokens: TokenService, is_practice: Callable[[Certificate], bool], origins: OriginBook, clock: Clock
    ) -> None:
        self._tokens = tokens
        self._is_practice = is_practice
        self._origins = origins
        self._clock = clock
        self._entries: list[CertificateEntry] | None = None
        self._problems: list[HelperError] = []
        self._old_at = 0.0
        self._changes = 0
        self.practice_only = False
        """True under unattended prompts: other certificates are refused."""
        tokens.subscribe(self._changed)

    async def entries(self) -> list[CertificateEntry]:
        """Every certificate of every token that is plugged in. Raises what a token says only where there is no other."""
        if self._entries is None or self._clock.monotonic() > self._old_at:
            await self._read()
        return self._entries or []

    async def problems(self) -> list[HelperError]:
        """What is plugged in and cannot be used: certificates and USBKEYs that cannot be read, blank ones."""
        await self.entries()
        return [*self._problems, *self._tokens.troubles()]

    async def nothing(self) -> HelperError:
        """Why there is no certificate to choose."""
        return next(iter(await self.problems()), HelperError(Code.NO_CERTIFICATE))

    async def offered(self, connection: Connection) -> list[CertificateEntry]:
        """The entries this connection may know of. HelperError(PRACTICE_ONLY) where unattended prompts hide all."""
        entries = await self.entries()
        if self.practice_only and entries and not any(entry.practice for entry in entries):
            raise HelperError(Code.PRACTICE_ONLY)
        return [entry for entry in entries if self._is_offered(connection, entry)]

    async def token(self, token_id: str) -> TokenInfo:
        """HelperError(TOKEN_REMOVED) when it is not plugged in."""
        for token in await self._tokens.tokens():
            if token.id == token_id:
                return token
        raise HelperError(Code.TOKEN_REMOVED)

    async def require_present(self, connection: Connection, entry: CertificateEntry) -> CertificateEntry:
        """The entry as it is now. HelperError(TOKEN_REMOVED) when its token went or may not be used here."""
        for present in await self.offered(connection):
            if present.token.id == entry.token.id and present.certificate.der == entry.certificate.der:
                return present
        raise HelperError(Code.TOKEN_REMOVED)

    def forget(self) -> None:
        self._changes += 1
        self._entries = None

    def _changed(self, event: TokenEvent) -> None:
        del event
        self.forget()

    def _is_offered(self, connection: Connection, entry: CertificateEntry) -> bool:
        if not entry.practice and (self.practice_only or entry.token.practice):
            return False  # a practice token whose certificate is not this home's own proves nothing
        origin = connection.asker.origin
        return not entry.practice or origin is None or self._origins.offers_practice(origin)

    async def _read(self) -> None:
        while True:
            changes = self._changes
            found: list[tuple[TokenInfo, TokenCertificate]] = []
            failed: list[HelperError] = []
            for token in await self._tokens.tokens():
                try:
                    found += [(token, held) for held in await self._tokens.certificates(token.id)]
                except HelperError as problem:  # of this token: the others are there all the same
                    failed.append(HelperError(problem.code, problem.detail))
            if changes == self._changes:
                break
        if failed and not found:
            raise failed[0]
        self._entries = make_entries(found, self._is_practice, self._clock.now())
        self._problems = [*failed, *unreadable(found)]
        self._old_at = self._clock.monotonic() + (AGAIN_AFTER if failed else FRESH_FOR)
