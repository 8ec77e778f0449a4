"""The rare turns of the code that guards: races of a person, a page and a USBKEY, damaged files, odd keys."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.assistant.key.signing import raw_mechanism
from hebca_helper.assistant.login.logins import Logins
from hebca_helper.assistant.login.pin_guard import FILE_NAME, LOCK_NAME, PinGuard
from hebca_helper.assistant.person.admission import Admission
from hebca_helper.assistant.person.dialogs import DialogQueue
from hebca_helper.assistant.person.prompts import ConfirmKind
from hebca_helper.assistant.sites.origins import FixedOrigins, OriginBook, OriginClass
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.pki.keys import SignatureAlgorithm, verify
from hebca_helper.practice.usbkey import unplug
from hebca_helper.settings import Settings
from hebca_helper.tokens.model import EventKind, Mechanism, PinState, TokenInfo
from hebca_helper.tokens.service import TokenService
from tests.assistant.scene import HALL, TRUSTED, UNKNOWN, open_scene
from tests.assistant.test_page_pins import page_login
from tests.bridge.standin import Changes
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.anyio
PIN = "123456"


async def test_two_tabs_of_one_site_ask_the_person_once(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        scene.person.hold = asyncio.Event()
        tabs = [asyncio.create_task(scene.assistant.entries(scene.page())) for _ in range(2)]
        await scene.person.opened.wait()
        scene.person.hold.set()
        assert all(await asyncio.gather(*tabs))
        assert len(scene.person.confirmations(ConfirmKind.CONNECT)) == 1


async def test_nobody_is_asked_about_a_page_that_is_in(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        book = OriginBook(practice_home, FixedOrigins(trusted=frozenset({TRUSTED})))
        admission = Admission(book, DialogQueue(Clock()), refuse_unknown=True)
        assert await admission.admit(scene.page(TRUSTED), scene.person) is False
        assert scene.person.asked == []


async def test_two_login_calls_of_one_page_ask_for_one_pin(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.hold = asyncio.Event()
        scene.person.type(PIN)
        scene.person.opened.clear()
        calls = [asyncio.create_task(scene.assistant.login(page, entry)) for _ in range(2)]
        await scene.person.opened.wait()
        scene.person.hold.set()
        await asyncio.gather(*calls)
        assert len(scene.person.pin_dialogs()) == 1


async def test_a_pin_that_no_token_takes_is_asked_for_again_and_costs_no_try(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type("1" * 256, PIN)
        await scene.assistant.login(page, entry)
        problem = scene.person.pin_dialogs()[1].problem
        assert problem is not None and problem.code is Code.PIN_LENGTH


async def test_two_texts_at_once_are_two_dialogs_and_one_pin_is_no_yes_to_both(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN, PIN)
        await asyncio.gather(*(scene.assistant.sign(page, entry, text.encode(), text=text) for text in ("one", "two")))
        assert [asked.content.text for asked in scene.person.pin_dialogs() if asked.content] == ["one", "two"]


class GivenUp:
    """A token service where nobody waits for a login's answer: the token may log in all the same."""

    def __init__(self) -> None:
        self.logged_out = asyncio.Event()

    async def login(self, token_id: str, pin: str) -> None:
        raise HelperError(Code.USER_CANCELLED)

    async def logout(self, token_id: str) -> None:
        self.logged_out.set()


async def test_a_login_that_the_person_gave_up_is_ended_in_the_token() -> None:
    tokens = GivenUp()
    logins = Logins(cast(TokenService, tokens), 600.0, 20, Clock())
    with pytest.raises(HelperError) as told:
        await logins.begin(Connection(Asker(Channel.WINDOW)), "token", PIN)
    assert told.value.code is Code.USER_CANCELLED
    async with asyncio.timeout(10):
        await tokens.logged_out.wait()


async def test_a_page_that_goes_is_forgotten_with_what_a_limit_ended_and_others_are_not() -> None:
    logins = Logins(cast(TokenService, GivenUp()), 600.0, 20, Clock())
    gone, other = Connection(Asker(Channel.WINDOW)), Connection(Asker(Channel.WINDOW))
    for connection in (gone, other):
        logins._expire(connection.id, "token")
    await logins.end_connection(gone.id)
    assert [logins.lasting(connection, "token") for connection in (gone, other)] == [False, True]


async def test_a_page_that_goes_while_its_pin_is_judged_leaves_no_login(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page(TRUSTED)
        entry = await scene.signer(page)
        attempt = asyncio.create_task(scene.assistant.login_with_page_pin(page, entry, PIN))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        page.closed = True
        await attempt
        assert not scene.assistant.is_logged_in(page, entry.token.id)
        with pytest.raises(HelperError) as refused:
            await scene.tokens.sign(entry.token.id, entry.key_id, raw_mechanism(entry), bytes(20))
        assert refused.value.code is Code.NOT_LOGGED_IN


async def test_logging_out_of_a_token_that_nobody_is_logged_in_to(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        await scene.assistant.logout(page, entry.token.id)
        assert not scene.assistant.is_logged_in(page, entry.token.id)


async def test_a_usbkey_that_goes_before_the_logout_needs_none(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN)
        await scene.assistant.login(page, entry)
        await scene.tokens.stop()
        await scene.assistant.logout(page)
        assert not scene.assistant.is_logged_in(page, entry.token.id)


async def test_a_large_content_is_hashed_beside_the_loop_to_the_same_signature(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN)
        content = b"x" * (1024 * 1024 + 1)
        signature = await scene.assistant.sign(page, entry, content)
        assert verify(entry.certificate.spki, SignatureAlgorithm.RSA_SHA1, content, signature)


def test_a_key_of_no_usable_kind_signs_nothing_raw() -> None:
    with pytest.raises(HelperError) as refused:
        raw_mechanism(cast(CertificateEntry, SimpleNamespace(usable_kind=KeyKind.OTHER)))
    assert refused.value.code is Code.NOT_SUPPORTED


async def test_no_digest_is_sealed_for_a_site_that_is_not_known_whatever_channel_it_came_through(
    practice_home: Path,
) -> None:
    async with open_scene(practice_home) as scene:
        entry = await scene.signer()
        with pytest.raises(HelperError) as refused:
            await scene.assistant.blind_sealing.sign(scene.page(UNKNOWN), entry, bytes(20))
        assert refused.value.code is Code.DENIED_BY_POLICY
        assert scene.person.pin_dialogs() == []


def test_a_key_signs_only_in_the_ways_of_its_kind() -> None:
    entry = cast(CertificateEntry, SimpleNamespace(usable_kind=KeyKind.EC))
    assert raw_mechanism(entry, Mechanism.ECDSA_SHA256) is Mechanism.ECDSA_SHA256
    with pytest.raises(HelperError) as refused:
        raw_mechanism(entry, Mechanism.RSA_PKCS1_SHA1)
    assert refused.value.code is Code.NOT_SUPPORTED


def test_only_the_persons_words_are_remembered_and_can_be_taken_back(home: Path) -> None:
    book = OriginBook(home, FixedOrigins())
    for word in (OriginClass.KNOWN, OriginClass.UNKNOWN):
        with pytest.raises(HelperError) as refused:
            book.set_class(HALL, word)
        assert refused.value.code is Code.BAD_REQUEST
    book.set_class(HALL, OriginClass.ALLOWED)
    book.forget(HALL)
    book.forget(HALL)
    assert OriginBook(home, FixedOrigins()).remembered() == {}


def test_a_word_that_cannot_be_written_is_told(home: Path) -> None:
    book = OriginBook(home, FixedOrigins())
    (home / "origins.toml" / "in the way").mkdir(parents=True)
    with pytest.raises(HelperError) as told:
        book.set_class(HALL, OriginClass.ALLOWED)
    assert told.value.code is Code.FILE_UNREADABLE


async def test_a_page_gets_no_guess_at_a_locked_usbkey(home: Path) -> None:
    put_practice_usbkey(home, "locked")
    async with open_scene(home) as scene:
        assert await page_login(scene, PIN) is Code.PIN_LOCKED


def may_try(guard: PinGuard, token_id: str) -> bool:
    """Whether a page may try a PIN on that token now; it has then."""
    try:
        guard.spend(TokenInfo(token_id, "", "", "", "", "", PinState.FINE, None, practice=False, protected_path=False))
    except HelperError as refused:
        assert refused.code is Code.PIN_PAGE_REFUSED
        return False
    return True


def test_programs_of_one_home_count_together(home: Path) -> None:
    """Each has been running for a while when the other counts."""
    one, other = PinGuard(home), PinGuard(home)
    assert may_try(one, "token")
    assert not may_try(other, "token")
    other.person_logged_in("token")
    assert may_try(one, "token")
    assert (home / LOCK_NAME).stat().st_mode & 0o777 == 0o600


def test_where_no_guess_can_be_counted_none_is_made(home: Path) -> None:
    guard = PinGuard(home / "file")
    (home / "file").touch()  # root could write into any folder
    assert not may_try(guard, "token")
    guard.person_logged_in("token")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"token": "x"}', '{"token": null}', "\x00"])
def test_a_damaged_count_of_wrong_pins_gives_no_guess_until_the_person_logs_in(home: Path, content: str) -> None:
    (home / FILE_NAME).write_text(content)
    for guard in (PinGuard(home), PinGuard(home)):
        assert not may_try(guard, "token")
    PinGuard(home).person_logged_in("token")
    assert may_try(PinGuard(home), "token")
    assert not may_try(PinGuard(home), "token")
    assert not may_try(PinGuard(home), "another")
    assert len(list(home.glob(f"{FILE_NAME}.damaged-*"))) == 1


async def test_a_usbkey_that_goes_ends_its_logins_and_only_its(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        await scene.event(EventKind.UNPLUGGED, lambda: unplug(practice_home))
        assert not scene.assistant.is_logged_in(page, entry.token.id)


async def test_without_a_selection_the_only_usbkey_is_worked_on(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        session = Session(scene.assistant, page, Settings(), Changes())
        entry = await scene.signer(page)
        assert (await session.device()).id == entry.token.id


async def test_a_selected_certificate_that_was_renewed_meanwhile_is_still_the_selected_one(home: Path) -> None:
    put_practice_usbkey(home, "renewed")
    async with open_scene(home) as scene:
        page, changes = scene.page(), Changes()
        session = Session(scene.assistant, page, Settings(), changes)
        _, old = await scene.assistant.entries(page, Usage.SIGN, all_of_them=True)
        session._select(Usage.SIGN, old, changes.count)
        changes.count += 1
        assert (await session.certificate()).certificate == old.certificate
