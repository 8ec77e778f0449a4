"""The hall as a server: its announcement, its ports, its guards, what a restart keeps."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
from pathlib import Path

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.practice.announcement import AnnouncedOrigins
from hebca_helper.practice.hall import captcha
from hebca_helper.practice.hall.server import Hall
from hebca_helper.practice.serving import AssistantPorts, serve_until
from tests.practice.hall.held import HeldCertificate, MovingClock
from tests.practice.hall.people import ZHANG, Person, accepted

pytestmark = pytest.mark.anyio


def _ask(
    hall: Hall, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage]:
    port = int(hall.origin.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, {"Host": f"localhost:{port}", **named})
        reply = connection.getresponse()
        reply.read()
        return reply.status, reply.headers
    finally:
        connection.close()


async def ask(
    hall: Hall, *arguments: str, body: bytes | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage]:
    method, path = arguments
    return await asyncio.to_thread(_ask, hall, method, path, body, **headers)


async def test_it_announces_its_origin_while_it_runs(home: Path) -> None:
    hall = Hall(home, port=0)
    await hall.start()
    told = json.loads((home / "practice" / "hall.json").read_text())
    assert told == {"origins": [hall.origin], "pid": os.getpid()}
    assert AnnouncedOrigins(home)() == {hall.origin}
    await hall.stop()
    assert not (home / "practice" / "hall.json").exists()
    await hall.stop()


async def test_a_second_hall_keeps_its_own_announcement(home: Path) -> None:
    first, second = Hall(home, port=0), Hall(home, port=0)
    await first.start()
    await second.start()
    await first.stop()
    assert AnnouncedOrigins(home)() == {second.origin}
    await second.stop()


async def test_both_loopback_addresses_answer(hall: Hall) -> None:
    port = int(hall.origin.rpartition(":")[2])
    for address in ("127.0.0.1", "::1"):
        reader, writer = await asyncio.open_connection(address, port)
        writer.write(f"GET /login HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
async def test_a_port_taken_in_either_family_is_told(home: Path, family: socket.AddressFamily) -> None:
    with socket.socket(family) as taken:
        taken.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        taken.listen()
        with pytest.raises(HelperError) as problem:
            await Hall(home, port=taken.getsockname()[1]).start()
    assert problem.value.code is Code.PORT_TAKEN
    assert not (home / "practice" / "hall.json").exists()


async def test_accounts_and_bindings_survive_a_restart_but_logins_do_not(
    home: Path, moving: MovingClock, company: HeldCertificate
) -> None:
    first = Hall(home, port=0, clock=moving)
    await first.start()
    zhang = await Person(first, ZHANG).settle(company)
    accepted(await zhang.log_in())
    cookies = zhang.visitor._cookies
    await first.stop()
    second = Hall(home, port=0, clock=moving)
    await second.start()
    try:
        back = Person(second, ZHANG)
        back.visitor._cookies = cookies
        assert not (await back.whoami())["logged_in"]
        accepted(await back.certificate_login(company))
    finally:
        await second.stop()


async def test_a_hall_runs_until_it_is_told_to_stop(home: Path) -> None:
    ready: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()
    running = asyncio.create_task(serve_until(stop, Hall(home, 0, AssistantPorts()), ready.set_result))
    urls = await ready
    assert urls["phone"] == f"{urls['hall']}phone"
    stop.set()
    await running
    assert not (home / "practice" / "hall.json").exists()


async def test_a_damaged_database_is_kept_aside_and_told(home: Path) -> None:
    database = home / "practice" / "hall.sqlite3"
    database.parent.mkdir()
    database.write_bytes(b"no database at all" * 1000)
    hall = Hall(home, port=0)
    await hall.start()
    try:
        aside = next(database.parent.glob("hall.sqlite3.damaged-*"))
        assert aside.name in hall.urls["problem"]
        accepted(await Person(hall, ZHANG).register())
    finally:
        await hall.stop()


# Guards


@pytest.mark.parametrize("host", ["evil.example", "localhost", "localhost:1", "127.0.0.1.nip.io:80"])
async def test_another_host_is_refused(hall: Hall, host: str) -> None:
    assert (await ask(hall, "GET", "/login", Host=host))[0] == 403


async def test_the_address_leads_to_the_name(hall: Hall) -> None:
    port = hall.origin.rpartition(":")[2]
    status, headers = await ask(hall, "GET", "/register", Host=f"127.0.0.1:{port}")
    assert (status, headers["location"]) == (307, f"{hall.origin}/register")
    posted = await ask(
        hall, "POST", "/api/logout", body=b"{}", Host=f"127.0.0.1:{port}", Content_Type="application/json"
    )
    assert posted[0] == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json", "Origin": "http://localhost:3000"}, 403),  # same site, other port
        ({"Content-Type": "application/json", "Origin": "null"}, 403),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
    ],
)
async def test_a_post_of_another_page_is_refused(hall: Hall, headers: dict[str, str], status: int) -> None:
    assert (await ask(hall, "POST", "/api/whoami", body=b"{}", **headers))[0] == status


async def test_too_large_and_unreadable_bodies(hall: Hall) -> None:
    json_type = {"Content-Type": "application/json"}
    assert (await ask(hall, "POST", "/api/whoami", body=b" " * 300_000, **json_type))[0] == 413
    for body in (b"", b"[]", b"{", b"\xff", b"[" * 100_000):
        assert (await ask(hall, "POST", "/api/whoami", body=body, **json_type))[0] == 200
    answer = await Person(hall, ZHANG).whoami()
    assert answer == {"ok": True, "logged_in": False}


async def test_every_answer_carries_the_policy_and_only_client_pages_may_evaluate(hall: Hall) -> None:
    for path in ("/login", "/register", "/phone", "/help", "/static/hall.js", "/nowhere"):
        policy = (await ask(hall, "GET", path))[1]["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert ("'unsafe-eval'" in policy) == (path == "/login")


async def test_the_cookie_is_for_the_server_only(hall: Hall) -> None:
    cookie = (await ask(hall, "GET", "/login"))[1]["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


@pytest.mark.parametrize("path", ["/home", "/bind/unit", "/bind/ca"])
async def test_private_pages_lead_to_the_login(hall: Hall, path: str) -> None:
    status, headers = await ask(hall, "GET", path)
    assert (status, headers["location"]) == (303, "/login")


async def test_names_are_shown_as_text(hall: Hall) -> None:
    zhang = await Person(hall, ZHANG).arrive()
    hall.services.store.run("UPDATE account SET person = '<b>' WHERE username = 'zhangsan'")
    page = await zhang.visitor.get("/home")
    assert "&lt;b&gt;" in page
    assert "<b><small>" not in page


async def test_every_page_says_practice_and_loads_nothing_from_elsewhere(hall: Hall) -> None:
    visitor = Person(hall, ZHANG).visitor
    for path in ("/login", "/register", "/phone", "/help"):
        page = await visitor.get(path)
        assert 'data-testid="practice-banner"' in page
        assert "//" not in page.replace(hall.origin, "")


def test_the_captcha_draws_what_it_reads() -> None:
    drawn = {captcha.new_text() for _ in range(200)}
    assert all(captcha.read(captcha.draw(text)) == text for text in drawn)
    assert not any(text in captcha.draw(text) for text in drawn)
