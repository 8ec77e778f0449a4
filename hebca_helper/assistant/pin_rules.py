"""Strength rules for a new PIN (the vendor's COM manual, EnablePwdRule; protocol reference, section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

INITIAL_PIN = "123456"
SHORTEST, LONGEST = 6, 16


@dataclass(frozen=True, slots=True)
class PinRuleResult:
    text: str
    passed: bool
    code: Code


def check_new_pin(pin: str, old: str | None = None) -> list[PinRuleResult]:
    """Each rule with its result, in the order in which a dialog lists them; `old` is None where nobody knows it."""
    rules = [
        PinRuleResult(tr("6 到 16 位"), SHORTEST <= len(pin) <= LONGEST, Code.PIN_LENGTH),
        PinRuleResult(tr("不是初始密码 123456"), bool(pin) and pin != INITIAL_PIN, Code.PIN_WEAK),
        PinRuleResult(tr("不是连续或重复的字符"), len(set(pin)) > 1 and not _is_sequence(pin), Code.PIN_WEAK),
    ]
    if old is not None:
        rules.append(PinRuleResult(tr("与原密码不同"), bool(pin) and pin != old, Code.PIN_WEAK))
    return rules


def require_good_pin(pin: str, old: str | None = None) -> None:
    """HelperError(PIN_LENGTH or PIN_WEAK) for the first rule that is broken."""
    for result in check_new_pin(pin, old):
        if not result.passed:
            raise HelperError(result.code, result.text)


def _is_sequence(pin: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(pin)}
    return steps in ({1}, {-1})
