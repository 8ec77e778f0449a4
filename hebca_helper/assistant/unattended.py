"""Prompts without a person: those that refuse, and those of practice mode that answer by themselves."""

from __future__ import annotations

from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.person.prompts import (
    ChooseCertificate,
    Confirm,
    ConfirmKind,
    Decision,
    EnterPin,
    Notice,
    PinAnswer,
    PinPurpose,
)
from hebca_helper.assistant.sites.origins import OriginBook, OriginClass
from hebca_helper.errors import Code, HelperError

_AGREED = frozenset(
    {
        ConfirmKind.SIGN,
        ConfirmKind.SIGN_DOCUMENT,
        ConfirmKind.ONLINE_LOGIN,
        ConfirmKind.SEAL_HASH,
        ConfirmKind.SEAL_HASH_BARE,
        ConfirmKind.STAMP,
        ConfirmKind.DECRYPT,
        ConfirmKind.READ_DATA,
        ConfirmKind.WRITE_DATA,
        ConfirmKind.DELETE_DATA,
        ConfirmKind.GENERATE_KEY,
        ConfirmKind.IMPORT_CERTIFICATE,
        ConfirmKind.IMPORT_KEY_PAIR,
    }
)
_REAL_FILES = frozenset(
    {ConfirmKind.USE_FILE, ConfirmKind.ENCRYPT_FILE, ConfirmKind.DECRYPT_FILE, ConfirmKind.OVERWRITE_FILE}
)


class AbsentPrompts:
    """`serve` without a window: whatever needs a person is refused (PERSON_NEEDED)."""

    async def choose_certificate(self, question: ChooseCertificate) -> CertificateEntry:
        raise HelperError(Code.PERSON_NEEDED)

    async def enter_pin(self, question: EnterPin) -> PinAnswer:
        raise HelperError(Code.PERSON_NEEDED)

    async def confirm(self, question: Confirm) -> Decision:
        raise HelperError(Code.PERSON_NEEDED)

    def notify(self, notice: Notice) -> None:
        """There is nobody to tell."""


class UnattendedPrompts:
    """`serve --unattended`: first certificate, given PIN, yes to known sites. Practice tokens only (PRACTICE_ONLY)."""

    def __init__(self, pin: str, origins: OriginBook) -> None:
        self._pin = pin
        self._origins = origins

    async def choose_certificate(self, question: ChooseCertificate) -> CertificateEntry:
        if not question.entries:
            raise HelperError(question.unsuitable[0].reason)
        practice = [entry for entry in question.entries if entry.practice]
        if not practice:
            raise HelperError(Code.PRACTICE_ONLY)
        return practice[0]

    async def enter_pin(self, question: EnterPin) -> PinAnswer:
        if question.entry is None or not question.entry.practice:
            raise HelperError(Code.PRACTICE_ONLY)
        if question.purpose is not PinPurpose.LOGIN:
            raise HelperError(Code.PERSON_NEEDED)
        if question.problem is not None:
            raise question.problem  # the PIN does not get better by repeating it
        return PinAnswer(self._pin)

    async def confirm(self, question: Confirm) -> Decision:
        """Yes to connecting, signing and what pages do with a practice token; never to spending the last try, nor to
        changing the PIN. This computer's files are no practice: PERSON_NEEDED."""
        if question.kind is ConfirmKind.CONNECT:
            origin_class = self._origins.classify(question.asker.origin or "")
            return Decision.NO if origin_class is OriginClass.UNKNOWN else Decision.ONCE
        if question.kind in _REAL_FILES or question.kind is ConfirmKind.RESET_PIN:
            raise HelperError(Code.PERSON_NEEDED)
        return Decision.ONCE if question.kind in _AGREED else Decision.NO

    def notify(self, notice: Notice) -> None:
        """Nobody is watching; the journal has it."""
