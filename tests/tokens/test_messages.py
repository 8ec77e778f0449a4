"""The host's protocol: what goes in comes out, and anything else is a ProtocolError."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebca_helper.errors import Code
from hebca_helper.tokens import messages as m
from hebca_helper.tokens.model import (
    DataObject,
    EventKind,
    Mechanism,
    SlotTrouble,
    TokenCertificate,
    TokenEvent,
    TokenInfo,
)

KINDS = [kind for kind in m._kinds().values() if kind not in (m.Message, m.Request, m.TokenRequest)]
for _part in (TokenInfo, TokenCertificate, DataObject, SlotTrouble, TokenEvent):
    st.register_type_strategy(_part, st.builds(_part))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_message_comes_out_as_it_went_in(kind: type[m.Message]) -> None:
    @given(number=st.integers(0, 2**31), message=st.builds(kind), cut=st.integers(0, 64))
    def holds(number: int, message: m.Message, cut: int) -> None:
        data = m.frame(number, message)
        frames = m.Frames()
        bodies = frames.feed(data[:cut]) + frames.feed(data[cut:])
        assert [m.parse(body) for body in bodies] == [(number, message)]

    holds()


@given(st.binary(max_size=300))
def test_anything_else_is_an_error(body: bytes) -> None:
    with pytest.raises(m.ProtocolError):
        m.parse(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": 1, "type": "Nonsense"}',
        b'{"id": 1, "type": "Logout"}',
        b'{"id": 1, "type": "Logout", "token_id": 7}',
        b'{"id": "x", "type": "Done"}',
        b'{"id": 1, "type": "Value", "value": "not base64!"}',
        b'{"id": 1, "type": "Failed", "code": "no-such-code", "detail": "", "tries_left": null}',
        b'{"id": 1, "type": ["Done"]}',
        b"[]",
        b"null",
        b"[" * 100_000,
    ],
)
def test_messages_that_are_nearly_right(body: bytes) -> None:
    with pytest.raises(m.ProtocolError):
        m.parse(body)


def test_sizes_are_limited_both_ways() -> None:
    with pytest.raises(m.ProtocolError):
        m.frame(1, m.Value(bytes(m.LARGEST_FRAME)))
    with pytest.raises(m.ProtocolError):
        m.Frames().feed((m.LARGEST_FRAME + 1).to_bytes(4, "big"))


def test_many_frames_in_one_piece() -> None:
    data = b"".join(m.frame(number, m.Done()) for number in range(100))
    assert [m.parse(body)[0] for body in m.Frames().feed(data)] == list(range(100))


def test_no_secret_shows_in_a_representation() -> None:
    """Messages may end up in a traceback."""
    secret = "geheim-1"
    for message in (m.Login("t", secret), m.ChangePin("t", secret, secret), m.Unblock("t", secret, secret),
                    m.Initialise("label", secret, secret), m.Value(secret.encode())):  # fmt: skip
        assert secret not in repr(message)
    for kind in KINDS:
        for item in dataclasses.fields(kind):
            assert "pin" not in item.name or not item.repr


def test_what_needs_a_login_says_so() -> None:
    """After a crash these are not sent again: the login is gone."""
    assert {kind.__name__ for kind in KINDS if issubclass(kind, m.Request) and kind.needs_login} == {
        "Sign", "Decrypt", "WriteData", "DeleteData", "WriteCertificate", "DeleteCertificate", "GenerateKeyPair",
        "FindKey", "OpenContent", "ImportKeyPair",
    }  # fmt: skip


def test_a_frame_with_a_pin_is_overwritten_and_no_other() -> None:
    for message in (
        m.Login("t", "甲7!"),
        m.ChangePin("t", "1", "2"),
        m.Unblock("t", "1", "2"),
        m.Initialise("l", "1", "2"),
    ):
        data = m.frame(1, message)
        assert m.parse(data[m.LENGTH_BYTES :]) == (1, message)
        m.wipe(data, message)
        assert set(data) == {0}
    plain = m.frame(1, m.Logout("t"))
    m.wipe(plain, m.Logout("t"))
    assert plain == m.frame(1, m.Logout("t"))


def test_an_example() -> None:
    """The wire form, as the documentation shows it."""
    message = m.Sign("shim:1", b"\x01", b"", Mechanism.RSA_PKCS1_SHA256, b"abc", 0)
    assert m.frame(7, message)[4:].decode() == (
        '{"id":7,"type":"Sign","token_id":"shim:1","key_id":"AQ==","spki":"","mechanism":"rsa-pkcs1-sha256","digest":"YWJj","passed_over":0}'
    )
    news = m.Tokens([], [TokenEvent(EventKind.PLUGGED, "x")], [SlotTrouble(1, Code.TOKEN_BLANK, "")])
    assert m.parse(m.frame(0, news)[4:]) == (0, news)
    failed = m.Failed(Code.PIN_INCORRECT, "", 3)
    assert m.parse(m.frame(2, failed)[4:]) == (2, failed)
