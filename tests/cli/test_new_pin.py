"""A new PIN in a terminal: asked twice, from a pipe as from a keyboard."""

from __future__ import annotations

import io

import pytest

from hebca_helper.assistant.asking import Asker, Channel
from hebca_helper.assistant.prompts import EnterPin, PinAnswer, PinPurpose
from hebca_helper.cli.prompts import TerminalPrompts
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import PinState, TokenInfo

pytestmark = pytest.mark.anyio
TOKEN = TokenInfo("longmai:1", "longmai", "USBKEY", "1", "", "", PinState.LOCKED, 0, False, False)
QUESTION = EnterPin(Asker(Channel.TERMINAL), PinPurpose.NEW, TOKEN)


async def test_a_new_pin_is_typed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Fq27-kp9\nFq27-kp9\n"))
    assert await TerminalPrompts().enter_pin(QUESTION) == PinAnswer("Fq27-kp9")


@pytest.mark.parametrize("typed", ["Fq27-kp9\nFq27-kp8\n", "Fq27-kp9\n", ""])
async def test_two_different_ones_or_none_cancel(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    with pytest.raises(HelperError) as problem:
        await TerminalPrompts().enter_pin(QUESTION)
    assert problem.value.code is Code.USER_CANCELLED
