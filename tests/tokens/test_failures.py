"""Every failure a PKCS#11 library can report has its row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hebca_helper.errors import Code
from hebca_helper.tokens.host.ckr import Ckr, failure_of

HEADER = Path("/usr/include/p11-kit-1/p11-kit/pkcs11.h")
_OF_OTHER_CALLS = {
    "INFORMATION_SENSITIVE", "WRAPPED_KEY_INVALID", "WRAPPED_KEY_LEN_RANGE", "WRAPPING_KEY_HANDLE_INVALID",
    "WRAPPING_KEY_SIZE_RANGE", "WRAPPING_KEY_TYPE_INCONSISTENT", "UNWRAPPING_KEY_HANDLE_INVALID",
    "UNWRAPPING_KEY_SIZE_RANGE", "UNWRAPPING_KEY_TYPE_INCONSISTENT", "RANDOM_SEED_NOT_SUPPORTED", "RANDOM_NO_RNG",
    "BUFFER_TOO_SMALL", "SAVED_STATE_INVALID", "STATE_UNSAVEABLE", "MUTEX_BAD", "MUTEX_NOT_LOCKED", "VENDOR_DEFINED",
}  # fmt: skip
"""Of calls that we never make."""


def test_the_numbers_are_those_of_the_standard() -> None:
    """The judge is the header that libraries are compiled with; what came after v2.40 is left to TOKEN_FAILURE."""
    found = re.findall(r"#define CKR_(\w+)\s+\(?(?:\(CK_RV\))?(0x[0-9a-fA-F]+)", HEADER.read_text())
    judged = {name: int(number, 16) for name, number in found}
    assert len(judged) > 80
    for each in Ckr:
        assert judged.get(each.name, each.value) == each.value
    old = {name for name, number in judged.items() if number < 0x170}
    assert old - _OF_OTHER_CALLS <= {each.name for each in Ckr}


@pytest.mark.parametrize(
    ("ckr", "code"),
    [
        (Ckr.PIN_INCORRECT, Code.PIN_INCORRECT),
        (Ckr.PIN_LOCKED, Code.PIN_LOCKED),
        (Ckr.PIN_EXPIRED, Code.PIN_EXPIRED),
        (Ckr.USER_PIN_NOT_INITIALIZED, Code.PIN_NOT_SET),
        (Ckr.PIN_LEN_RANGE, Code.PIN_LENGTH),
        (Ckr.DEVICE_REMOVED, Code.TOKEN_REMOVED),
        (Ckr.TOKEN_NOT_RECOGNIZED, Code.TOKEN_FAILURE),
        (Ckr.USER_NOT_LOGGED_IN, Code.NOT_LOGGED_IN),
        (Ckr.USER_TYPE_INVALID, Code.TOKEN_FAILURE),
    ],
)
def test_the_ones_a_clerk_meets(ckr: Ckr, code: Code) -> None:
    assert (failure_of(ckr).code, failure_of(ckr).detail) == (code, f"CKR_{ckr.name}")


def test_a_vendors_own_number_is_told_as_it_is() -> None:
    assert (failure_of(0x80000001).code, failure_of(0x80000001).detail) == (Code.TOKEN_FAILURE, "CKR 0x80000001")
