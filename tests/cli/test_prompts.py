"""Questions in a terminal: a new PIN is asked twice, from a pipe as from a keyboard; all sites that wait can be refused."""

from __future__ import annotations

import io

import pytest

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.person.prompts import Confirm, ConfirmKind, Decision, EnterPin, PinAnswer, PinPurpose
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


@pytest.mark.parametrize(
    ("typed", "waiting", "decision"),
    [
        ("all\n", 3, Decision.REFUSE_ALL),
        ("全部拒绝\n", 3, Decision.REFUSE_ALL),
        ("all\n", 0, Decision.NO),
        ("y\n", 3, Decision.ONCE),
        ("\n", 3, Decision.NO),
    ],
)
async def test_all_sites_that_wait_can_be_refused_at_once(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    waiting: int,
    decision: Decision,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    site = Asker(Channel.CERTIFICATE_SERVICE, "https://portal.example")
    assert await TerminalPrompts().confirm(Confirm(site, ConfirmKind.CONNECT, waiting=waiting)) is decision
    assert ("还有 3 个网站" in capsys.readouterr().err) is (waiting > 0)
