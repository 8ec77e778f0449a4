"""重置证书密码: a new PIN for a USBKEY with an unlock code that the CA's online service gives. Issuer's sites only.

The page names the service's address and nothing else: the new PIN comes from our own dialog, and the unlock code goes
from the service's signed answer straight to the token.
"""

from __future__ import annotations

import asyncio

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.login.pin_guard import PinGuard
from hebca_helper.assistant.login.pin_rules import require_good_pin
from hebca_helper.assistant.login.pins import ask_pin
from hebca_helper.assistant.person.prompts import ConfirmKind, EnterPin, PinPurpose, Wish
from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.errors import Code, HelperError
from hebca_helper.issuer.addresses import Address
from hebca_helper.issuer.client import IssuerClient

_ASK_AGAIN = frozenset({Code.PIN_LENGTH, Code.PIN_WEAK})


class OnlineReset:
    def __init__(self, parts: Parts, guard: PinGuard, client: IssuerClient) -> None:
        self._parts = parts
        self._guard = guard
        self._client = client
        self._unlocking: set[asyncio.Task[None]] = set()

    async def reset(self, connection: Connection, entry: CertificateEntry, url: str) -> None:
        """Ask the person, then the service at `url`, then unlock the token. Every login of the token ends.

        HelperError: DENIED_BY_POLICY for a site or an address that is not the issuer's, USER_CANCELLED, and as
        IssuerClient.reset_code and TokenService.unblock.
        """
        await self._parts.admit(connection)
        with self._parts.recorder.operation(connection, Operation.RESET_PIN, entry=entry):
            self._parts.policy.require_on(connection, Risk.ONLINE, entry.token)
            address = self._client.addresses.require(url)
            entry = await self._parts.inventory.require_present(connection, entry)
            _require_same_world(entry, address)
            await self._ask_consent(connection, entry, address)
            new_pin = await self._ask_new_pin(connection, entry, address)
            code = await self._client.reset_code(address, entry.certificate.der, entry.token.serial)
            await self._unlock_to_the_end(connection, entry, code, new_pin)

    async def _ask_consent(self, connection: Connection, entry: CertificateEntry, address: Address) -> None:
        wish = Wish(ConfirmKind.RESET_PIN, subject=address.host)
        await self._parts.consents.ask(connection, wish, Device.of(entry))

    async def _ask_new_pin(self, connection: Connection, entry: CertificateEntry, address: Address) -> str:
        problem: HelperError | None = None
        async with self._parts.dialogs.turn(connection.asker):
            while True:
                token = await self._parts.inventory.token(entry.token.id)
                question = EnterPin(
                    connection.asker, PinPurpose.NEW, token, entry, problem=problem, subject=address.host
                )
                answer = await ask_pin(self._parts.tokens, self._parts.prompts(), question)
                try:
                    require_good_pin(answer.pin)
                except HelperError as wrong:
                    if wrong.code not in _ASK_AGAIN:
                        raise
                    problem = wrong
                    continue
                return answer.pin

    async def _unlock_to_the_end(self, connection: Connection, entry: CertificateEntry, code: str, pin: str) -> None:
        """Also when the page goes meanwhile: the token then has its new PIN, and the journal a row that says so."""
        unlocking = asyncio.get_running_loop().create_task(self._unlock(connection, entry, code, pin))
        self._unlocking.add(unlocking)
        unlocking.add_done_callback(self._unlocking.discard)
        await asyncio.shield(unlocking)

    async def _unlock(self, connection: Connection, entry: CertificateEntry, code: str, pin: str) -> None:
        with self._parts.recorder.operation(connection, Operation.UNBLOCK, entry=entry):
            await self._parts.logins.end_token(entry.token.id)
            try:
                await self._parts.tokens.unblock(entry.token.id, code, pin)
            except HelperError as problem:
                if problem.code is Code.PIN_INCORRECT:  # the service's code, not anything the person typed
                    raise HelperError(Code.ONLINE_REFUSED) from None
                raise
            self._guard.person_logged_in(entry.token.id)


def _require_same_world(entry: CertificateEntry, address: Address) -> None:
    """The practice CA knows practice USBKEYs only, and no real service hears of them (house rule 10)."""
    if entry.practice is not address.practice:
        raise HelperError(Code.DENIED_BY_POLICY)
