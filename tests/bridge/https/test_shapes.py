"""A request that does not fit the document is answered with the member that is wrong and what it takes."""

from __future__ import annotations

from typing import Any

import pytest

from hebca_helper.bridge.https.failures import fields_of
from hebca_helper.bridge.https.shapes import ShapeError
from hebca_helper.bridge.https.table import OPERATIONS
from hebca_helper.errors import Code, HelperError


def told(name: str, body: object) -> str:
    with pytest.raises(ShapeError) as caught:
        OPERATIONS[f"/v1/{name}"].takes.read(body)
    error: Any = fields_of(caught.value)["error"]
    assert error["code"] is Code.BAD_REQUEST
    return str(error["detail"])


def test_a_developer_reads_which_member_is_wrong_and_what_it_takes() -> None:
    assert told("login", {}).startswith('nonce: {"type":"string","minLength":44')
    assert told("sign", {"items": []}) == "items: an array of at least 1 and at most 100"
    assert told("sign", {"items": [{"data": "AA=="}, {"data": 5}]}).startswith("items.1.data: ")
    assert told("sign", {"items": [{"name": "a"}]}).endswith("of name, data, digest; exactly one of data, digest")
    assert told("certificates", {"usage": "x"}) == 'usage: {"type":"string","enum":["sign","encrypt"]}'
    assert told("logout", []) == "the body: an object of no members"


def test_a_number_too_large_for_a_length_does_not_fit() -> None:
    asked = {"pdf": "AA==", "placement": {"mode": "position", "x_mm": 10**400}}
    assert told("seal", asked).startswith("placement.x_mm: ")


def test_nothing_that_the_page_sent_is_repeated() -> None:
    for body in ({"items": [{"data": "secret!"}]}, {"secret!": 1}, {"items": "secret!"}, "secret!"):
        assert "secret" not in told("sign", body)


def test_other_failures_tell_no_detail() -> None:
    assert "detail" not in fields_of(HelperError(Code.BAD_REQUEST, "/home/person/report.pdf"))["error"]  # type: ignore[operator]
