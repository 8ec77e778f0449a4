"""Logging in to a site with the person's USBKEY: a token for that site only (issue: the local HTTPS bridge)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hebca_helper.assistant.asker.asking import Channel
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.key.web_eid import _require_nonce
from hebca_helper.assistant.person.prompts import ConfirmKind
from hebca_helper.errors import Code, HelperError
from tests.assistant.scene import HALL, TRUSTED
from tests.bridge.https.pages import PIN, open_bridge
from tests.bridge.https.web_eid_rules import demanded_of_certificate, is_login
from tests.https_page import nonce


@pytest.mark.anyio
@pytest.mark.parametrize("ec", [False, True], ids=["RSA", "EC"])
async def test_a_person_logs_in_to_the_site_they_are_shown(make_home: Callable[..., Path], ec: bool) -> None:
    async with open_bridge(make_home(ec=ec)) as bridge:
        bridge.scene.person.type(PIN)
        challenge = nonce()
        token = await bridge.page().call("login", nonce=challenge)
        assert token["algorithm"] == ("ES256" if ec else "RS256")
        assert is_login(token, HALL, challenge)
        assert not is_login(token, "https://bank.example", challenge)
        assert not is_login(token, HALL, nonce())
        assert "client_auth" in demanded_of_certificate(token)
        (dialog,) = bridge.scene.person.pin_dialogs()
        assert (dialog.kind, dialog.subject, dialog.asker.channel) == (ConfirmKind.ONLINE_LOGIN, HALL, Channel.HTTPS)
        row = bridge.scene.assistant.journal.recent(1)[0]
        assert (row.operation, row.channel, row.origin, row.result) == (Operation.ONLINE_LOGIN, "https", HALL, "done")


@pytest.mark.anyio
async def test_each_login_asks_even_within_a_session_that_is_logged_in(practice_home: Path) -> None:
    async with open_bridge(practice_home) as bridge:
        page = bridge.page()
        await page.open_session()
        bridge.scene.person.type(PIN)
        await page.call("login", nonce=nonce())
        bridge.agree(ConfirmKind.ONLINE_LOGIN)
        await page.call("login", nonce=nonce())
        assert len(bridge.scene.person.confirmations(ConfirmKind.ONLINE_LOGIN)) == 1
        del bridge.scene.person.decisions[ConfirmKind.ONLINE_LOGIN]


@pytest.mark.anyio
async def test_a_login_says_what_is_wrong_before_anybody_is_asked(practice_home: Path) -> None:
    """The origin is the caller's own: there is no way to name another. A nonce has at least 256 bits."""
    async with open_bridge(practice_home) as bridge:
        page = bridge.page(TRUSTED)
        await page.call("certificates")
        for wrong in (
            {"nonce": nonce()[:43]},
            {"nonce": "A" * 129},
            {"nonce": "not base64 " + nonce()},
            {"nonce": nonce(), "origin": "https://bank.example"},
            {"nonce": 5},
            {},
        ):
            assert await page.fails(Code.BAD_REQUEST, "login", **wrong)
        assert await page.fails(Code.NO_CERTIFICATE, "login", nonce=nonce(), certificate="0" * 64)
        assert not bridge.scene.person.asked


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("A" * 43, False),
        ("A" * 43 + "=", True),
        ("A" * 42 + "==", True),
        ("A" * 41 + "===", False),
        ("A" * 128, True),
        ("A" * 126 + "==", True),
        ("A" * 127 + "==", False),
        ("A" * 44 + "\n", False),
        ("+/-_" * 11, True),
        ("A" * 22 + "=" + "A" * 21, False),
    ],
)
def test_a_nonce_has_44_to_128_characters_of_base64(text: str, taken: bool) -> None:
    try:
        _require_nonce(text)
    except HelperError as refused:
        assert refused.code is Code.BAD_REQUEST
        taken_here = False
    else:
        taken_here = True
    assert taken_here is taken


@pytest.mark.anyio
async def test_a_site_that_anyone_on_the_line_can_imitate_gets_no_token(practice_home: Path) -> None:
    async with open_bridge(practice_home) as bridge:
        insecure = "http://111.62.46.105:9010"
        connection = bridge.scene.page(insecure)
        connection.admitted = True
        entry = await bridge.scene.signer()
        with pytest.raises(HelperError) as raised:
            await bridge.scene.assistant.web_eid.authenticate(connection, entry, nonce())
        assert raised.value.code is Code.DENIED_BY_POLICY
