"""The assistant's questions as dialogs. Imported when the first question may come, not before the window is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, QRect

from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.person.prompts import (
    ChooseCertificate,
    Confirm,
    Decision,
    EnterPin,
    Notice,
    PinAnswer,
    PinPurpose,
)
from hebca_helper.desktop.dialogs.question import QuestionDialog
from hebca_helper.desktop.link import Answer, Link
from hebca_helper.desktop.remembered_pins import RememberedPins
from hebca_helper.errors import Code, HelperError


class QtPrompts:
    """Its coroutines run on the loop, its dialogs in Qt's thread. The assistant sees to it that there is one at a time."""

    def __init__(self, link: Link, notify: Callable[[Notice], None], remembered: RememberedPins | None = None) -> None:
        self._link = link
        self._remembered = remembered
        self._notify = notify
        self._last_place: QPoint | None = None

    async def choose_certificate(self, question: ChooseCertificate) -> CertificateEntry:
        answer: CertificateEntry = await self._link.ask(lambda answer: self._show(_choose(question), answer))
        return answer

    async def enter_pin(self, question: EnterPin) -> PinAnswer:
        again = question.problem is not None
        known = await self._remembered.fill_in(question) if self._remembered is not None else ""
        answer: PinAnswer = await self._link.ask(lambda answer: self._show(_pin(question, known), answer, again=again))
        if self._remembered is not None:
            self._remembered.typed(question, answer.pin)
        return answer

    async def confirm(self, question: Confirm) -> Decision:
        answer: Decision = await self._link.ask(lambda answer: self._show(_consent(question), answer))
        return answer

    def notify(self, notice: Notice) -> None:
        self._link.in_window(lambda: self._notify(notice))

    def _show(self, dialog: QuestionDialog, answer: Answer[Any], *, again: bool = False) -> QuestionDialog:
        """A question asked again appears where the person left the last one."""
        dialog.answered.connect(answer.give)
        dialog.refused.connect(lambda: answer.refuse(HelperError(Code.USER_CANCELLED)))
        dialog.finished.connect(lambda: self._remember(dialog.geometry().topLeft()))
        if again and self._last_place is not None:
            dialog.placed = True
            dialog.setGeometry(QRect(self._last_place, dialog.size()))
        dialog.show()
        return dialog

    def _remember(self, place: QPoint) -> None:
        """Without the frame, whose size is not always known: else the dialog would creep upwards."""
        self._last_place = place


def _choose(question: ChooseCertificate) -> QuestionDialog:
    from hebca_helper.desktop.dialogs.choose import ChooseDialog

    return ChooseDialog(question)


def _pin(question: EnterPin, known: str) -> QuestionDialog:
    if question.purpose is PinPurpose.LOGIN:
        from hebca_helper.desktop.dialogs.pin import PinDialog

        return PinDialog(question, known)
    from hebca_helper.desktop.dialogs.new_pin import NewPinDialog

    return NewPinDialog(question)


def _consent(question: Confirm) -> QuestionDialog:
    from hebca_helper.desktop.dialogs.consent import ConsentDialog

    return ConsentDialog(question)
