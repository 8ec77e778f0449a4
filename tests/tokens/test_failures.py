"""Every failure a PKCS#11 library can report has its row."""

from __future__ import annotations

import importlib

import pytest

from hebca_helper.errors import Code


def _below(kind: type[Exception]) -> set[type[Exception]]:
    return {each for child in kind.__subclasses__() for each in {child, *_below(child)}}


def test_every_exception_of_the_library_has_a_code() -> None:
    failures = importlib.import_module("hebca_helper.tokens.host.failures")
    assert set(failures.TABLE) == _below(failures.p11.PKCS11Error)


@pytest.mark.parametrize(
    ("name", "code"),
    [("PinIncorrect", Code.PIN_INCORRECT), ("PinLocked", Code.PIN_LOCKED), ("PinLenRange", Code.PIN_LENGTH),
     ("DeviceRemoved", Code.TOKEN_REMOVED), ("UserNotLoggedIn", Code.NOT_LOGGED_IN), ("PKCS11Error", Code.TOKEN_FAILURE)],
)  # fmt: skip
def test_the_ones_a_clerk_meets(name: str, code: Code) -> None:
    failures = importlib.import_module("hebca_helper.tokens.host.failures")
    failure = failures.as_failure(getattr(failures.p11, name)("said"))
    assert failure.code is code
    assert failure.detail == f"{name} said"
