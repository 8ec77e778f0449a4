"""Arguments as pages really write them: by concatenation."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hebca_helper.bridge.websocket import lenient_json
from hebca_helper.bridge.websocket.lenient_json import DEEPEST, MOST_VALUES, SMALL, parse_object
from hebca_helper.errors import Code, HelperError


def bad(text: str, recoverable: str = "") -> bool:
    with pytest.raises(HelperError) as caught:
        parse_object(text, recoverable)
    return caught.value.code is Code.BAD_REQUEST


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", {}),
        ("  \n", {}),
        ("undefined", {}),
        ("null", {}),
        ("{}", {}),
        ("{ }", {}),
        ('{"index":0}', {"index": 0}),
        ('{"index":"0"}', {"index": "0"}),
        ('{"index":CN}', {"index": "CN"}),
        ("{index:CN}", {"index": "CN"}),
        ('{"index":undefined}', {"index": None}),
        ('{"index":null}', {"index": None}),
        ('{"name":"a","isprivate":undefined}', {"name": "a", "isprivate": None}),
        ('{"isprivate":true, x : false , y:[ 1 , {"z":2}, [] ] }', {"isprivate": True, "x": False, "y": [1, {"z": 2}, []]}),
        ('{"pin":012345}', {"pin": "012345"}),
        ('{"a":1.50}', {"a": "1.50"}),
        ('{"a":NaN,"b":-Infinity,"c":-7}', {"a": "NaN", "b": "-Infinity", "c": -7}),
        ('{"a":123456789012345678}', {"a": 123456789012345678}),
        ("{a:123456789012345678}", {"a": 123456789012345678}),
        ('{"a":1234567890123456789}', {"a": "1234567890123456789"}),
        ('{"cn":河北公司}', {"cn": "河北公司"}),
        ('{"signText":"two\nlines\tand \x00"}', {"signText": "two\nlines\tand \x00"}),
        ('{"a":"1","a":"2"}', {"a": "2"}),
        ('{"a":"\\u4f60\\ud83d\\ude00"}', {"a": "你😀"}),
        ('{"certs":[{"cert":"QUJD"},{"cert":"REVG"}]}', {"certs": [{"cert": "QUJD"}, {"cert": "REVG"}]}),
    ],
)  # fmt: skip
def test_what_pages_write(text: str, value: dict[str, object]) -> None:
    assert parse_object(text) == value


@pytest.mark.parametrize(
    ("raw"), ['he said "no"', "C:\\xyz", "a\\", '"', '""', "ends with \\", '{"a":"b"', '"}', 'back\\slash "quote" \n|']
)
def test_a_text_that_is_no_json_is_recovered_as_the_page_meant_it(raw: str) -> None:
    assert parse_object('{"signText":"' + raw + '"}', "signText") == {"signText": raw}
    assert parse_object(' {  signText : "' + raw + '" } ', "signText") == {"signText": raw}


def test_valid_json_wins_over_the_raw_text() -> None:
    assert parse_object('{"signText":"C:\\new"}', "signText") == {"signText": "C:\new"}


def test_a_raw_newline_does_not_turn_escapes_into_raw_text() -> None:
    assert parse_object('{"signText":"a\n\\"b\\""}', "signText") == {"signText": 'a\n"b"'}


def test_raw_text_wins_over_guessing_at_unquoted_names() -> None:
    assert parse_object('{"signText":"x",y:"z"}', "signText") == {"signText": 'x",y:"z'}


def test_only_the_one_parameter_of_a_function_is_recovered() -> None:
    assert bad('{"name":"a"b"}')
    assert bad('{"name":"a"b"}', "signText")
    assert bad('{"signText":"a"b', "signText")
    assert bad('{"signText":"a"b}', "signText")
    assert bad('{"signText":"}', "signText")
    assert bad('["a"b"]', "signText")


@pytest.mark.parametrize(
    "text",
    ["[]", '"a"', "1", "true", "{", "}", "{,}", '{"a"}', '{"a":}', '{"a":1,}', '{"a":1}}', '{"a":1} x', "{a:b:c}", '{"a":"\\q"}',
     '{"a":[1,}', '{"a":[1}', "{'a':1}", '{"a":"b', "{a b:1}", '{:1}', "\ud800"],
)  # fmt: skip
def test_anything_else_is_a_bad_request(text: str) -> None:
    assert bad(text)


def test_a_frame_of_brackets_is_neither_deep_nor_slow() -> None:
    begin = time.process_time()
    for hostile in ("[" * 8_000_000, '{"a":' * 3_000_000, "[" * 500, "{" * 60_000, '{"a":' + "[" * (DEEPEST + 2)):
        assert bad(hostile)
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    ("largest", "larger"),
    [
        ('{"a":[' + "1," * (MOST_VALUES - 3) + "1]}", '{"a":[' + "1," * (MOST_VALUES - 2) + "1]}"),
        ('{"a":' + "[" * DEEPEST + "]" * DEEPEST + "}", '{"a":[' + "[" * DEEPEST + "]" * DEEPEST + "]}"),
    ],
    ids=["values", "depth"],
)
def test_the_last_one_that_our_own_reader_takes(largest: str, larger: str) -> None:
    blanks = " " * SMALL
    assert parse_object(largest[:-1] + blanks + "}") == json.loads(largest)
    assert bad(larger[:-1] + blanks + "}")


def test_a_frame_of_millions_of_values_is_refused_by_count() -> None:
    assert bad('{"a":[' + "{}," * (MOST_VALUES + SMALL) + "{}]}")


@pytest.mark.parametrize("piece", ['"', "\\", "\\\\", '\\"', "\n", " ", "|", "a", "{", "\\u0041", '",'])
def test_sixteen_mebibytes_of_anything_take_linear_time(piece: str) -> None:
    raw = piece * (16 * 1024 * 1024 // len(piece))
    begin = time.process_time()
    for text in ('{"signText":"' + raw + '"}', '{"signText":"' + raw, raw, "{" + raw):
        for recoverable in ("signText", ""):
            try:
                parse_object(text, recoverable)
            except HelperError as problem:
                assert problem.code is Code.BAD_REQUEST
    assert time.process_time() - begin < 10


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**16), 10**16) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, max_size=5), st.booleans())
def test_both_readers_agree_with_json(value: dict[str, object], ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert parse_object(text) == value
    assert lenient_json._read(text, lenient=False) == value
    assert lenient_json._read(text, lenient=True) == value


@given(st.text(alphabet='{}[]":,\\ \n01eE.-+abtrufalsn_|中', max_size=40))
def test_the_strict_reader_accepts_what_the_c_decoder_accepts(text: str) -> None:
    assume(text.strip())
    trimmed = text.strip()
    assert lenient_json._read(trimmed, lenient=False) == lenient_json._read_strictly(trimmed)


@given(st.text())
def test_any_text_within_quotes_is_read(raw: str) -> None:
    value = parse_object('{"signText":"' + raw + '"}', "signText")
    assert isinstance(value.get("signText"), object)
    if '"' not in raw and "\\" not in raw:
        assert value == {"signText": raw}


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert isinstance(parse_object(text, "cn"), dict)
    except HelperError as problem:
        assert problem.code is Code.BAD_REQUEST
