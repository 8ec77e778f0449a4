"""An origin that is not admitted gets one and the same answer to everything, and learns nothing from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hebca_helper.bridge.functions import FUNCTIONS
from hebca_helper.errors import TABLE, Code
from tests.bridge.node import read_as_a_page
from tests.security.conftest import BLOCKED, STRANGER, Guarded, guarded
from tests.security.samples import DENIED, call, number
from tests.security.wire import Wire, frame

CALLS = [
    *(call(function) for function in FUNCTIONS.values()),
    *(f"1|{name}" for name in FUNCTIONS),
    *(f'1|{name}|{{"certSN":[[[' for name in FUNCTIONS),
    "1|NoSuchFunction",
    "1|constructor",
    "1|__proto__|{}",
    "1|getAssistorVersion",
]
DENIAL = f"{TABLE[Code.DENIED_BY_POLICY].text}。{TABLE[Code.DENIED_BY_POLICY].remedy}"


def answers(running: Guarded, origin: str, calls: list[str]) -> list[str]:
    """One reply for each call; sent all at once."""
    with Wire(running.port, origin) as page:
        page.send(b"".join(map(frame, calls)))
        return [page.receive()[1].decode("ascii") for _ in calls]


@pytest.mark.parametrize("origin", [STRANGER, BLOCKED])
def test_every_call_is_denied_with_the_same_words(running: Guarded, origin: str) -> None:
    for asked, reply in zip(CALLS, answers(running, origin, CALLS), strict=True):
        one, name, body = reply.split("|")
        assert (one, name) == ("1", asked.split("|")[1])
        assert json.loads(body) == {"ret": DENIED, "msg": DENIAL}, asked


def test_a_stranger_cannot_tell_whether_a_usbkey_is_there(running: Guarded, tmp_path: Path) -> None:
    home = tmp_path / "empty"
    home.mkdir(mode=0o700)
    with guarded(home) as without:
        assert answers(without, STRANGER, CALLS) == answers(running, STRANGER, CALLS)


def test_the_greeting_is_the_same_for_everybody_and_has_no_version(running: Guarded) -> None:
    for origin in (STRANGER, BLOCKED):
        greeting, identity = answers(running, origin, ["0|1700000000000", '1|MyID|{"ID":"x"}'])
        word, identifier = greeting.split("|")[1].split(" ")
        assert (greeting[:2], word) == ("0|", "Welcome")
        assert len(identifier) >= 16
        assert json.loads(identity.split("|")[2]) == {"ret": 0, "msg": ""}


def test_connection_ids_cannot_be_guessed(running: Guarded) -> None:
    greetings = {answers(running, STRANGER, ["0|1"])[0] for _ in range(20)}
    assert len(greetings) == 20


@pytest.mark.parametrize(
    "text", ["", "|", "x", "2|GetCertCount", "1", "1|", "1||", "\u2028", "1|Get CertCount", "1|é|{}"]
)
def test_what_is_no_call_is_answered_as_such(running: Guarded, text: str) -> None:
    (reply,) = answers(running, STRANGER, [text])
    one, name, found, fields = read_as_a_page([reply])[0]
    assert (one, name, found["ret"], fields) == ("1", "Error", number(Code.BAD_REQUEST), 3)
