"""What is shown is what is signed: nothing in a text can hide from the person who judges it."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from types import SimpleNamespace

import pytest

from hebca_helper.assistant.asker import invisible
from hebca_helper.assistant.asker.visible import LONGEST_NAME, visible_line, visible_name, visible_origin, visible_text
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.person.content import describe
from tests import invisible_table

needs_unicode_data = pytest.mark.skipif(
    not invisible_table.PROPERTIES.exists(), reason="Debian's unicode-data is not installed"
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("缴费核定 2026年11月", "缴费核定 2026年11月"),
        ("一行\n二行\t完", "一行\n二行\t完"),
        ("付款\u202e元001", "付款⟨U+202E⟩元001"),
        ("零\u200b宽", "零⟨U+200B⟩宽"),
        ("断\u2028行", "断⟨U+2028⟩行"),
        ("铃\x07", "铃⟨U+0007⟩"),
        ("注\ufff9音", "注⟨U+FFF9⟩音"),
        ("付\u3164款", "付⟨U+3164⟩款"),
        ("付\ufe0f款\U000e0101", "付⟨U+FE0F⟩款⟨U+E0101⟩"),
        ("付\u2800款\u00a0元", "付⟨U+2800⟩款⟨U+00A0⟩元"),
        ("\u3000\u3000一段。\n\u3000\u3000又一段。", "\u3000\u3000一段。\n\u3000\u3000又一段。"),
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


@needs_unicode_data
def test_the_table_is_that_of_unicode_data() -> None:
    """`python -m tests.invisible_table` writes it; another version of the package may know fewer or more."""
    if invisible_table.version() == invisible.VERSION:
        assert Path(invisible.__file__).read_text("utf-8") == invisible_table.page()
    listed = {point for first, last in invisible.RANGES for point in range(first, last + 1)}
    assert {hex(point) for point in invisible_table.code_points() - listed} == set()


def test_whatever_leaves_no_mark_is_written_out_in_names_and_but_for_paragraphs_in_texts() -> None:
    for first, last in invisible.RANGES:
        for point in range(first, last + 1):
            assert visible_name(chr(point)) == f"⟨U+{point:04X}⟩"
            assert visible_text(chr(point)) == (chr(point) if point == 0x3000 else f"⟨U+{point:04X}⟩")


def test_every_blank_that_python_knows_is_in_the_table() -> None:
    blanks = {chr(point) for point in range(0x110000) if unicodedata.category(chr(point)) == "Zs"} - {" "}
    assert {blank for blank in blanks if visible_line(blank) == blank} == set()


@pytest.mark.parametrize("end", ["\n", "\r", "\t", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_a_name_is_one_line(end: str) -> None:
    shown = visible_name(f"合同{end}【2】已同意")
    assert shown == f"合同⟨U+{ord(end):04X}⟩【2】已同意"
    assert len(shown.splitlines()) == 1


@pytest.mark.parametrize("text", ["甲" * LONGEST_NAME, "", "演练科技有限公司", "a b"])
def test_a_name_that_has_room_is_shown_as_it_is(text: str) -> None:
    assert visible_name(text) == text


@pytest.mark.parametrize("text", ["甲" * 256, "\n" * 5000, "\u202e" * 32, "a" * 1_000_000, "甲" * 200 + "\n" * 50])
def test_a_long_name_shows_its_beginning_its_end_and_its_length(text: str) -> None:
    shown = visible_name(text)
    assert len(shown) <= LONGEST_NAME
    assert f"…（共 {len(text):,} 个字符）…" in shown
    assert shown.startswith(visible_line(text[:10]))
    assert shown.endswith(visible_line(text[-1]))
    assert shown.count("⟨") == shown.count("⟩")


def test_a_path_is_shown_whole_on_one_line() -> None:
    path = "/home/clerk/" + "甲" * 4000 + "\n完"
    assert visible_line(path) == path.replace("\n", "⟨U+000A⟩")


def test_a_holder_is_a_name_wherever_a_certificate_is_shown() -> None:
    entry = CertificateEntry.__new__(CertificateEntry)
    object.__setattr__(entry, "certificate", SimpleNamespace(holder="合同\n" * 5000))
    assert entry.holder == visible_name("合同\n" * 5000)
    assert len(entry.holder.splitlines()) == 1
