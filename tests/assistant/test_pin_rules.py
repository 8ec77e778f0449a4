"""A new PIN that a passer-by would guess is not accepted."""

from __future__ import annotations

import pytest

from hebca_helper.assistant.login.pin_rules import check_new_pin, require_good_pin
from hebca_helper.errors import Code, HelperError


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("", Code.PIN_LENGTH),
        ("12345", Code.PIN_LENGTH),
        ("1" * 17, Code.PIN_LENGTH),
        ("123456", Code.PIN_WEAK),
        ("111111", Code.PIN_WEAK),
        ("234567", Code.PIN_WEAK),
        ("fedcba", Code.PIN_WEAK),
        ("old-pin", Code.PIN_WEAK),
    ],
)
def test_weak_and_ill_sized_pins_are_refused(pin: str, code: Code) -> None:
    with pytest.raises(HelperError) as refused:
        require_good_pin(pin, "old-pin")
    assert refused.value.code is code


def test_an_ordinary_pin_passes_every_rule() -> None:
    assert all(result.passed for result in check_new_pin("hengshui2026", "123456"))


def test_where_nobody_knows_the_old_pin_nothing_is_said_of_it() -> None:
    assert [rule.text for rule in check_new_pin("hengshui2026")] == [
        rule.text for rule in check_new_pin("hengshui2026", "123456")[:-1]
    ]
