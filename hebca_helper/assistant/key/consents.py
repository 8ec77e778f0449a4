"""The person's yes to one operation with a key or a token: a confirmation, or the PIN dialog that says the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.login.logins import Logins
from hebca_helper.assistant.login.pin_rules import PinWeakness
from hebca_helper.assistant.login.pins import Pins
from hebca_helper.assistant.person.dialogs import DialogQueue
from hebca_helper.assistant.person.prompts import Confirm, Decision, Prompts
from hebca_helper.assistant.person.wish import Wish
from hebca_helper.errors import Code, HelperError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Consented:
    """`weakness` where the person just logged in with a PIN that ought to be changed."""

    weakness: PinWeakness | None = None


class Consents:
    def __init__(self, logins: Logins, pins: Pins, dialogs: DialogQueue) -> None:
        self._logins = logins
        self._pins = pins
        self._dialogs = dialogs

    async def ask(self, connection: Connection, wish: Wish, prompts: Prompts, device: Device | None = None) -> None:
        """HelperError(USER_CANCELLED) where the person says no."""
        async with self._dialogs.turn(connection.asker):
            entry = device.entry if device else None
            question = Confirm(connection.asker, wish.kind, "", entry, wish.content, False, wish.subject, wish.picture)
            if await prompts.confirm(question) in (Decision.NO, Decision.BLOCK):
                raise HelperError(Code.USER_CANCELLED)

    async def authorise(
        self, connection: Connection, device: Device, wish: Wish, prompts: Prompts, *, agreed: bool = False
    ) -> Consented:
        """Have a login of this connection and the person's yes to `wish`; with `agreed` the yes is there already."""
        if self._logins.of(connection, device.id) is None:
            return Consented(await self._pins.log_in(connection, device, prompts, wish))
        if not agreed:
            await self.ask(connection, wish, prompts, device)
        return Consented()

    async def with_key(
        self,
        connection: Connection,
        device: Device,
        authorise: Callable[[], Awaitable[Consented]],
        work: Callable[[], Awaitable[_T]],
    ) -> tuple[_T, Consented]:
        """`work` under an authorisation. When the token host started anew since the login, the person logs in once more."""
        consented = await authorise()
        try:
            return await work(), consented
        except HelperError as problem:
            if problem.code is not Code.NOT_LOGGED_IN:
                raise
            self._logins.dropped(device.id)
            consented = await authorise()
            return await work(), consented
