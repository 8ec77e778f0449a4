"""What is shown is what is signed: nothing in a text can hide from the person who judges it."""

from __future__ import annotations

import pytest

from hebca_helper.assistant.content import describe
from hebca_helper.assistant.visible import visible_origin, visible_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("缴费核定 2026年11月", "缴费核定 2026年11月"),
        ("一行\n二行\t完", "一行\n二行\t完"),
        ("付款\u202e元001", "付款⟨U+202E⟩元001"),
        ("零\u200b宽", "零⟨U+200B⟩宽"),
        ("断\u2028行", "断⟨U+2028⟩行"),
        ("铃\x07", "铃⟨U+0007⟩"),
    ],
)
def test_invisible_characters_are_written_out(text: str, shown: str) -> None:
    assert visible_text(text) == shown


def test_an_origin_shows_as_the_browser_sent_it_and_nothing_else() -> None:
    assert visible_origin("https://xn--fiq228c.cn") == "https://xn--fiq228c.cn"
    assert visible_origin("https://а.cn") == "https://⟨U+0430⟩.cn"


def test_bytes_that_are_text_are_shown_as_text_and_others_as_hex() -> None:
    assert describe("登录随机数".encode("gbk")).text == "登录随机数"
    binary = describe(bytes(range(256)) * 4)
    assert not binary.readable
    assert binary.text.startswith("00 01 02")
    assert binary.size == 1024


def test_the_text_a_page_names_is_shown_with_the_digest_of_the_bytes_it_becomes() -> None:
    content = describe("abc".encode("gbk"), "abc")
    assert content.digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_octets_that_read_differently_in_two_encodings_are_shown_in_both() -> None:
    """A page names one reading; a server may take the other."""
    said = "浣犲ソ"
    for content in (describe(said.encode("gbk"), said), describe("你好".encode())):
        assert said in content.text and "你好" in content.text
    assert describe("登录随机数".encode("gbk"), "登录随机数").text == "登录随机数"
