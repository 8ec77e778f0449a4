"""The person's yes to one operation with a key or a token: a confirmation, or the PIN dialog that says the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.journal.recorder import Row
from hebca_helper.assistant.login.logins import Logins
from hebca_helper.assistant.login.pin_rules import PinWeakness
from hebca_helper.assistant.login.pins import Pins
from hebca_helper.assistant.person.dialogs import DialogQueue
from hebca_helper.assistant.person.prompts import Confirm, Decision, Prompts, Wish
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.service import TokenService

_T = TypeVar("_T")


class Consents:
    """The one way to use a key. `prompts` gives the prompts of the moment; `weak_pin` hears when the person logged in with a
    PIN that ought to be changed."""

    def __init__(
        self,
        tokens: TokenService,
        logins: Logins,
        pins: Pins,
        dialogs: DialogQueue,
        prompts: Callable[[], Prompts],
        weak_pin: Callable[[Device, PinWeakness], None],
    ) -> None:
        self._tokens = tokens
        self._logins = logins
        self._pins = pins
        self._dialogs = dialogs
        self._prompts = prompts
        self._weak_pin = weak_pin

    async def ask(self, connection: Connection, wish: Wish, device: Device | None = None) -> None:
        """HelperError(USER_CANCELLED) where the person says no, TOKEN_REMOVED where the USBKEY goes before."""
        async with self._dialogs.turn(connection.asker):
            entry = device.entry if device else None
            question = Confirm(connection.asker, wish.kind, "", entry, wish.content, False, wish.subject, wish.picture)
            await self._require_yes(question, device)

    async def _require_yes(self, question: Confirm, device: Device | None) -> None:
        if device is None:
            answer = await self._prompts().confirm(question)
        else:
            async with self._tokens.while_plugged_in(device.id):
                answer = await self._prompts().confirm(question)
        if answer not in (Decision.ONCE, Decision.REMEMBER):
            raise HelperError(Code.USER_CANCELLED)

    async def use_key(
        self,
        row: Row,
        device: Device,
        wish: Wish,
        work: Callable[[], Awaitable[_T]],
        *,
        agreed: Callable[[], bool] = lambda: False,
    ) -> _T:
        """`work` once this connection is logged in and the person said yes to `wish`: the PIN dialog asks both. Within a
        login, `agreed` tells that the yes is there already. When the token host started anew since the login, the person
        logs in once more; a key that wants the PIN at each use gets it by the same dialog, which says why it asks.
        `work` is then called again."""
        connection = row.connection
        weakness = await self._authorise(connection, device, wish, agreed)
        try:
            result = await self._with_own_pin(connection, device, wish, work)
        except HelperError as problem:
            if problem.code is not Code.NOT_LOGGED_IN:
                raise
            self._logins.dropped(device.id)
            weakness = await self._authorise(connection, device, wish, agreed)
            result = await self._with_own_pin(connection, device, wish, work)
        if weakness is not None:
            self._weak_pin(device, weakness)
        return result

    async def _with_own_pin(
        self, connection: Connection, device: Device, wish: Wish, work: Callable[[], Awaitable[_T]]
    ) -> _T:
        while True:
            try:
                return await work()
            except HelperError as why:
                if why.code is not Code.PIN_AGAIN:
                    raise
                await self._pins.log_in(connection, device, self._prompts(), wish, why)

    async def _authorise(
        self, connection: Connection, device: Device, wish: Wish, agreed: Callable[[], bool]
    ) -> PinWeakness | None:
        if self._logins.of(connection, device.id) is None:
            return await self._pins.log_in(connection, device, self._prompts(), wish)
        if not agreed():
            await self.ask(connection, wish, device)
        return None
