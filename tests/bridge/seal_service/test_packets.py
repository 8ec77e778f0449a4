"""A document in pieces arrives whole or not at all."""

from __future__ import annotations

import json

import pytest

from hebca_helper.bridge.seal_service import replies
from hebca_helper.bridge.seal_service.packets import PACKET, Incoming, Outgoing
from hebca_helper.bridge.websocket import frames
from hebca_helper.errors import Code, HelperError


@pytest.mark.parametrize("first", [0, 1])
def test_packets_are_joined_in_order(first: int) -> None:
    incoming = Incoming(100)
    assert [incoming.take(3, first + index, text) for index, text in enumerate("abc")] == [None, None, "abc"]
    assert incoming.take(1, first, "next") == "next"


@pytest.mark.parametrize(("count", "index"), [(3, 2), (2, 1), (3, 0)])
def test_one_out_of_order_begins_anew(count: int, index: int) -> None:
    incoming = Incoming(100)
    incoming.take(3, 0, "a")
    with pytest.raises(HelperError) as refused:
        if (count, index) == (2, 1):
            incoming.take(count, index, "b")
        incoming.take(count, index, "b")
    assert refused.value.code is Code.BAD_REQUEST
    assert incoming.take(1, 0, "whole") == "whole"


@pytest.mark.parametrize(("count", "index"), [(0, 0), (100_001, 0), (3, 2), (1, 5)])
def test_a_beginning_that_is_none(count: int, index: int) -> None:
    with pytest.raises(HelperError):
        Incoming(100).take(count, index, "a")


def test_the_most_packets_and_the_largest_document_are_taken() -> None:
    assert Incoming(10).take(100_000, 1, "a") is None
    incoming = Incoming(10)
    assert [incoming.take(2, 0, "12345"), incoming.take(2, 1, "67890")] == [None, "1234567890"]
    assert incoming.first == 0
    incoming.take(2, 1, "1")
    assert incoming.first == 1


def test_a_document_has_a_largest_size() -> None:
    incoming = Incoming(10)
    incoming.take(3, 0, "12345")
    with pytest.raises(HelperError) as refused:
        incoming.take(3, 1, "678901")
    assert refused.value.code is Code.TOO_LARGE
    assert incoming.take(1, 0, "small") == "small"


def test_a_result_is_fetched_in_pieces() -> None:
    outgoing, text = Outgoing(), "r" * (2 * PACKET + 1)
    assert outgoing.keep(text) == 3
    assert "".join(outgoing.piece(index) for index in range(3)) == text
    assert "".join(outgoing.piece(index, 1) for index in range(1, 4)) == text
    for index, first in ((3, 0), (-1, 0), (0, 1), (4, 1)):
        with pytest.raises(HelperError) as refused:
            outgoing.piece(index, first)
        assert refused.value.code is Code.BAD_REQUEST
    assert (Outgoing().count, outgoing.keep("r" * PACKET)) == (0, 1)


@pytest.mark.parametrize(("name", "more"), [("SealKeyWordBase64PDF", {}), ("GetTextSignContent", {"result": ""})])
def test_a_failure_ends_the_exchange_in_the_words_of_both_clients(name: str, more: dict[str, object]) -> None:
    problem = HelperError(Code.NO_SEAL)
    one, echoed, body = replies.failure(name, problem).split("|")
    text = frames.message(problem)
    told = {"ret": problem.number, "msg": text, "success": False, "error": text, "errorCode": problem.number}
    assert (one, echoed, json.loads(body)) == ("1", name, {**told, "curPacketIndex": 0, "subPacketCnt": 1, **more})
    assert (
        json.loads(replies.failure(name, HelperError(Code.USER_CANCELLED)).split("|")[2])["error"] == "用户没有选择签章"
    )
