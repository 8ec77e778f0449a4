"""Fills in our PIN dialog with what the person typed before, where the person wants that.

It only fills in: the dialog is shown and agreed to as ever. A PIN is remembered once the token took it, and forgotten
at a wrong or changed PIN, at unplugging, when nobody is at the computer any more, and at the end of the program.
Nothing is filled in, or learnt, where a seal is asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from hebca_helper.assistant.person.prompts import ConfirmKind, EnterPin, PinPurpose
from hebca_helper.desktop.session.keeping import InKeyring, Keeping
from hebca_helper.errors import Code
from hebca_helper.tokens.model import EventKind, PinState, TokenEvent

KINDS = frozenset({None, ConfirmKind.SIGN, ConfirmKind.ONLINE_LOGIN, ConfirmKind.DECRYPT, ConfirmKind.READ_DATA})
"""What a dialog that is filled in may agree to; None only logs in."""
GONE = frozenset({EventKind.UNPLUGGED})


class RememberedPins:
    """Lives on the loop. `wanted` tells whether the setting is on."""

    def __init__(self, wanted: Callable[[], bool], keeping: Keeping | None = None) -> None:
        self._wanted = wanted
        self._keeping = keeping or InKeyring()
        self._typed: dict[str, str] = {}
        self._known: set[str] = set()
        self._errands: set[asyncio.Task[None]] = set()

    async def fill_in(self, question: EnterPin) -> str:
        """The PIN for this dialog, empty for none."""
        token = question.token
        wrong = question.problem is not None and question.problem.code is Code.PIN_INCORRECT
        if question.purpose is not PinPurpose.LOGIN or wrong or not self._wanted():
            await self.forget(token.id)
            return ""
        if question.kind not in KINDS or token.pin_state is not PinState.FINE:
            return ""
        pin = await self._keeping.find(token.id)
        if pin:  # perhaps from before a crash
            self._known.add(token.id)
        return pin

    def typed(self, question: EnterPin, pin: str) -> None:
        """The person answered; whether it is right shows when the token is logged in."""
        if self._wanted() and question.purpose is PinPurpose.LOGIN and question.kind in KINDS:
            self._typed[question.token.id] = pin

    def login_changed(self, token_id: str, held: bool) -> None:
        """A listener of `Assistant.subscribe_logins`."""
        pin = self._typed.pop(token_id, "")
        if held and pin:
            self._known.add(token_id)
            self._do(self._keeping.keep(token_id, pin))

    def token_changed(self, event: TokenEvent) -> None:
        """A listener of `Assistant.subscribe`."""
        if event.kind in GONE:
            self._do(self.forget(event.token_id))

    @property
    def anything(self) -> bool:
        return bool(self._known or self._typed)

    def settings_changed(self) -> None:
        """On the loop: who does not want it any more wants it forgotten now."""
        if self.anything and not self._wanted():
            self._do(self.forget_all())

    async def forget(self, token_id: str) -> None:
        self._typed.pop(token_id, None)
        if token_id in self._known:
            self._known.discard(token_id)
            await self._keeping.drop(token_id)

    async def forget_all(self) -> None:
        self._typed.clear()
        for token_id in list(self._known):
            await self.forget(token_id)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)
