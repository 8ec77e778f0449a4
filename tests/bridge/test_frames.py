"""Frames: every text is one request, and every reply is one that a page's `split` and `eval` read right."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hebca_helper.bridge.websocket import frames
from hebca_helper.bridge.websocket.frames import Kind, Request
from hebca_helper.errors import Code, HelperError
from tests.bridge.node import read_as_a_page


@pytest.mark.parametrize(
    ("frame", "request_"),
    [
        ("0|1700000000000", Request(Kind.HANDSHAKE)),
        ("0|", Request(Kind.HANDSHAKE)),
        ("0", Request(Kind.HANDSHAKE)),
        ("1|GetCertCount", Request(Kind.CALL, "GetCertCount")),
        ("1|GetPageCount|", Request(Kind.CALL, "GetPageCount")),
        ('1|SignText|{"signText":"a|b|c"}', Request(Kind.CALL, "SignText", '{"signText":"a|b|c"}')),
        ('1|MyID|{"ID":"x"}', Request(Kind.CALL, "MyID", '{"ID":"x"}')),
    ],
)
def test_the_shapes_of_the_reference(frame: str, request_: Request) -> None:
    assert frames.parse(frame) == request_


@pytest.mark.parametrize(
    "frame", ["", "1", "1|", "1||{}", "2|GetCertCount", "00|1", " 1|GetCertCount", "1|Get Cert", "1|<b>", "1|证书", "1|a\n",
              "1|" + "x" * 65, "{}", "|", "||"],
)  # fmt: skip
def test_a_frame_without_a_usable_name_is_malformed(frame: str) -> None:
    assert frames.parse(frame) == Request(Kind.MALFORMED)


def test_the_greeting_holds_the_id_and_nothing_about_us() -> None:
    assert frames.greeting("abc") == "0|Welcome abc"


def test_fields_follow_ret_and_msg_in_their_order() -> None:
    assert (
        frames.success("GetCertCount", {"count": 2, "a": "b"}) == '1|GetCertCount|{"ret":0,"msg":"","count":2,"a":"b"}'
    )


def test_a_failure_tells_text_and_remedy_but_never_its_detail() -> None:
    problem = HelperError(Code.PIN_INCORRECT, "<img src=x onerror=alert(1)> /root/secret")
    [[_, _, reply, _]] = read_as_a_page([frames.failure("Login", problem)])
    assert reply == {"ret": problem.number, "msg": f"{problem.text}。{problem.remedy}"}


def test_markup_in_a_failure_text_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HelperError, "text", "<script>&|</script>")
    [[_, _, reply, _]] = read_as_a_page([frames.failure("Login", HelperError(Code.BAD_REQUEST))])
    assert reply["msg"].startswith("&lt;script&gt;&amp;|&lt;/script&gt;")


@given(st.text())
def test_every_text_is_one_request(text: str) -> None:
    request = frames.parse(text)
    assert request.kind is not Kind.CALL or text.startswith(f"1|{request.name}")


HOSTILE = st.text(alphabet=st.characters() | st.sampled_from("|\u2028\u2029\n\r\0\"\\<>&'")) | st.text(max_size=2000)


def test_replies_survive_split_and_eval_whatever_the_token_says() -> None:
    wanted: list[dict[str, object]] = []

    @settings(max_examples=400, database=None)
    @given(st.dictionaries(st.sampled_from(["content", "cert", "count"]), HOSTILE | st.integers(-(2**31), 2**31)))
    def collect(fields: dict[str, object]) -> None:
        wanted.append(fields)

    collect()
    replies = [frames.success("GetSubjectItem", fields) for fields in wanted]
    assert all(reply.isascii() and "\n" not in reply and "\r" not in reply for reply in replies)
    for fields, read in zip(wanted, read_as_a_page(replies), strict=True):
        assert read == ["1", "GetSubjectItem", {"ret": 0, "msg": "", **fields}, 3]
