"""What the hall says no to: a reason for programs, a sentence for people, the input it is about."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Stable names, as `reason` in the hall's JSON replies."""

    BAD_REQUEST = "bad-request"
    OUT_OF_ORDER = "out-of-order"
    NOT_LOGGED_IN = "not-logged-in"
    CAPTCHA_WRONG = "captcha-wrong"
    CODE_WRONG = "code-wrong"
    CODE_TOO_OFTEN = "code-too-often"
    FIELD_WRONG = "field-wrong"
    USERNAME_TAKEN = "username-taken"
    PASSWORD_WRONG = "password-wrong"
    TOO_MANY_TRIES = "too-many-tries"
    UNIT_UNKNOWN = "unit-unknown"
    UNIT_TAKEN = "unit-taken"
    UNIT_ALREADY_BOUND = "unit-already-bound"
    UNIT_FIRST = "unit-first"
    CERTIFICATE_TAKEN = "certificate-taken"
    CERTIFICATE_ALREADY_BOUND = "certificate-already-bound"
    CERTIFICATE_NOT_BOUND = "certificate-not-bound"
    CERTIFICATE_REFUSED = "certificate-refused"
    CHALLENGE_WRONG = "challenge-wrong"
    PAPER_REFUSED = "paper-refused"


class HallError(Exception):
    """`text` is in the user's language; `field` names the input; `result` is the verifier's number, if it spoke."""

    def __init__(self, reason: Reason, text: str, *, field: str = "", result: int | None = None) -> None:
        super().__init__(reason, text)
        self.reason = reason
        self.text = text
        self.field = field
        self.result = result
