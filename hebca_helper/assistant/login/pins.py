"""Asking for PINs: logging in, changing a PIN, unlocking. The only place where a typed PIN passes through."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.inventory import Inventory
from hebca_helper.assistant.login.logins import Logins
from hebca_helper.assistant.login.pin_guard import PinGuard
from hebca_helper.assistant.login.pin_rules import PinWeakness, as_typed, require_good_pin, weakness
from hebca_helper.assistant.person.dialogs import DialogQueue
from hebca_helper.assistant.person.prompts import (
    Confirm,
    ConfirmKind,
    Decision,
    EnterPin,
    PinAnswer,
    PinPurpose,
    Prompts,
    Wish,
)
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import PinState, TokenInfo
from hebca_helper.tokens.service import TokenService

_ASK_AGAIN = frozenset({Code.PIN_INCORRECT, Code.PIN_LENGTH, Code.PIN_WEAK})


class Pins:
    def __init__(
        self, tokens: TokenService, inventory: Inventory, logins: Logins, guard: PinGuard, dialogs: DialogQueue
    ) -> None:
        self._tokens = tokens
        self._inventory = inventory
        self._logins = logins
        self._guard = guard
        self._dialogs = dialogs
        self._page_turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._attempts: set[asyncio.Task[None]] = set()

    async def log_in(
        self,
        connection: Connection,
        device: Device,
        prompts: Prompts,
        wish: Wish | None = None,
        problem: HelperError | None = None,
    ) -> PinWeakness | None:
        """Ask the PIN until it is right; what is weak about it. With `wish` the dialog is the consent to it; `problem` is
        why it is asked again.

        HelperError(USER_CANCELLED) when the person gives up, PIN_LOCKED when there is nothing left to try.
        """
        async with self._dialogs.turn(connection.asker):
            if wish is None and self._logins.of(connection, device.id) is not None:
                return None
            while True:
                token = await self._usable_token(device.id)
                answer = await ask_pin(self._tokens, prompts, _login_question(connection, token, device, wish, problem))
                try:
                    await self._confirm_last_try(connection, token, prompts)
                    await self._logins.begin(connection, token.id, answer.pin)
                except HelperError as wrong:
                    problem = _ask_again(wrong)
                    continue
                self._guard.person_logged_in(token.id)
                if wish is None:
                    self._logins.expect_challenge(connection, token.id)
                return weakness(answer.pin)

    async def log_in_with_page_pin(self, connection: Connection, token_id: str, pin: str) -> None:
        """A PIN that a page supplied: one wrong one is the last until the person logs in (PIN_PAGE_REFUSED)."""
        # A page that hangs up does not get its guess for nothing: the attempt goes on to its end without it.
        attempt = asyncio.get_running_loop().create_task(self._try_page_pin(connection, token_id, pin))
        self._attempts.add(attempt)
        attempt.add_done_callback(self._attempts.discard)
        await asyncio.shield(attempt)

    async def _try_page_pin(self, connection: Connection, token_id: str, pin: str) -> None:
        """Spent before the PIN is sent, given back only when it was right: no crash, race or kill makes a guess free."""
        async with self._page_turns[token_id]:
            self._guard.spend(await self._inventory.token(token_id))
            await self._logins.begin(connection, token_id, as_typed(pin))
            self._guard.right_pin(token_id)
            self._logins.expect_challenge(connection, token_id)

    async def change(self, connection: Connection, token_id: str, prompts: Prompts) -> None:
        """Ask old and new PIN until both are accepted."""

        async def apply(answer: PinAnswer) -> None:
            require_good_pin(answer.new_pin, answer.pin)
            await self._tokens.change_pin(token_id, answer.pin, answer.new_pin)

        await self._ask_and_apply(connection, token_id, PinPurpose.CHANGE, prompts, apply)

    async def unblock(self, connection: Connection, token_id: str, prompts: Prompts) -> None:
        """Ask the unlock code (SO PIN) and a new PIN. Every login of the token ends first: PKCS#11 wants it so."""

        async def apply(answer: PinAnswer) -> None:
            require_good_pin(answer.new_pin)
            await self._logins.end_token(token_id)
            await self._tokens.unblock(token_id, answer.pin, answer.new_pin)

        await self._ask_and_apply(connection, token_id, PinPurpose.UNBLOCK, prompts, apply)

    async def _ask_and_apply(
        self,
        connection: Connection,
        token_id: str,
        purpose: PinPurpose,
        prompts: Prompts,
        apply: Callable[[PinAnswer], Awaitable[None]],
    ) -> None:
        problem: HelperError | None = None
        async with self._dialogs.turn(connection.asker):
            while True:
                changing = purpose is PinPurpose.CHANGE
                token = await (self._usable_token(token_id) if changing else self._inventory.token(token_id))
                answer = await ask_pin(
                    self._tokens, prompts, EnterPin(connection.asker, purpose, token, problem=problem)
                )
                try:
                    if changing:
                        await self._confirm_last_try(connection, token, prompts)
                    await apply(answer)
                except HelperError as wrong:
                    problem = _ask_again(wrong)
                    continue
                self._guard.person_logged_in(token_id)
                return

    async def _usable_token(self, token_id: str) -> TokenInfo:
        token = await self._inventory.token(token_id)
        if token.pin_state is PinState.LOCKED:
            raise HelperError(Code.PIN_LOCKED)
        return token

    async def _confirm_last_try(self, connection: Connection, token: TokenInfo, prompts: Prompts) -> None:
        if token.pin_state is not PinState.LAST_TRY:
            return
        question = Confirm(connection.asker, ConfirmKind.LAST_TRY, may_remember=False)
        async with self._tokens.while_plugged_in(token.id):
            answer = await prompts.confirm(question)
        if answer not in (Decision.ONCE, Decision.REMEMBER):
            raise HelperError(Code.USER_CANCELLED)


async def ask_pin(tokens: TokenService, prompts: Prompts, question: EnterPin) -> PinAnswer:
    """What the person typed, as it was meant. HelperError(TOKEN_REMOVED) when the USBKEY goes before."""
    async with tokens.while_plugged_in(question.token.id):
        answer = await prompts.enter_pin(question)
    return PinAnswer(as_typed(answer.pin), as_typed(answer.new_pin))


def _login_question(
    connection: Connection, token: TokenInfo, device: Device, wish: Wish | None, problem: HelperError | None
) -> EnterPin:
    question = EnterPin(connection.asker, PinPurpose.LOGIN, token, device.entry, problem=problem)
    if wish is None:
        return question
    return replace(question, content=wish.content, kind=wish.kind, subject=wish.subject, picture=wish.picture)


def _ask_again(problem: HelperError) -> HelperError:
    """The problem to show in the next dialog; raised where asking again cannot help."""
    if problem.code not in _ASK_AGAIN:
        raise problem
    return problem
