"""An origin that is not admitted gets one and the same answer to everything, and learns nothing from it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hebca_helper.errors import TABLE, Code
from tests.bridge.node import read_as_a_page
from tests.security.conftest import BLOCKED, SEALS, STRANGER, Door, Guarded, guarded
from tests.security.samples import DENIED, call, number
from tests.security.wire import Wire, frame

NO_FUNCTIONS = ["1|NoSuchFunction", "1|constructor", "1|__proto__|{}", "1|getAssistorVersion"]
DENIAL = f"{TABLE[Code.DENIED_BY_POLICY].text}。{TABLE[Code.DENIED_BY_POLICY].remedy}"


def calls(door: Door) -> list[str]:
    """Every function: called properly, without anything, and with what is cut off."""
    return [
        *(call(function) for function in door.functions.values()),
        *(f"1|{name}" for name in door.functions),
        *(f'1|{name}|{{"certSN":[[[' for name in door.functions),
        *NO_FUNCTIONS,
    ]


def answers(through: Guarded, origin: str, asked: list[str]) -> list[str]:
    """One reply for each call; sent all at once."""
    with Wire(through.port, origin) as page:
        page.send(b"".join(map(frame, asked)))
        return [page.receive()[1].decode("ascii") for _ in asked]


@pytest.mark.parametrize("origin", [STRANGER, BLOCKED])
def test_every_call_is_denied_with_the_same_words(through: Guarded, origin: str) -> None:
    every = calls(through.door)
    for asked, reply in zip(every, answers(through, origin, every), strict=True):
        one, name, body = reply.split("|")
        assert (one, name) == ("1", asked.split("|")[1])
        told = json.loads(body)
        other_style = {"success": False, "error": DENIAL, "errorCode": DENIED, "curPacketIndex": 0, "subPacketCnt": 1}
        assert told == {"ret": DENIED, "msg": DENIAL, **(other_style if through.door is SEALS else {})}, asked


def test_a_stranger_cannot_tell_whether_a_usbkey_is_there(through: Guarded, tmp_path: Path) -> None:
    home = tmp_path / "empty"
    home.mkdir(mode=0o700)
    every = calls(through.door)
    with guarded(home) as without:
        assert answers(replace(without, door=through.door), STRANGER, every) == answers(through, STRANGER, every)


def test_the_greeting_is_the_same_for_everybody_and_has_no_version(through: Guarded) -> None:
    for origin in (STRANGER, BLOCKED):
        greeting, identity = answers(through, origin, ["0|1700000000000", '1|MyID|{"ID":"x"}'])
        word, identifier = greeting.split("|")[1].split(" ")
        assert (greeting[:2], word) == ("0|", "Welcome")
        assert len(identifier) >= 16
        assert json.loads(identity.split("|")[2]) == {"ret": 0, "msg": ""}


def test_connection_ids_cannot_be_guessed(through: Guarded) -> None:
    greetings = {answers(through, STRANGER, ["0|1"])[0] for _ in range(20)}
    assert len(greetings) == 20


@pytest.mark.parametrize(
    "text", ["", "|", "x", "2|GetCertCount", "1", "1|", "1||", "\u2028", "1|Get CertCount", "1|é|{}"]
)
def test_what_is_no_call_is_answered_as_such(through: Guarded, text: str) -> None:
    (reply,) = answers(through, STRANGER, [text])
    one, name, found, fields = read_as_a_page([reply])[0]
    assert (one, name, found["ret"], fields) == ("1", "Error", number(Code.BAD_REQUEST), 3)
