"""Prompts that answer from a script and remember what they were asked: the person, in tests of the assistant."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.person.prompts import (
    ChooseCertificate,
    Confirm,
    ConfirmKind,
    Decision,
    EnterPin,
    Notice,
    PinAnswer,
)
from hebca_helper.errors import Code, HelperError

Question = ChooseCertificate | EnterPin | Confirm


@dataclass
class ScriptedPrompts:
    """`pins` are typed one after the other, None cancels; `decisions` answer confirmations of their kind."""

    pins: deque[PinAnswer | None] = field(default_factory=deque)
    decisions: dict[ConfirmKind, Decision] = field(default_factory=lambda: {ConfirmKind.CONNECT: Decision.ONCE})
    choice: int = 0
    asked: list[Question] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    hold: asyncio.Event | None = None
    """When set, dialogs stay open until it is set."""
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    def type(self, *pins: str | None) -> None:
        self.pins.extend(None if pin is None else PinAnswer(pin) for pin in pins)

    def type_change(self, *answers: tuple[str, str]) -> None:
        """Old PIN (or unlock code) and new one, for each dialog."""
        self.pins.extend(PinAnswer(old, new) for old, new in answers)

    def confirmations(self, kind: ConfirmKind) -> list[Confirm]:
        return [question for question in self.asked if isinstance(question, Confirm) and question.kind is kind]

    def pin_dialogs(self) -> list[EnterPin]:
        return [question for question in self.asked if isinstance(question, EnterPin)]

    async def choose_certificate(self, question: ChooseCertificate) -> CertificateEntry:
        await self._open(question)
        return question.entries[self.choice]

    async def enter_pin(self, question: EnterPin) -> PinAnswer:
        await self._open(question)
        assert self.pins, f"nobody expected to be asked for a PIN: {question}"
        answer = self.pins.popleft()
        if answer is None:
            raise HelperError(Code.USER_CANCELLED)
        return answer

    async def confirm(self, question: Confirm) -> Decision:
        await self._open(question)
        if question.kind in (ConfirmKind.INITIAL_PIN, ConfirmKind.WEAK_PIN):
            return self.decisions.get(question.kind, Decision.NO)
        assert question.kind in self.decisions, f"nobody expected to be asked: {question}"
        return self.decisions[question.kind]

    def notify(self, notice: Notice) -> None:
        self.notices.append(notice)

    async def _open(self, question: Question) -> None:
        self.asked.append(question)
        self.opened.set()
        if self.hold is not None:
            await self.hold.wait()
