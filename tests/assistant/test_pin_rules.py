"""A new PIN that a passer-by would guess is not accepted."""

from __future__ import annotations

import pytest

from hebca_helper.assistant.login.pin_rules import PinWeakness, as_typed, check_new_pin, require_good_pin, weakness
from hebca_helper.errors import Code, HelperError


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("", Code.PIN_LENGTH),
        ("12345", Code.PIN_LENGTH),
        ("hengshui-2026-11x", Code.PIN_LENGTH),
        ("123456", Code.PIN_WEAK),
        ("111111", Code.PIN_WEAK),
        ("234567", Code.PIN_WEAK),
        ("fedcba", Code.PIN_WEAK),
        ("121212", Code.PIN_WEAK),
        ("a1ba1b", Code.PIN_WEAK),
        ("old-pin", Code.PIN_WEAK),
    ],
)
def test_weak_and_ill_sized_pins_are_refused(pin: str, code: Code) -> None:
    with pytest.raises(HelperError) as refused:
        require_good_pin(pin, "old-pin")
    assert refused.value.code is code


@pytest.mark.parametrize("pin", ["hengshui2026", "135790", "hengshui-2026-11", "112233"])
def test_an_ordinary_pin_passes_every_rule(pin: str) -> None:
    assert [result.passed for result in check_new_pin(pin, "123456")] == [True] * 4
    assert weakness(pin) is None


def test_of_a_pin_typed_on_the_usbkey_nothing_is_known() -> None:
    assert weakness("") is None


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("１２３４５６", "123456"),
        ("123456\r\n", "123456"),
        ("\ufeff12\u200b3456\u202c", "123456"),
        ("Ａｂ＃　９", "Ab# 9"),
        ("Wk7 qp2", "Wk7 qp2"),
        ("密码２０２６", "密码2026"),
    ],
)
def test_what_was_meant_is_sent(given: str, meant: str) -> None:
    assert as_typed(given) == meant


def test_an_empty_pin_passes_no_rule() -> None:
    assert [result.passed for result in check_new_pin("", "123456")] == [False] * 4


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("123456", PinWeakness.INITIAL),
        ("13579", PinWeakness.SIMPLE),
        ("888888", PinWeakness.SIMPLE),
        ("765432", PinWeakness.SIMPLE),
        ("123123", PinWeakness.SIMPLE),
    ],
)
def test_what_is_weak_about_the_pin_in_use(pin: str, why: PinWeakness) -> None:
    assert weakness(pin) is why


def test_where_nobody_knows_the_old_pin_nothing_is_said_of_it() -> None:
    assert [rule.text for rule in check_new_pin("hengshui2026")] == [
        rule.text for rule in check_new_pin("hengshui2026", "123456")[:-1]
    ]
