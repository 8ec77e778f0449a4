"""Who may open a socket: the security core, every branch."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebca_helper.bridge.guard import (
    LARGEST_HEADERS,
    LONGEST_ORIGIN,
    PATH,
    RefusedError,
    asking_origin,
    checked_origin,
    is_serialised_origin,
)

PORT = 17212
GOOD = [("Host", "localhost:17212"), ("Origin", "https://portal.example"), ("Upgrade", "websocket")]


def refused(headers: list[tuple[str, str]], path: str = PATH, port: int = PORT) -> HTTPStatus:
    with pytest.raises(RefusedError) as caught:
        checked_origin(path, headers, port)
    return caught.value.status


def with_host(host: str) -> list[tuple[str, str]]:
    return [("Host", host), *GOOD[1:]]


def test_a_page_of_a_portal_is_let_through_with_its_exact_origin() -> None:
    assert checked_origin(PATH, GOOD, PORT) == "https://portal.example"


@pytest.mark.parametrize("host", ["localhost:17212", "LOCALHOST:17212", "127.0.0.1:17212", "[::1]:17212"])
def test_our_own_names_are_ours(host: str) -> None:
    assert checked_origin(PATH, with_host(host), PORT)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:17212",  # a name that resolves to 127.0.0.1
        "localhost.:17212",
        "localhost.evil.example:17212",
        "localhost:17213",
        "localhost:017212",
        "localhost:17212 ",
        "localhost",
        "127.0.0.1",
        "127.0.0.2:17212",
        "127.1:17212",
        "0.0.0.0:17212",
        "::1:17212",
        "[::1%lo]:17212",
        "user@localhost:17212",
        "localhost:17212, evil.example",
        "",
    ],
)
def test_rebinding_names_and_near_misses_are_not_ours(host: str) -> None:
    assert refused(with_host(host)) == HTTPStatus.FORBIDDEN


def test_on_port_80_a_browser_leaves_the_port_out() -> None:
    assert checked_origin(PATH, with_host("localhost"), 80)
    assert checked_origin(PATH, with_host("localhost:80"), 80)
    assert refused(with_host("evil.example"), port=80) == HTTPStatus.FORBIDDEN


def test_over_tls_that_is_port_443_and_no_other() -> None:
    assert asking_origin(with_host("localhost"), 443, "https")
    for port, scheme in ((80, "https"), (443, "http"), (442, "https"), (444, "https")):
        with pytest.raises(RefusedError):
            asking_origin(with_host("localhost"), port, scheme)


@pytest.mark.parametrize("missing", ["Host", "Origin"])
def test_a_request_without_host_or_origin_is_refused(missing: str) -> None:
    assert refused([header for header in GOOD if header[0] != missing]) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("name", ["Host", "origin", "HOST", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Upgrade"])
def test_a_second_one_of_a_header_that_counts_is_refused(name: str) -> None:
    once = [*GOOD, ("Sec-WebSocket-Key", "k"), ("Sec-WebSocket-Version", "13")]
    assert checked_origin(PATH, once, PORT)
    doubled = [*once, (name, dict(once).get(name, "k"))]
    assert refused(doubled) == HTTPStatus.FORBIDDEN


def test_other_headers_may_repeat() -> None:
    assert checked_origin(PATH, [*GOOD, ("Cookie", "a"), ("Cookie", "b")], PORT)


def test_oversized_headers_are_refused() -> None:
    room = LARGEST_HEADERS - sum(len(name) + len(value) for name, value in GOOD)
    assert checked_origin(PATH, [*GOOD, ("Cookie", "x" * (room - 6))], PORT)
    assert refused([*GOOD, ("Cookie", "x" * (room - 5))]) == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE


def test_the_longest_origin() -> None:
    assert LONGEST_ORIGIN == 300
    assert is_serialised_origin("https://" + "a" * 292)
    assert not is_serialised_origin("https://" + "a" * 293)


@pytest.mark.parametrize("path", ["/", "/test/", "/test?x=1", "/TEST", "//test", "", "http://localhost:17212/test"])
def test_only_one_path_exists(path: str) -> None:
    assert refused(GOOD, path) == HTTPStatus.NOT_FOUND


def test_a_stranger_does_not_even_learn_which_paths_exist() -> None:
    assert refused(with_host("evil.example:17212"), "/") == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:8080",
        "https://www.hebca.com",
        "https://xn--fiqs8s.example",
        "https://trailing.dot.",
        "http://[::1]:8080",
        "http://10.1.2.3:65535",
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        "moz-extension://6f1b2c3d-0000-4000-8000-000000000000",
        "https://under_score.example",
    ],
)
def test_serialised_origins(origin: str) -> None:
    assert is_serialised_origin(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "file://",
        "https://",
        "https://Portal.example",
        "HTTPS://portal.example",
        "https://portal.example/",
        "https://portal.example:443",
        "http://portal.example:80",
        "https://portal.example:0",
        "https://portal.example:065",
        "https://portal.example:65536",
        "https://portal.example:99999",
        "https://portal.example:",
        "https://user@portal.example",
        "https://portal.example, https://evil.example",
        "https://portal.example https://evil.example",
        "https://portal..example",
        "https://中国.example",
        "https://portal.example\u0000",
        "https://portal.example\n",
        "ftp://portal.example",
        "javascript://portal.example",
        "https://" + "a" * 300,
    ],
)
def test_what_no_browser_serialises_is_no_origin(origin: str) -> None:
    assert not is_serialised_origin(origin)


@given(st.text(max_size=400))
def test_any_text_is_judged(text: str) -> None:
    if is_serialised_origin(text):
        assert text == text.lower()
        assert text.isascii()
        assert not text.endswith("/")


@given(st.lists(st.tuples(st.sampled_from(["Host", "Origin", "Cookie", "x"]), st.text(max_size=40)), max_size=6))
def test_whatever_is_let_through_named_us_and_one_origin(headers: list[tuple[str, str]]) -> None:
    try:
        origin = checked_origin(PATH, headers, PORT)
    except RefusedError:
        return
    assert [value for name, value in headers if name == "Origin"] == [origin]
