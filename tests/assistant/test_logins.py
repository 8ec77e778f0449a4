"""PKCS#11 knows one login for the whole process; here each page has its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.errors import Code, HelperError
from hebca_helper.practice.usbkey import plug, unplug
from hebca_helper.tokens.errands import Errand
from hebca_helper.tokens.messages import Work
from hebca_helper.tokens.model import EventKind, Mechanism, PinState
from tests.assistant.scene import HALL, TRUSTED, Scene, open_scene
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.anyio
PIN = "123456"


async def test_one_pin_signs_again_and_again_and_each_time_is_counted_and_shown(practice_home: Path) -> None:
    async with open_scene(practice_home, repeated_signatures=2) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN)
        await scene.assistant.sign(page, entry, b"one", text="one")
        [asked] = scene.person.pin_dialogs()
        assert asked.asker.origin == HALL
        assert asked.content is not None
        assert asked.content.text == "one"
        await scene.assistant.sign(page, entry, b"two")
        await scene.assistant.sign(page, entry, b"three")
        assert len(scene.person.notices) == 2
        scene.person.decisions[ConfirmKind.SIGN] = Decision.NO
        with pytest.raises(HelperError) as cancelled:
            await scene.assistant.sign(page, entry, b"four")
        assert cancelled.value.code is Code.USER_CANCELLED


async def test_the_tokens_in_use_are_those_that_somebody_is_logged_in_to(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        assert scene.assistant.tokens_in_use() == []
        scene.person.type(PIN)
        await scene.assistant.login(page, entry)
        assert scene.assistant.tokens_in_use() == [entry.token.id]
        await scene.assistant.logout(page)
        assert scene.assistant.tokens_in_use() == []


@pytest.mark.parametrize("turns", [0, 2], ids=["before it is sent", "under way"])
async def test_a_login_that_was_given_up_does_not_stay_in_the_token(practice_home: Path, turns: int) -> None:
    """The person gave up waiting; the library may log in all the same a moment later."""

    async def give_up(errand: Errand) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        errand.give_up()

    def impatient(errand: Errand, begins: bool) -> None:
        if begins and errand.work is Work.LOGIN:
            giving_up.append(asyncio.ensure_future(give_up(errand)))

    giving_up: list[asyncio.Future[None]] = []
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        stop = scene.tokens.errands.subscribe(impatient)
        scene.person.type(PIN)
        with pytest.raises(HelperError) as told:
            await scene.assistant.login(page, entry)
        stop()
        assert told.value.code is Code.USER_CANCELLED
        assert scene.assistant.tokens_in_use() == []
        async with asyncio.timeout(60):
            while not await logged_out(scene, entry):
                pass
        scene.person.type(PIN)
        await scene.assistant.login(page, entry)
        assert await scene.assistant.sign(page, entry, b"a challenge of a portal".replace(b" ", b"-"))


async def logged_out(scene: Scene, entry: CertificateEntry) -> bool:
    try:
        await scene.tokens.sign(entry.token.id, entry.key_id, Mechanism.RSA_PKCS1_SHA1, bytes(20))
    except HelperError as problem:
        assert problem.code is Code.NOT_LOGGED_IN
        return True
    return False


async def test_a_large_text_is_asked_about_although_the_page_is_logged_in(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN)
        await scene.assistant.login(page, entry)
        scene.person.decisions[ConfirmKind.SIGN] = Decision.ONCE
        await scene.assistant.sign(page, entry, b"x" * 4097)
        [asked] = scene.person.confirmations(ConfirmKind.SIGN)
        assert asked.content is not None
        assert asked.content.size == 4097


async def test_another_page_needs_its_own_pin_and_a_wrong_one_never_reaches_the_token(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        first, second = scene.page(), scene.page(TRUSTED)
        entry = await scene.signer(first)
        scene.person.type(PIN)
        await scene.assistant.login(first, entry)
        assert not scene.assistant.is_logged_in(second, entry.token.id)
        scene.person.type("000000", None)
        with pytest.raises(HelperError) as cancelled:
            await scene.assistant.sign(second, entry, b"mine?")
        assert cancelled.value.code is Code.USER_CANCELLED
        problem = scene.person.pin_dialogs()[-1].problem
        assert problem is not None
        assert problem.code is Code.PIN_INCORRECT
        [token] = await scene.assistant.tokens()
        assert token.tries_left == 10
        assert scene.assistant.is_logged_in(first, entry.token.id)


async def test_one_page_logs_out_while_another_signs(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        first, second = scene.page(), scene.page(TRUSTED)
        entry = await scene.signer(first)
        scene.person.type(PIN, PIN)
        await scene.assistant.login(first, entry)
        await scene.assistant.login(second, entry)
        scene.person.decisions[ConfirmKind.SIGN] = Decision.ONCE
        signing = [asyncio.create_task(scene.assistant.sign(second, entry, b"%d" % n)) for n in range(10)]
        await scene.assistant.logout(first)
        assert all(await asyncio.gather(*signing))
        assert not scene.assistant.is_logged_in(first, entry.token.id)


async def test_the_token_is_logged_out_with_the_last_login(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN)
        await scene.assistant.sign(page, entry, b"data")
        await scene.assistant.close(page)
        with pytest.raises(HelperError) as refused:
            await scene.tokens.sign(entry.token.id, entry.key_id, Mechanism.RSA_PKCS1_SHA1, b"\x00" * 20)
        assert refused.value.code is Code.NOT_LOGGED_IN


async def test_a_private_object_is_seen_by_the_page_that_logged_in_only(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        owner, other = scene.page(), scene.page(TRUSTED)
        entry = await scene.signer(owner)
        scene.person.type(PIN)
        await scene.assistant.login(owner, entry)
        await scene.tokens.write_data(entry.token.id, "secret", True, b"for the owner")
        scene.person.decisions[ConfirmKind.READ_DATA] = Decision.ONCE
        assert await scene.assistant.data.read(owner, Device.of(entry), "secret") == b"for the owner"
        assert "secret" not in [item.label for item in await scene.assistant.data.list(other, entry.token.id)]
        with pytest.raises(HelperError) as refused:
            await scene.assistant.data.read(other, Device.of(entry), "secret")
        assert refused.value.code is Code.DATA_OBJECT_MISSING


async def test_pulling_the_usbkey_ends_the_login(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN, PIN)
        await scene.assistant.login(page, entry)
        await scene.event(EventKind.UNPLUGGED, lambda: unplug(practice_home))
        with pytest.raises(HelperError) as removed:
            await scene.assistant.sign(page, entry, b"data")
        assert removed.value.code is Code.TOKEN_REMOVED
        await scene.event(EventKind.PLUGGED, lambda: plug(practice_home))
        assert not scene.assistant.is_logged_in(page, entry.token.id)
        assert await scene.assistant.sign(page, entry, b"data")


async def test_a_login_ends_after_its_time(practice_home: Path) -> None:
    async with open_scene(practice_home, login_lifetime=2.0) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN)
        await scene.assistant.login(page, entry)
        assert scene.assistant.is_logged_in(page, entry.token.id)
        async with asyncio.timeout(60):
            while scene.assistant.is_logged_in(page, entry.token.id):  # noqa: ASYNC110 - time ends it, nobody tells
                await asyncio.sleep(0.05)
        scene.person.type(None)
        with pytest.raises(HelperError):
            await scene.assistant.sign(page, entry, b"again")


async def test_a_page_that_goes_takes_its_dialog_with_it(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page, next_page = scene.page(), scene.page(TRUSTED)
        entry = await scene.signer(page)
        scene.person.hold = asyncio.Event()
        scene.person.opened.clear()
        signing = asyncio.create_task(scene.assistant.sign(page, entry, b"data"))
        await scene.person.opened.wait()
        signing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await signing
        scene.person.hold = None
        scene.person.type(PIN)
        assert await scene.assistant.sign(next_page, entry, b"data")


async def test_the_person_may_spend_the_last_try_after_one_more_question(home: Path) -> None:
    put_practice_usbkey(home, "last-try")
    async with open_scene(home) as scene:
        window = scene.window()
        entry = await scene.signer(window)
        assert entry.token.pin_state is PinState.LAST_TRY
        scene.person.type("000000")
        scene.person.decisions[ConfirmKind.LAST_TRY] = Decision.NO
        with pytest.raises(HelperError) as kept:
            await scene.assistant.login(window, entry)
        assert kept.value.code is Code.USER_CANCELLED
        [token] = await scene.assistant.tokens()
        assert token.tries_left == 1
        scene.person.type("000000")
        scene.person.decisions[ConfirmKind.LAST_TRY] = Decision.ONCE
        with pytest.raises(HelperError) as locked:
            await scene.assistant.login(window, entry)
        assert locked.value.code is Code.PIN_LOCKED
