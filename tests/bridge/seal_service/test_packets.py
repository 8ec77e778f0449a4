"""A document in pieces arrives whole or not at all."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from hebca_helper.bridge.budget import Budget
from hebca_helper.bridge.seal_service import replies
from hebca_helper.bridge.seal_service.packets import PACKET, Incoming, Outgoing
from hebca_helper.bridge.websocket import frames
from hebca_helper.errors import Code, HelperError


def incoming(largest: int = 1000) -> Incoming:
    """`largest`: octets of all documents under way, in halves."""
    return Incoming("https://one.example", Budget(largest, 1))


@pytest.mark.parametrize("first", [0, 1])
def test_packets_are_joined_in_order(first: int) -> None:
    page = incoming()
    pieces = ["Y", "WJj\r\nZ", "A=="]  # of "abcd", cut anywhere
    assert [page.take(3, first + index, text) for index, text in enumerate(pieces)] == [None, None, b"abcd"]
    assert page.take(1, first, "bmV4dA==") == b"next"
    assert [page.take(2, 0, "YQ=="), page.take(2, 1, "")] == [None, b"a"], "an empty one at the end is harmless"


@pytest.mark.parametrize(("count", "index"), [(3, 2), (2, 1), (3, 0)])
def test_one_out_of_order_begins_anew(count: int, index: int) -> None:
    page = incoming()
    page.take(3, 0, "YWJj")
    with pytest.raises(HelperError) as refused:
        page.take(count, index, "YWJj")
    assert refused.value.code is Code.BAD_REQUEST
    assert page.take(1, 0, "bmV4dA==") == b"next"


@pytest.mark.parametrize(("count", "index"), [(0, 0), (100_001, 0), (3, 2), (1, 5)])
def test_a_beginning_that_is_none(count: int, index: int) -> None:
    with pytest.raises(HelperError):
        incoming().take(count, index, "YWJj")


@pytest.mark.parametrize("pieces", [("YQ==", "YQ=="), ("YWJ",), ("YWJj", "é"), ("YW!j",), ("Y===",)])
def test_what_is_no_base64_is_refused(pieces: tuple[str, ...]) -> None:
    page = incoming()
    with pytest.raises(HelperError) as refused:
        for index, piece in enumerate(pieces):
            page.take(len(pieces), index, piece)
    assert refused.value.code is Code.BAD_REQUEST
    assert page.take(1, 0, "bmV4dA==") == b"next"


def test_the_most_packets_are_taken_and_how_they_are_counted_is_known() -> None:
    page = incoming()
    assert page.take(100_000, 1, "YWJj") is None
    assert page.first == 1
    page.forget()
    page.take(2, 0, "YWJj")
    assert page.first == 0


def test_a_document_has_the_largest_size_of_any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hebca_helper.documents.LARGEST_FILE", 6)
    page = incoming()
    assert [page.take(2, index, "YWJj") for index in range(2)] == [None, b"abcabc"]
    with pytest.raises(HelperError) as refused:
        for index in range(3):
            page.take(3, index, "YWJj")
    assert refused.value.code is Code.TOO_LARGE
    assert page.take(1, 0, "bmV4dA==") == b"next"


def test_documents_under_way_are_bounded_together_and_the_heaviest_gives_way() -> None:
    budget = Budget(8, 1)
    one, other = Incoming("https://one.example", budget), Incoming("https://other.example", budget)
    one.take(3, 0, "YWJjYWJj")
    other.take(3, 0, "YWJj")
    with pytest.raises(HelperError) as refused:
        one.take(3, 1, "YWJj")
    assert refused.value.code is Code.TOO_MANY
    assert other.take(1 + 2, 1, "YWJj") is None
    assert one.take(1, 0, "YQ==") == b"a", "it may begin anew"


def test_a_result_is_fetched_in_pieces() -> None:
    outgoing, octets = Outgoing(), bytes(2 * 7680 + 1)
    text = b64encode(octets).decode()
    assert outgoing.keep(octets) == 3
    assert "".join(outgoing.piece(index) for index in range(3)) == text
    assert "".join(outgoing.piece(index, 1) for index in range(1, 4)) == text
    assert len(outgoing.piece(0)) == PACKET
    for index, first in ((3, 0), (-1, 0), (0, 1), (4, 1)):
        with pytest.raises(HelperError) as refused:
            outgoing.piece(index, first)
        assert refused.value.code is Code.BAD_REQUEST
    assert (Outgoing().count, outgoing.keep(bytes(7680))) == (0, 1)


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
