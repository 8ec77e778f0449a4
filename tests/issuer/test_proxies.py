"""Proxies: the system's, none, or the one of the settings; never for this computer, and never by what it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hebca_helper.errors import Code, HelperError
from tests.issuer.counter import CODE, Counter
from tests.issuer.peer import TestAuthority, listening, saying

pytestmark = pytest.mark.anyio


class Proxy:
    """Connects as it is asked (RFC 9110, section 9.3.6), and remembers to whom."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head.split("\r\n")[0])
        host, _, port = self.asked[-1].split(" ")[1].rpartition(":")
        there_reader, there_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(4096):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def proxying() -> AsyncIterator[Proxy]:
    proxy = Proxy()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    async with server:
        yield proxy


@pytest.mark.parametrize(("setting", "used"), [("", True), ("direct", False)])
async def test_the_systems_proxy_is_used_unless_the_person_wants_none(
    counter: Counter, authority: TestAuthority, monkeypatch: pytest.MonkeyPatch, setting: str, used: bool
) -> None:
    async with proxying() as proxy, listening(counter.speak(), authority.server_context()) as peer:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert await counter.ask(peer, proxy=setting, verify=authority.bundle) == CODE
        assert [line.rpartition(" ")[0] for line in proxy.asked] == [f"CONNECT localhost:{peer.port}"] * used


async def test_the_proxy_of_the_settings_is_used(counter: Counter, authority: TestAuthority) -> None:
    async with proxying() as proxy, listening(counter.speak(), authority.server_context()) as peer:
        assert await counter.ask(peer, proxy=proxy.url, verify=authority.bundle) == CODE
        assert len(proxy.asked) == 1


async def test_a_proxy_cannot_pass_for_the_ca(counter: Counter, authority: TestAuthority) -> None:
    """It may see to whom we speak, not what: the certificate is checked through it."""
    async with proxying() as proxy, listening(counter.speak(), authority.server_context()) as peer:
        with pytest.raises(HelperError) as problem:
            await counter.ask(peer, proxy=proxy.url)
    assert problem.value.code is Code.ONLINE_NOT_GENUINE
    assert peer.heard == []


async def test_the_practice_ca_is_never_asked_through_a_proxy(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(saying(b"")) as proxy, listening(counter.speak()) as peer:
        monkeypatch.setenv("HTTP_PROXY", proxy.origin)
        monkeypatch.setenv("ALL_PROXY", proxy.origin)
        assert await counter.ask(peer) == CODE
        assert await counter.ask(peer, proxy=proxy.origin) == CODE
    assert proxy.heard == []


@pytest.mark.parametrize("setting", ["socks5://127.0.0.1:1", "file:///x", "nonsense"])
async def test_a_setting_that_is_no_proxy_is_told(counter: Counter, authority: TestAuthority, setting: str) -> None:
    async with listening(counter.speak(), authority.server_context()) as peer:
        with pytest.raises(HelperError) as problem:
            await counter.ask(peer, proxy=setting)
    assert (problem.value.code, problem.value.detail) == (Code.SETTINGS_DAMAGED, "proxy")


async def test_a_proxy_that_is_not_there_is_told(counter: Counter, authority: TestAuthority) -> None:
    async with proxying() as proxy:
        gone = proxy.url
    async with listening(counter.speak(), authority.server_context()) as peer:
        with pytest.raises(HelperError) as problem:
            await counter.ask(peer, proxy=gone)
    assert problem.value.code is Code.ONLINE_UNREACHABLE
    assert peer.heard == []


async def test_passwords_of_netrc_are_not_sent(
    counter: Counter, authority: TestAuthority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine localhost login somebody password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    async with listening(counter.speak(), authority.server_context()) as peer:
        await counter.ask(peer, verify=authority.bundle)
    assert "authorization" not in peer.heard[0].headers
