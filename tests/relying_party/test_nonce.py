"""Challenges belong to one session, end after minutes, and count once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.relying_party import nonce as nonces
from hebca_helper.relying_party.nonce import LIFETIME, MOST_PER_SESSION, NonceBook


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 6, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_challenge_counts_once_and_only_for_its_session() -> None:
    book = NonceBook(Clock())
    nonce = book.issue("alice")
    assert nonce.isascii()
    assert not book.redeem("mallory", nonce)
    assert book.redeem("alice", nonce)
    assert not book.redeem("alice", nonce)
    assert not book.redeem("alice", "")


def test_challenges_differ_and_can_be_signed() -> None:
    book = NonceBook(Clock())
    issued = {book.issue("alice") for _ in range(100)}
    assert len(issued) == 100
    # 64, 96 and 128 octets could be the input of a login token, which assistants refuse
    assert not {len(nonce) for nonce in issued} & {64, 96, 128}


def test_a_challenge_ends() -> None:
    clock = Clock()
    book = NonceBook(clock)
    in_time, late = book.issue("alice"), book.issue("alice")
    clock.now += LIFETIME
    assert book.redeem("alice", in_time)
    clock.now += timedelta(microseconds=1)
    assert not book.redeem("alice", late)


def test_several_tabs_but_not_any_number() -> None:
    book = NonceBook(Clock())
    issued = [book.issue("alice") for _ in range(MOST_PER_SESSION + 1)]
    assert [book.redeem("alice", nonce) for nonce in issued] == [False] + [True] * MOST_PER_SESSION


def test_a_flood_of_sessions_ends_and_old_ones_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nonces, "MOST_ALTOGETHER", 3)
    clock = Clock()
    book = NonceBook(clock)
    waiting = [book.issue(name) for name in "abc"]
    with pytest.raises(HelperError) as raised:
        book.issue("d")
    assert raised.value.code is Code.TOO_MANY
    assert book.issue("a")
    assert book.redeem("b", waiting[1])
    assert book.issue("e")
    clock.now += LIFETIME + timedelta(seconds=1)
    assert book.redeem("f", book.issue("f"))
