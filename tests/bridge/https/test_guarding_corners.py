"""The rare turns of the code that guards the HTTPS API: floods, clients that are gone, paths that are none."""

from __future__ import annotations

import asyncio
import os
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from websockets.exceptions import InvalidStatus

from hebca_helper import peer
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.key.web_eid import WebEid
from hebca_helper.bridge.https.calls import Asked, Calls, _request_id
from hebca_helper.bridge.https.flights import MOST_PER_ORIGIN, Asking, Flights
from hebca_helper.bridge.https.sessions import Sessions
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.settings import Settings
from tests.assistant.scene import HALL, Scene, open_scene
from tests.bridge.https.pages import as_json, open_bridge
from tests.events_socket import EventsSocket
from tests.https_page import any_tls, nonce

pytestmark = pytest.mark.anyio


async def test_a_request_is_withdrawn_once_and_others_cancellations_go_on() -> None:
    flights = Flights()

    async def work(kind: str) -> None:
        with flights.begin(Asking(HALL, "", kind)) as flight:
            if kind == "withdrawn":
                flight.withdraw()
                flight.withdraw(Code.SERVICE_STOPPING)
            await asyncio.Event().wait()

    with pytest.raises(HelperError) as ended:
        await asyncio.create_task(work("withdrawn"))
    assert ended.value.code is Code.USER_CANCELLED
    task = asyncio.create_task(work("cancelled"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_one_site_has_so_many_requests_in_flight_and_no_id_twice() -> None:
    flights, begun = Flights(), []
    for number in range(MOST_PER_ORIGIN):
        begun.append(flights.begin(Asking(HALL, "", str(number))))
        begun[-1].__enter__()
    for asking, code in ((Asking(HALL, "", "more"), Code.TOO_MANY), (Asking("https://other.example", "", "0"), None)):
        try:
            with flights.begin(asking):
                assert code is None
        except HelperError as problem:
            assert problem.code is code
    begun.pop().__exit__(None, None, None)
    with pytest.raises(HelperError) as refused, flights.begin(Asking(HALL, "", "0")):
        pass
    assert refused.value.code is Code.BAD_REQUEST
    for each in begun:
        each.__exit__(None, None, None)


@pytest.mark.parametrize("text", ["", "a b", "名", "x" * 65, "x\n", "a|b"])
def test_an_id_that_is_none_is_a_bad_request(text: str) -> None:
    assert (_request_id(None), _request_id("x" * 64)) == ("", "x" * 64)
    with pytest.raises(HelperError) as refused:
        _request_id(text)
    assert refused.value.code is Code.BAD_REQUEST


def calls_of(scene: Scene) -> Calls:
    return Calls(scene.assistant, Settings, Sessions(scene.assistant), Flights())


def asked(read_body: Any) -> Asked:
    return Asked(HALL, "POST", "/v1/check", read_body, lambda _: None, content_type="application/json")


async def test_what_nobody_foresaw_is_answered_and_tells_nothing(practice_home: Path) -> None:
    async def broken() -> bytes:
        raise RuntimeError("secret")

    async with open_scene(practice_home) as scene:
        reply = await calls_of(scene).answer(asked(broken))
        assert reply.status >= HTTPStatus.BAD_REQUEST
        assert as_json(reply.body)["error"]["code"] == Code.EXECUTION_FAILED
        assert b"secret" not in reply.body


async def test_other_paths_and_an_events_path_without_a_socket(practice_home: Path) -> None:
    async with open_bridge(practice_home) as bridge:
        page = bridge.page()
        assert (await page.request("GET", "/v1/events"))[0] == HTTPStatus.UPGRADE_REQUIRED
        address = bridge.service.url.replace("https:", "wss:") + "/v1/other"

        def knock() -> None:
            EventsSocket(address, HALL, any_tls()).close()

        with pytest.raises(InvalidStatus) as refused:
            await asyncio.to_thread(knock)
        assert refused.value.response.status_code == HTTPStatus.NOT_FOUND


async def test_a_client_that_is_gone_is_nobody_of_ours(practice_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await peer.comes_from_same_user(None, ("127.0.0.1", 1)) is False
    monkeypatch.setattr(peer, "ON_LINUX", False)  # elsewhere looking takes longer, and goes to a thread
    async with open_bridge(practice_home) as bridge:
        await bridge.page().call("certificates")


async def test_another_user_s_program_is_turned_away(practice_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said by the system's tables; that they say so is for tests that may become somebody else."""
    monkeypatch.setattr(peer, "_linux_owner", lambda *_: os.geteuid() + 1)
    async with open_bridge(practice_home) as bridge:
        assert (await bridge.page().request("GET", "/v1/status"))[0] == 403


@pytest.mark.parametrize("kind", [KeyKind.SM2, KeyKind.OTHER])
async def test_a_login_token_needs_a_key_of_its_kinds(practice_home: Path, kind: KeyKind) -> None:
    async with open_scene(practice_home) as scene:
        web_eid: WebEid = scene.assistant.web_eid
        page = scene.page()
        entry = await scene.signer(page)
        odd = cast(
            CertificateEntry,
            SimpleNamespace(
                certificate=SimpleNamespace(
                    key_kind=kind, holder="", common_name="", fingerprint="", serial_hex="", practice=True
                ),
                token=entry.token,
                key_id=entry.key_id,
                holder="",
            ),
        )
        for each, challenge, code in ((odd, nonce(), Code.NOT_SUPPORTED), (entry, "short", Code.BAD_REQUEST)):
            with pytest.raises(HelperError) as refused:
                await web_eid.authenticate(page, each, challenge)
            assert refused.value.code is code
