"""The table of failures: every code has its row, and pages and people can bear what stands in it."""

from __future__ import annotations

import re

import pytest

from hebca_helper.errors import TABLE, Code, HelperError

CHINESE = re.compile(r"[\u4e00-\u9fff]")
MARKUP = re.compile(r"[<>&\"'`|\\\n\r\u2028\u2029]")  # old pages show texts through innerHTML and split them at bars
VENDOR = {
    Code.NO_CERTIFICATE: -536145917,
    Code.USER_CANCELLED: -536145911,
    Code.EXECUTION_FAILED: -536145887,
}  # resources/protocol.md, section 3


def test_every_code_has_one_row_and_every_row_a_code() -> None:
    assert set(TABLE) == set(Code)


def test_no_two_failures_share_a_number() -> None:
    numbers = [entry.number for entry in TABLE.values()]

    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("code", Code)
def test_a_number_is_a_signed_one_in_the_range_of_the_vendor_and_never_success(code: Code) -> None:
    number = TABLE[code].number

    assert number < 0
    assert 0xE00B1000 <= number + 0x1_0000_0000 <= 0xE00B1FFF


@pytest.mark.parametrize(("code", "number"), VENDOR.items())
def test_the_numbers_that_pages_know_stand_unchanged(code: Code, number: int) -> None:
    assert TABLE[code].number == number


@pytest.mark.parametrize("code", Code)
def test_text_and_remedy_are_chinese_and_free_of_markup(code: Code) -> None:
    for text in (TABLE[code].text, TABLE[code].remedy):
        assert CHINESE.search(text)
        assert not MARKUP.search(text)
        assert text == text.strip()
        assert not text.endswith(("。", "."))  # sentences are joined where they are shown


def test_a_failure_shows_its_text_its_detail_and_what_to_do() -> None:
    failure = HelperError(Code.PORT_TAKEN, "17212")

    assert str(failure) == f"{failure.text}（17212）。{failure.remedy}"
    assert "17212" not in failure.text + failure.remedy
