"""What a site can take from others before anybody let it in: a few small messages, and no more."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from hebca_helper.assistant.person.dialogs import WAITING_PER_ORIGIN
from hebca_helper.assistant.person.prompts import Confirm, ConfirmKind, Decision, EnterPin
from hebca_helper.bridge.budget import LARGEST_OF_STRANGER, STRANGERS_PER_ORIGIN
from hebca_helper.errors import Code, HelperError
from tests.assistant.scene import open_scene
from tests.https_page import HttpsPage
from tests.practice_homes import put_practice_usbkey
from tests.security.conftest import OTHER, PORTAL, REMEMBERED, STRANGER, Guarded, guarded
from tests.security.wire import FINAL, LIMIT, TEXT, Wire, answer_to, header, status_of, usual_headers

MIB = 1024 * 1024
PATIENCE = 30
"""Seconds until which what must happen has happened, on a busy machine too."""
TOO_BIG, TRY_LATER = 1009, 1013
"""Close codes (RFC 6455, section 7.4.1, and the IANA registry)."""


@contextlib.contextmanager
def crowd(through: Guarded, origins: list[str]) -> Iterator[list[Wire]]:
    with contextlib.ExitStack() as opened:
        yield [opened.enter_context(Wire(through.port, origin)) for origin in origins]


def asked_in(through: Guarded, origin: str) -> int:
    return status_of(answer_to(through.port, usual_headers(f"localhost:{through.port}", origin)))


def test_256_idle_sockets_of_strangers_keep_nobody_out(own: Guarded) -> None:
    origins = [f"https://{number % 16}.stranger.example" for number in range(256)]
    with crowd(own, origins) as idle:
        with Wire(own.port, PORTAL) as page:
            assert page.ask("1|GetCertCount")["ret"] == 0
        assert asked_in(own, "https://new.example") == 101
        assert idle[0].close_code() == 0  # the one that was silent longest made room


def test_one_origin_gets_so_many_connections_before_it_is_let_in(through: Guarded) -> None:
    with crowd(through, [STRANGER] * STRANGERS_PER_ORIGIN):
        assert asked_in(through, STRANGER) == 503
        assert asked_in(through, "https://other.stranger.example") == 101
    with crowd(through, [PORTAL] * (STRANGERS_PER_ORIGIN + 4)) as pages:
        assert pages[-1].ask(through.door.question)["ret"] == 0


def test_pages_that_were_let_in_never_give_way(home: Path) -> None:
    with guarded(put_practice_usbkey(home), "largest_connections = 5\n") as running, crowd(running, [PORTAL] * 5):
        assert asked_in(running, STRANGER) == 503
        assert asked_in(running, OTHER) == 503


def test_twelve_unfinished_messages_of_strangers_cost_nothing(own: Guarded) -> None:
    before = own.memory()
    origins = [f"https://{number}.stranger.example" for number in range(12)]
    with crowd(own, origins) as pages:
        for page in pages:
            page.send(header(FINAL | TEXT, LIMIT) + bytes(MIB))
        assert {page.close_code() for page in pages} <= {TOO_BIG, 0}  # 0: our own sending was cut off first
        assert own.memory() - before < 8 * MIB


def test_what_a_stranger_may_say_ends_at_64_kib(through: Guarded) -> None:
    largest = b"1|NoSuchFunction|".ljust(LARGEST_OF_STRANGER, b"x")
    with Wire(through.port, STRANGER) as page:
        page.send(header(FINAL | TEXT, len(largest)) + largest)
        assert page.receive()[1].startswith(b"1|NoSuchFunction|")
        page.send(header(FINAL | TEXT, len(largest) + 1))
        assert page.close_code() == TOO_BIG


def test_a_site_that_was_let_in_may_say_more_at_once(through: Guarded) -> None:
    large = b"1|NoSuchFunction|".ljust(4 * MIB, b"x")
    for origin in (PORTAL, REMEMBERED):
        with Wire(through.port, origin) as page:
            page.send(header(FINAL | TEXT, len(large)) + large)
            assert page.receive()[1].startswith(b"1|NoSuchFunction|")


def test_unfinished_messages_of_a_site_that_was_let_in_have_a_common_end_and_come_back(own: Guarded) -> None:
    """Who holds most gives way; another site is served meanwhile, with a message as large as there is."""

    def unfinished() -> list[int]:
        half = header(FINAL | TEXT, LIMIT) + bytes(15 * MIB)
        with crowd(own, [PORTAL] * 12) as pages:
            for page in pages:
                page.send(half)
            large = b"1|NoSuchFunction|".ljust(LIMIT, b"x")
            with Wire(own.port, OTHER) as other:
                other.send(header(FINAL | TEXT, LIMIT) + large)
                assert other.receive()[1].startswith(b"1|NoSuchFunction|")
            assert own.memory() - before < 200 * MIB
            for page in pages:
                page.socket.settimeout(0.5)
            return [_code(page) for page in pages]

    before = own.memory()
    codes = unfinished()
    assert codes.count(TRY_LATER) + codes.count(0) >= 8
    for _ in range(3):
        unfinished()
    assert _memory_comes_back(own, before + 32 * MIB)


def _memory_comes_back(running: Guarded, most: int) -> bool:
    """Connections that gave way are cut soon."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and running.memory() > most:
        with Wire(running.port, PORTAL) as page:
            page.ask("1|GetCertCount")
    return running.memory() <= most


def _code(page: Wire) -> int:
    try:
        return page.close_code()
    except TimeoutError:
        return -1


def test_https_connections_of_strangers_who_ask_nothing_keep_nobody_out(home: Path) -> None:
    with guarded(put_practice_usbkey(home), "largest_connections = 5\n") as running, contextlib.ExitStack() as opened:
        idle = [
            opened.enter_context(HttpsPage(f"https://{number}.stranger.example", running.service))
            for number in range(5)
        ]
        for page in idle:
            assert page.request("GET", "/v1/status")[0] == 403
        with HttpsPage(PORTAL, running.service) as page:
            assert page.call("certificates")["certificates"]
            assert idle[-1].request("GET", "/v1/status")[0] == 403
        idle[0].connection.auto_open = 0
        with pytest.raises((OSError, http.client.HTTPException)):
            idle[0].request("GET", "/v1/status")


def test_pages_that_were_let_in_keep_their_https_connections(home: Path) -> None:
    with guarded(put_practice_usbkey(home), "largest_connections = 3\n") as running, contextlib.ExitStack() as opened:
        pages = [opened.enter_context(HttpsPage(PORTAL, running.service)) for _ in range(3)]
        for page in pages:
            page.call("certificates")
        with HttpsPage(OTHER, running.service) as late:
            assert late.request("GET", "/v1/status")[0] == 503
        for page in pages:
            page.call("certificates")


def test_sessions_of_one_origin_are_few_before_it_is_let_in(running: Guarded) -> None:
    with contextlib.ExitStack() as opened:
        for _ in range(STRANGERS_PER_ORIGIN):
            opened.enter_context(HttpsPage(STRANGER, running.service)).open_session()
        with HttpsPage(STRANGER, running.service) as late, pytest.raises(InvalidStatus) as refused:
            late.open_session()
        assert refused.value.response.status_code == 429
        for _ in range(STRANGERS_PER_ORIGIN + 1):
            opened.enter_context(HttpsPage(PORTAL, running.service)).open_session()


def test_a_strangers_large_body_is_not_read_before_it_is_let_in(running: Guarded) -> None:
    before = running.memory()
    with contextlib.ExitStack() as opened:
        for number in range(6):
            page = opened.enter_context(HttpsPage(f"https://{number}.stranger.example", running.service))
            page.connection.putrequest("POST", "/v1/sign")
            for name, text in (
                ("Origin", page.origin),
                ("Content-Type", "application/json"),
                ("Content-Length", str(LIMIT)),
            ):
                page.connection.putheader(name, text)
            page.connection.endheaders()
            with contextlib.suppress(OSError):  # what nobody reads cannot be sent
                page.connection.sock.settimeout(1)
                page.connection.send(bytes(4 * MIB))
            page.connection.sock.settimeout(60)
            assert page.connection.getresponse().status == 403
        assert running.memory() - before < 8 * MIB


@pytest.mark.anyio
async def test_25_sub_domains_ask_and_the_person_is_asked_for_their_own_pin_next(home: Path) -> None:
    async with open_scene(put_practice_usbkey(home)) as scene:
        person = scene.person
        person.hold = asyncio.Event()
        person.decisions[ConfirmKind.CONNECT] = Decision.REFUSE_ALL
        pages = [scene.page(f"https://{number}.stranger.example") for number in range(25)]
        asking = [asyncio.create_task(scene.assistant.entries(page)) for page in pages]
        await person.opened.wait()
        own = scene.window()
        entry = await scene.signer(own)
        person.type("123456")
        logging_in = asyncio.create_task(scene.assistant.login(own, entry))
        refused = await asyncio.gather(*asking[WAITING_PER_ORIGIN:], return_exceptions=True)
        assert {each.code for each in refused if isinstance(each, HelperError)} == {Code.TOO_MANY}
        person.hold.set()
        await logging_in
        await asyncio.gather(*asking, return_exceptions=True)
        assert [type(question) for question in person.asked[:2]] == [Confirm, EnterPin]
        assert len(person.confirmations(ConfirmKind.CONNECT)) == 1
