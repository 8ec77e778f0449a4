"""Floods and crowds: those who ask too much wait, those who behave lose nothing (house rule 6)."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hebca_helper.errors import Code
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.keys import SignatureAlgorithm, verify
from tests.assistant.scene import TRUSTED, UNKNOWN
from tests.bridge.https.pages import PIN, open_bridge
from tests.https_page import HttpsPage, nonce
from tests.practice_homes import put_practice_usbkey
from tests.security.conftest import OTHER, PORTAL, Guarded, guarded


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(put_practice_usbkey(tmp_path_factory.mktemp("home"))) as running:
        yield running


@pytest.mark.anyio
async def test_a_flood_of_wrong_calls_is_told_to_wait_and_others_are_not(practice_home: Path) -> None:
    async with open_bridge(practice_home, failed_requests=5) as bridge:
        stranger, page, logged_in = bridge.page(UNKNOWN), bridge.page(TRUSTED), bridge.page()
        for _ in range(5):
            assert await stranger.fails(Code.DENIED_BY_POLICY, "status")
        await page.call("certificates")
        for _ in range(5):
            assert await page.fails(Code.BAD_REQUEST, "sign", items=[])
        status, headers, answer = await page.request("GET", "/v1/status")
        assert (status, json.loads(answer)["error"]["code"]) == (429, "too-many")
        assert int(headers["retry-after"]) > 0
        await logged_in.open_session()
        bridge.scene.person.type(PIN)
        await logged_in.call("login", nonce=nonce())
        for _ in range(7):  # a login works with the person's consent
            assert await logged_in.fails(Code.BAD_REQUEST, "sign", items=[])


@pytest.mark.parametrize(
    ("clients", "calls"), [(12, 10), pytest.param(50, 200, marks=[pytest.mark.full, pytest.mark.timeout(600)])]
)
def test_not_one_answer_is_lost_or_crossed(crowd: Guarded, clients: int, calls: int) -> None:
    """Each client signs words of its own, with ids of its own."""

    def client(number: int) -> int:
        origin = (PORTAL, OTHER)[number % 2]
        with HttpsPage(origin, crowd.service) as page:
            page.open_session()
            for call in range(calls):
                words = f"{number} {call} {os.urandom(4).hex()}".encode()
                item = {"data": base64.b64encode(words).decode()}
                answer = page.call("sign", request_id=f"{number}-{call}", items=[item])
                spki = Certificate.parse(base64.b64decode(answer["certificate"])).spki
                signature = base64.b64decode(answer["signatures"][0]["signature"])
                assert verify(spki, SignatureAlgorithm.RSA_SHA256, words, signature)
        return calls

    with ThreadPoolExecutor(clients) as threads:
        assert sum(threads.map(client, range(clients))) == clients * calls
