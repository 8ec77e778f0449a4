"""The origin table and the Host table, over hand-written HTTP to the running service (house rule 1)."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from hebca_helper.errors import Code
from tests.security.conftest import BLOCKED, OTHER, PORTAL, REMEMBERED, SEALS, STRANGER, Guarded
from tests.security.samples import DENIED, number
from tests.security.wire import Wire, answer_to, status_of, usual_headers

LOOK_ALIKES = [
    "https://portal.example.evil.example",
    "https://evil-portal.example",
    "https://portal.example.",
    "https://portal.example:8443",
    "http://portal.example",
    "http://portal.example:443",
    "https://xn--prtal-jua.example",
    "https://portal-example",
    "chrome-extension://portal.example",
    "https://www.portal.example",
    "https://portal.exampl",
    "https://localhost",
    "http://127.0.0.1",
]
NO_ORIGINS = [
    None,
    "",
    "null",
    "NULL",
    "file://",
    "https://Portal.example",
    "HTTPS://portal.example",
    "https://portal.example:443",
    "https://portal.example:0443",
    "https://portal.example/",
    "https://portal.example/path",
    "https://portal.example?",
    "https://portal.example#",
    "https://portal.example,",
    "https://portal.example https://evil.example",
    "https://user@portal.example",
    "https://user:word@portal.example",
    "//portal.example",
    "portal.example",
    "https://",
    "https://pórtal.example",
    "data:text/html,portal.example",
    "javascript:portal.example",
    "https://portal%2eexample",
    "https://portal.example\\.evil.example",
    "*",
]

WRONG_HOSTS: list[str | None] = [
    "evil.example:{port}",
    "localhost.evil.example:{port}",
    "localhost.:{port}",
    "localhost.localdomain:{port}",
    "127.0.0.1.nip.io:{port}",
    "127.1:{port}",
    "127.0.0.2:{port}",
    "127.0.0.01:{port}",
    "2130706433:{port}",
    "0x7f000001:{port}",
    "0177.0.0.1:{port}",
    "0.0.0.0:{port}",
    "0:{port}",
    "[::ffff:127.0.0.1]:{port}",
    "[::ffff:7f00:1]:{port}",
    "[0:0:0:0:0:0:0:1]:{port}",
    "[::]:{port}",
    "::1:{port}",
    "localhost",
    "127.0.0.1",
    "localhost:1",
    "localhost:0{port}",
    "localhost:{port}:{port}",
    "localhost:+{port}",
    "localhost:{port}@evil.example",
    "user@localhost:{port}",
    "localhost:{port},evil.example",
    "http://localhost:{port}",
    ":{port}",
    "",
    None,
]


def answer_of(through: Guarded, origin: str) -> int:
    with Wire(through.port, origin) as page:
        return int(page.ask(through.door.question)["ret"])


def enter(through: Guarded, host: str | None, origin: str | None = PORTAL) -> bytes:
    return answer_to(through.port, usual_headers(host, origin))


def ours(through: Guarded) -> str:
    return f"localhost:{through.port}"


@pytest.mark.parametrize("origin", [PORTAL, OTHER])
def test_trusted_origins_are_served(through: Guarded, origin: str) -> None:
    assert answer_of(through, origin) == 0


@pytest.mark.parametrize("origin", [STRANGER, BLOCKED, *LOOK_ALIKES])
def test_strangers_blocked_ones_and_look_alikes_get_a_socket_and_no_answer(through: Guarded, origin: str) -> None:
    assert answer_of(through, origin) == DENIED


@pytest.mark.parametrize("origin", [REMEMBERED, "https://www.hebca.com"])
def test_known_and_allowed_origins_are_not_shown_practice_certificates(running: Guarded, origin: str) -> None:
    """house rule 10: only the hall and origins named on the command line are offered them."""
    with Wire(running.port, origin) as page:
        assert page.ask("1|GetCertCount").get("count", 0) == 0
        assert page.ask("1|SelectSignCert")["ret"] == number(Code.NO_CERTIFICATE)
        assert page.ask('1|UnUICertLogin|{"certSN":"1","password":"123456"}')["ret"] == number(Code.DENIED_BY_POLICY)


@pytest.mark.parametrize("origin", [REMEMBERED, "https://www.hebca.com"])
def test_known_and_allowed_origins_are_not_shown_practice_seals(running: Guarded, origin: str) -> None:
    with Wire(replace(running, door=SEALS).port, origin) as page:
        assert page.ask("1|GetSealCountInKey").get("count", 0) == 0
        assert page.ask("1|SelectStamp")["errorCode"] == number(Code.NO_SEAL)
        assert page.ask('1|SealHash|{"hash":"%s"}' % ("ab" * 20))["errorCode"] == number(Code.NO_SEAL)


@pytest.mark.parametrize("origin", NO_ORIGINS)
def test_what_is_no_serialised_origin_is_refused_before_the_upgrade(through: Guarded, origin: str | None) -> None:
    answer = enter(through, ours(through), origin)
    assert status_of(answer) == 403
    says_nothing(answer)


def test_a_space_around_the_origin_is_no_part_of_it(through: Guarded) -> None:
    """RFC 9110, section 5.5: optional white space around a field value does not belong to it."""
    assert status_of(enter(through, ours(through), f" {PORTAL} \t")) == 101


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
def test_our_names(through: Guarded, host: str) -> None:
    assert status_of(enter(through, f"{host}:{through.port}")) == 101


@pytest.mark.parametrize("host", WRONG_HOSTS)
def test_rebinding_names_and_other_spellings_are_refused(through: Guarded, host: str | None) -> None:
    answer = enter(through, host and host.format(port=through.port))
    assert status_of(answer) == 403
    says_nothing(answer)


@pytest.mark.parametrize(
    "doubled", ["Host", "Origin", "host", "ORIGIN", "Sec-WebSocket-Key", "Upgrade", "Sec-WebSocket-Version"]
)
def test_two_headers_of_one_kind_are_refused_in_either_order(through: Guarded, doubled: str) -> None:
    headers = usual_headers(ours(through), PORTAL)
    value = next(text for name, text in headers if name.lower() == doubled.lower())
    for second in (value, "https://evil.example"):
        for lines in ([*headers, (doubled, second)], [(doubled, second), *headers]):
            assert status_of(answer_to(through.port, lines)) == 403


def test_a_folded_or_broken_header_is_no_way_around(through: Guarded) -> None:
    for lines in (
        [("Host", ours(through)), ("Origin ", PORTAL), *usual_headers(None, None)],
        [("Host", f"{ours(through)}\r\n evil.example"), *usual_headers(None, PORTAL)],
        [("Host", ours(through)), ("Origin", f"null\r\n {PORTAL}"), *usual_headers(None, None)],
    ):
        assert status_of(answer_to(through.port, lines) or b"HTTP 400 ") in (400, 403)


@pytest.mark.parametrize("path", ["/", "/test/", "/test?a", "/TEST", "//test", "/%74est", "http://localhost/test"])
def test_there_is_one_path(through: Guarded, path: str) -> None:
    answer = answer_to(through.port, usual_headers(ours(through), PORTAL), path)
    assert status_of(answer) == 404
    says_nothing(answer)


@pytest.mark.parametrize("method", ["POST", "OPTIONS", "HEAD", "CONNECT", "get"])
def test_a_page_s_fetch_learns_nothing(through: Guarded, method: str) -> None:
    """A cross-origin fetch or form, without any upgrade."""
    with socket.create_connection(("127.0.0.1", through.port), 60) as connection:
        lines = f"{method} /test HTTP/1.1\r\nHost: {ours(through)}\r\nOrigin: {PORTAL}\r\n\r\n"
        connection.sendall(lines.encode())
        answer = connection.recv(4096)
    assert b"101" not in answer[:20]
    assert b"Access-Control" not in answer
    says_nothing(answer)


def test_both_families_are_ours(through: Guarded) -> None:
    """Or another program could answer in our name on the other one."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as squatter, pytest.raises(OSError, match="in use"):
            squatter.bind((address, through.port))


def says_nothing(answer: bytes) -> None:
    """Neither who we are nor which version."""
    lower = answer.lower()
    for word in (b"hebca", b"server:", b"version:", b"python", "证书".encode(), b"8.3.9"):
        assert word not in lower.replace(b"sec-websocket-version:", b""), answer
