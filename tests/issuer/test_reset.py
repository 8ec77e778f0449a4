"""重置证书密码 from end to end: a locked USBKEY, an order at the counter, a page, a person, and a PIN that works."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Origin

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision, PinPurpose
from hebca_helper.assistant.unattended import AbsentPrompts, UnattendedPrompts
from hebca_helper.bridge.service import CertificateService
from hebca_helper.errors import Code, HelperError
from hebca_helper.practice.announcement import CA, announce
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.ca_service.seal import AnswerSeal
from hebca_helper.practice.usbkey import PRACTICE_PIN, PRACTICE_SO_PIN
from hebca_helper.settings import Settings
from hebca_helper.tokens.model import PinState
from tests.failures import failure
from tests.issuer.counter import Counter
from tests.issuer.peer import listening
from tests.issuer.reset_scene import HALL, ISSUER, NEW_PIN, ResetScene, resetting

pytestmark = pytest.mark.anyio


async def refused(scene: ResetScene, entry: CertificateEntry, url: str, origin: str | None = None) -> Code:
    return (await failure(scene.assistant.online.reset(scene.page(origin), entry, url))).code


async def test_a_locked_usbkey_gets_a_new_pin(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with resetting(home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        assert await scene.pin_state() is PinState.LOCKED
        scene.person.type(NEW_PIN)
        await scene.assistant.online.reset(page, entry, await scene.order(entry))
        assert await scene.pin_state() is PinState.FINE
        assert await scene.accepts(NEW_PIN)
        with pytest.raises(HelperError) as old:
            await scene.accepts(PRACTICE_PIN)
        assert old.value.code is Code.PIN_INCORRECT
        assert scene.journal() == [("unblock", "done"), ("reset-pin", "done")]
        written = scene.everything_written()
    for secret in (NEW_PIN, PRACTICE_SO_PIN):
        assert secret.encode() not in written
        assert secret not in caplog.text


async def test_the_person_sees_who_asks_whom_about_which_usbkey(home: Path) -> None:
    async with resetting(home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(NEW_PIN)
        await scene.assistant.online.reset(page, entry, await scene.order(entry))
        (consent,) = scene.person.confirmations(ConfirmKind.RESET_PIN)
        assert consent.subject == scene.ca.origin.removeprefix("http://")
        assert consent.entry is not None
        assert consent.entry.token.serial == entry.token.serial
        assert consent.asker.origin == scene.ca.origin
        assert not consent.may_remember
        (dialog,) = scene.person.pin_dialogs()
        assert (dialog.purpose, dialog.token.id) == (PinPurpose.NEW, entry.token.id)


async def test_a_weak_pin_is_asked_again(home: Path) -> None:
    async with resetting(home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type("123456", "12345", NEW_PIN)
        await scene.assistant.online.reset(page, entry, await scene.order(entry))
        problems = [dialog.problem.code if dialog.problem else None for dialog in scene.person.pin_dialogs()]
        assert problems == [None, Code.PIN_WEAK, Code.PIN_LENGTH]
        assert await scene.accepts(NEW_PIN)


async def test_every_login_of_the_token_ends(home: Path) -> None:
    async with resetting(home, "fresh") as scene:
        page, other = scene.page(), scene.page(HALL)
        entry = await scene.signer(page)
        scene.person.type(PRACTICE_PIN, NEW_PIN)
        await scene.assistant.login(other, entry)
        await scene.assistant.online.reset(page, entry, await scene.order(entry))
        assert not scene.assistant.is_logged_in(other, entry.token.id)


@pytest.mark.parametrize("way", ["no to the question", "no new PIN"])
async def test_a_person_who_cancels_changes_nothing(home: Path, way: str) -> None:
    async with resetting(home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        url = await scene.order(entry)
        if way == "no new PIN":
            scene.person.type(None)
        else:
            scene.person.decisions[ConfirmKind.RESET_PIN] = Decision.NO
        assert await refused(scene, entry, url) is Code.USER_CANCELLED
        assert await scene.pin_state() is PinState.LOCKED
        assert scene.journal() == [("reset-pin", "user-cancelled")]
        # the order was not used up
        scene.person.decisions[ConfirmKind.RESET_PIN] = Decision.ONCE
        scene.person.type(NEW_PIN)
        await scene.assistant.online.reset(page, entry, url)


@pytest.mark.parametrize("prompts", ["absent", "unattended"])
async def test_without_a_person_it_is_refused(home: Path, prompts: str) -> None:
    async with resetting(home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        await scene.assistant.admit(page)
        unattended = UnattendedPrompts(PRACTICE_PIN, scene.assistant.origins)
        scene.assistant.prompts = unattended if prompts == "unattended" else AbsentPrompts()
        with pytest.raises(HelperError) as problem:
            await scene.assistant.online.reset(page, entry, await scene.order(entry))
        assert problem.value.code is Code.PERSON_NEEDED


async def test_sites_that_are_not_the_issuers_are_denied_without_a_question(home: Path) -> None:
    async with resetting(home) as scene:
        entry = await scene.signer(scene.page())
        url = await scene.order(entry)
        for origin in (HALL, "https://www.hebca.com.evil.example", "http://www.hebca.com"):
            scene.person.asked.clear()
            assert await refused(scene, entry, url, origin) is Code.DENIED_BY_POLICY
            assert scene.person.confirmations(ConfirmKind.RESET_PIN) == []
            assert scene.person.pin_dialogs() == []
        assert scene.journal() == [("reset-pin", "denied-by-policy")] * 3


async def test_addresses_that_are_not_the_issuers_are_denied_without_a_question(home: Path) -> None:
    async with resetting(home) as scene:
        entry = await scene.signer(scene.page())
        port = scene.ca.origin.rpartition(":")[2]
        for url in (
            "https://evil.example/",
            "http://www.hebca.com/",
            f"http://localhost:{int(port) - 1}/",
            f"http://localhost.evil.example:{port}/",
            f"http://localhost:{port}@evil.example/",
            "",
        ):
            assert await refused(scene, entry, url) is Code.DENIED_BY_POLICY
        assert scene.person.confirmations(ConfirmKind.RESET_PIN) == []


async def test_no_real_service_hears_of_a_practice_usbkey(home: Path) -> None:
    async with resetting(home) as scene:
        entry = await scene.signer(scene.page())
        assert await refused(scene, entry, f"{ISSUER}/reset") is Code.DENIED_BY_POLICY
        assert scene.person.confirmations(ConfirmKind.RESET_PIN) == []


async def test_without_an_order_the_usbkey_stays_locked(home: Path) -> None:
    async with resetting(home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(NEW_PIN)
        assert await refused(scene, entry, f"{scene.ca.origin}/online?order=none") is Code.ONLINE_REFUSED
        assert await scene.pin_state() is PinState.LOCKED
        assert scene.journal() == [("reset-pin", "online-refused")]


async def test_whoever_takes_the_practice_cas_place_is_not_believed(home: Path, tmp_path: Path) -> None:
    """Another program of this user with the right port and announcement, but without the CA's key."""
    ca = PracticeCa.create(tmp_path / "false")
    false = Counter(ca, AnswerSeal(ca, datetime.now(UTC)), b"")
    async with resetting(home) as scene, listening(false.speak(unlock_code=PRACTICE_SO_PIN)) as peer:
        entry = await scene.signer(scene.page())
        announce(home, CA, peer.origin)
        scene.person.type(NEW_PIN)
        with pytest.raises(HelperError) as problem:
            await scene.assistant.online.reset(scene.page(peer.origin), entry, f"{peer.origin}/online")
        assert problem.value.code is Code.ONLINE_NOT_GENUINE
        assert await scene.pin_state() is PinState.LOCKED
        announce(home, CA, scene.ca.origin)


async def test_a_service_that_is_gone_is_not_called(home: Path) -> None:
    async with resetting(home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        url = await scene.order(entry)
        await scene.ca.stop()
        assert await refused(scene, entry, url, HALL) is Code.DENIED_BY_POLICY
        window = scene.assistant.connect(Asker(Channel.WINDOW))
        with pytest.raises(HelperError) as problem:
            await scene.assistant.online.reset(window, entry, url)
        assert problem.value.code is Code.DENIED_BY_POLICY


async def test_a_page_that_goes_while_the_pin_is_asked_takes_everything_with_it(home: Path) -> None:
    async with resetting(home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        url = await scene.order(entry)
        scene.person.hold = asyncio.Event()
        scene.person.opened.clear()
        resetting_it = asyncio.create_task(scene.assistant.online.reset(page, entry, url))
        await asyncio.wait_for(scene.person.opened.wait(), 60)
        resetting_it.cancel()
        with pytest.raises(asyncio.CancelledError):
            await resetting_it
        assert scene.journal() == [("reset-pin", "user-cancelled")]
        assert await scene.pin_state() is PinState.LOCKED


# As a page of the CA does it


async def _ask(service: CertificateService, origin: str, *calls: str) -> list[dict[str, object]]:
    """The answers to frames as old pages send them."""
    answers = []
    async with connect(service.url, origin=Origin(origin), proxy=None) as page:
        for call in calls:
            await page.send(call)
            while not (reply := str(await page.recv())).startswith("1|"):
                pass
            answers.append(json.loads(reply.split("|", 2)[2]))
    return answers


async def test_a_page_resets_and_its_own_pin_is_ignored(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "hebca_helper")
    async with resetting(home) as scene:
        service = CertificateService(scene.assistant, Settings(certificate_port=0))
        await service.start()
        try:
            url = await scene.order(await scene.signer(scene.page()))
            scene.person.type(NEW_PIN)
            call = f'1|OnlineResetPinByURL|{{"url":"{url}","userpin":"PagePin77"}}'
            _, reset = await _ask(service, scene.ca.origin, "1|SelectSignCert", call)
            assert reset["ret"] == 0
            assert await scene.accepts(NEW_PIN)
            with pytest.raises(HelperError):
                await scene.accepts("PagePin77")
            written = scene.everything_written()
        finally:
            await service.stop()
    assert b"PagePin77" not in written
    assert "PagePin77" not in caplog.text
    assert NEW_PIN not in json.dumps(reset)
    assert PRACTICE_SO_PIN not in json.dumps(reset)


async def test_formatting_is_refused_to_everybody(home: Path) -> None:
    denied = HelperError(Code.DENIED_BY_POLICY).number
    async with resetting(home) as scene:
        service = CertificateService(scene.assistant, Settings(certificate_port=0))
        await service.start()
        try:
            for origin in (scene.ca.origin, ISSUER, HALL):
                call = f'1|OnlineFormatByURL|{{"url":"{scene.ca.origin}/online","adminpin":"{PRACTICE_SO_PIN}"}}'
                (answer,) = await _ask(service, origin, call)
                assert answer["ret"] == denied
            (answer,) = await _ask(service, HALL, '1|OnlineResetPinByURL|{"url":"https://www.hebca.com/"}')
            assert answer["ret"] == denied
        finally:
            await service.stop()
        assert scene.person.confirmations(ConfirmKind.RESET_PIN) == []
