"""Strength rules for a new PIN (the vendor's COM manual, EnablePwdRule; resources/protocol.md, section 3)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

INITIAL_PIN = "123456"
SHORTEST, LONGEST = 6, 16


_FULL_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def as_typed(text: str) -> str:
    """What was meant: full-width letters and digits as the keys they were typed with, nothing that cannot be seen.

    No USBKEY's PIN has either, and each would cost a try. A NUL stays and is refused: nobody typed it, and a library in C
    would take what is before it."""
    typed = text.translate(_FULL_WIDTH)
    return "".join(each for each in typed if each == "\0" or unicodedata.category(each)[0] != "C")


class PinWeakness(StrEnum):
    """Why a PIN that was right ought to be changed all the same."""

    INITIAL = "initial"
    SIMPLE = "simple"
    """Sequential or repeated, or shorter than the rules allow."""


@dataclass(frozen=True, slots=True)
class PinRuleResult:
    """`text` is the rule, `broken` what is wrong with a PIN that breaks it."""

    text: str
    passed: bool
    code: Code
    broken: str


def check_new_pin(pin: str, old: str | None = None) -> list[PinRuleResult]:
    """Each rule with its result, in the order in which a dialog lists them; `old` is None where nobody knows it."""
    rules = [
        PinRuleResult(
            tr("6 到 16 位"), SHORTEST <= len(pin) <= LONGEST, Code.PIN_LENGTH, tr("现在是 {n} 位").format(n=len(pin))
        ),
        PinRuleResult(
            tr("不是初始密码 123456"), bool(pin) and pin != INITIAL_PIN, Code.PIN_WEAK, tr("这是初始密码 123456")
        ),
        PinRuleResult(
            tr("不是连续或重复的字符"), bool(pin) and not _is_simple(pin), Code.PIN_WEAK, tr("这是连续或重复的字符")
        ),
    ]
    if old is not None:
        rules.append(PinRuleResult(tr("与原密码不同"), bool(pin) and pin != old, Code.PIN_WEAK, tr("与原密码相同")))
    return rules


def require_good_pin(pin: str, old: str | None = None) -> None:
    """HelperError(PIN_LENGTH or PIN_WEAK) for the first rule that is broken."""
    for result in check_new_pin(pin, old):
        if not result.passed:
            raise HelperError(result.code, result.broken)


def weakness(pin: str) -> PinWeakness | None:
    """Of the PIN in use: what a thief of the USBKEY would try first. Of one typed on the USBKEY itself nothing is known."""
    if not pin:
        return None
    if pin == INITIAL_PIN:
        return PinWeakness.INITIAL
    return PinWeakness.SIMPLE if len(pin) < SHORTEST or _is_simple(pin) else None


def _is_simple(pin: str) -> bool:
    """One step all the way (888888, 234567, 765432), or a short piece again and again (121212, 123123)."""
    steps = {ord(after) - ord(before) for before, after in pairwise(pin)}
    return steps in ({0}, {1}, {-1}) or pin in (pin + pin)[1:-1]
