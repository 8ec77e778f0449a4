"""Documents as form data: what a page sends arrives as it was sent, or is refused; nothing of it reaches disk or log."""

from __future__ import annotations

import logging
import tempfile
from http import HTTPStatus
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hebca_helper.bridge.https.failures import HttpError
from hebca_helper.bridge.https.forms import MOST_FIELDS, read_form
from hebca_helper.errors import Code, HelperError

KIND = "multipart/form-data; boundary=edge"
MIB = 1024 * 1024


def part(name: str, content: bytes, *, file: str = "", more: str = "") -> bytes:
    disposition = f'form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
    return f"--edge\r\nContent-Disposition: {disposition}\r\n{more}\r\n".encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--edge--\r\n"


def refused(body: bytes, kind: str = KIND) -> Code:
    with pytest.raises(HelperError) as found:
        read_form(kind, "1", body)
    return found.value.code


def test_files_objects_and_texts() -> None:
    body = form(
        part("pdf", b"\x00%PDF\r\n--edg", file="名册.pdf"),
        part("placement", b' {"mode": "edge", "y_mm": 1.5}'),
        part("name", "名册 2026".encode()),
        part("seal", b"2026"),
        part("empty", b""),
    )
    assert read_form(KIND, "1", body) == {
        "pdf": b"\x00%PDF\r\n--edg",
        "placement": {"mode": "edge", "y_mm": 1.5},
        "name": "名册 2026",
        "seal": "2026",
        "empty": "",
    }


def test_a_form_that_any_page_could_post_is_refused() -> None:
    """Without the header it came without a preflight."""
    with pytest.raises(HttpError) as found:
        read_form(KIND, "", form(part("pdf", b"x", file="a")))
    assert found.value.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def test_a_large_document_is_never_written_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    read = read_form(KIND, "1", form(part("pdf", bytes(3 * MIB), file="a.pdf")))
    assert read["pdf"] == bytes(3 * MIB)


@pytest.mark.parametrize(
    "body",
    [
        form(part("pdf", b"1", file="a"), part("pdf", b"2", file="b")),
        form(part("name", b"1"), part("name", b"1")),
        form(*(part(str(number), b"") for number in range(MOST_FIELDS + 1))),
        form(part("placement", b'{"mode":')),
        form(part("placement", b'{"x_mm": NaN}')),
        form(part("placement", b'{"a":' * 100_000)),
        form(b"--edge\r\nContent-Disposition: form-data\r\n\r\nwithout a name\r\n"),
        form(b"--edge\r\nA: b\r\n\r\nx\r\n"),
        form(part("pdf", b"*", file="a", more="Content-Transfer-Encoding: base64\r\n")),
        b"--edge\r\n" + b"A: b\r\n" * 1000,
        b"no boundary at all",
    ],
)
def test_what_is_no_such_form_is_refused(body: bytes) -> None:
    assert refused(body) is Code.BAD_REQUEST


@pytest.mark.parametrize("parameters", ["", "; boundary=", "; boundary", f"; boundary={'a' * 100_000}", "; boundary=é"])
def test_a_boundary_that_is_none(parameters: str) -> None:
    assert refused(form(part("name", b"x")), f"multipart/form-data{parameters}") is Code.BAD_REQUEST


def test_what_is_cut_off_is_not_there() -> None:
    assert read_form(KIND, "1", form(part("name", b"x"), part("pdf", b"12345", file="a"))[:-12]) == {"name": "x"}


def test_nothing_of_it_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    read_form(KIND, "1", form(part("pdf", b"x", file="a", more="Content-Transfer-Encoding: rot13\r\n")))
    refused(b"secret")
    assert caplog.text == ""


pieces = st.sampled_from(
    [
        b"--edge",
        b"--edge--",
        b"\r\n",
        b"\r",
        b"Content-Disposition: form-data; ",
        b'name="a"',
        b'filename="b"',
        b": ",
        b"=",
    ]
)


@settings(max_examples=400, derandomize=True, database=None)
@example(form(part("a", b"{}")), "edge")
@given(
    st.lists(pieces | st.binary(max_size=8), max_size=20).map(b"".join) | st.binary(max_size=200),
    st.sampled_from(["edge", '"edge"', "e", "-", '"', "edge; boundary=x"]) | st.text(max_size=10),
)
def test_any_body_is_read_or_refused(body: bytes, boundary: str) -> None:
    kind = f"multipart/form-data; boundary={boundary}".encode().decode("latin-1")
    try:
        read = read_form(kind, "1", body)
    except HelperError as problem:
        assert problem.code is Code.BAD_REQUEST
        return
    assert all(isinstance(name, str) and isinstance(value, str | bytes | dict) for name, value in read.items())
