"""A person before odd USBKEYs: pulled out under the dialog, with keys that ask each time, with what cannot be read."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage, unreadable
from hebca_helper.assistant.key.bundles import Item
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.errors import Code
from hebca_helper.tokens.model import EventKind, TokenCertificate
from hebca_helper.tokens.practice_state import set_unplugged
from tests.assistant.scene import TRUSTED, Scene, open_scene
from tests.assistant.test_signing import openssl_verifies
from tests.failures import failure
from tests.tokens.shim.build import Shim, build

pytestmark = pytest.mark.anyio
PIN = "123456"


@pytest.fixture
def shim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shim:
    """In front of the practice USBKEY's library."""
    made = Shim(build(tmp_path), tmp_path)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made


def pull_out(scene: Scene, entry: CertificateEntry) -> None:
    set_unplugged(scene.home / "practice", [entry.token.serial])


@pytest.mark.parametrize("logged_in", [False, True])
async def test_the_dialog_goes_with_its_usbkey(practice_home: Path, logged_in: bool) -> None:
    """No PIN and no yes is taken for what is not there."""
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        if logged_in:
            scene.person.type(PIN)
            await scene.assistant.login(page, entry)
        scene.person.hold = asyncio.Event()
        scene.person.opened.clear()
        signing = asyncio.create_task(scene.assistant.sign(page, entry, "报表".encode("gbk")))
        await scene.person.opened.wait()
        await scene.event(EventKind.UNPLUGGED, lambda: pull_out(scene, entry))
        assert (await failure(signing)).code is Code.TOKEN_REMOVED
        assert signing.cancelling() == 0


async def test_a_page_that_goes_takes_its_dialog_with_it_as_before(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        entry = await scene.signer(scene.page())
        scene.person.hold = asyncio.Event()
        login = asyncio.create_task(scene.assistant.login(scene.page(), entry))
        await scene.person.opened.wait()
        login.cancel()
        await asyncio.wait([login])
        assert login.cancelled()


async def test_one_pin_covers_login_and_signature_of_a_key_that_asks_each_time(
    practice_home: Path, shim: Shim, tmp_path: Path
) -> None:
    shim.command("always")
    async with open_scene(practice_home, library=str(shim.library)) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN)
        signature = await scene.assistant.sign(page, entry, b"one")
        assert openssl_verifies(entry, b"one", signature, "sha1", tmp_path)
        # The next one is agreed to, and the PIN dialog behind says why it asks again.
        scene.person.type(PIN)
        scene.person.decisions[ConfirmKind.SIGN] = Decision.ONCE
        signature = await scene.assistant.sign(page, entry, b"two")
        assert openssl_verifies(entry, b"two", signature, "sha1", tmp_path)
        first, second = scene.person.pin_dialogs()
        assert first.problem is None
        assert second.problem is not None
        assert second.problem.code is Code.PIN_AGAIN
        assert second.content == first.content or second.content is not None
        assert shim.calls("reaffirm") == 2


async def test_several_items_ask_for_each(practice_home: Path, shim: Shim, tmp_path: Path) -> None:
    shim.command("always")
    async with open_scene(practice_home, library=str(shim.library)) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN, PIN, PIN)
        items = [Item(name, name.encode()) for name in ("a.txt", "b.txt", "c.txt")]
        signatures = await scene.assistant.bundles.sign_raw(page, entry, items)
        assert all(
            openssl_verifies(entry, item.data or b"", signature, "sha1", tmp_path)
            for item, signature in zip(items, signatures, strict=True)
        )
        assert shim.calls("sign") == shim.calls("reaffirm") == 3


async def test_a_silent_call_is_told_to_log_in(practice_home: Path, shim: Shim) -> None:
    shim.command("always")
    async with open_scene(practice_home, library=str(shim.library)) as scene:
        page = scene.page(TRUSTED)
        entry = await scene.signer(page)
        scene.person.type(PIN)
        await scene.assistant.login(page, entry)
        assert await scene.assistant.sign_silently(page, entry, b"1234567890abcdef")
        assert (
            await failure(scene.assistant.sign_silently(page, entry, b"1234567890abcdef"))
        ).code is Code.NOT_LOGGED_IN


async def test_full_width_digits_of_a_page_are_the_pin(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page(TRUSTED)
        entry = await scene.signer()
        await scene.assistant._pins.log_in_with_page_pin(page, entry.token.id, "１２３４５６")
        assert scene.assistant.is_logged_in(page, entry.token.id)


async def test_what_cannot_be_read_is_the_reason_for_nothing_to_choose(practice_home: Path, shim: Shim) -> None:
    shim.command("hide 11")  # CKA_VALUE
    async with open_scene(practice_home, library=str(shim.library)) as scene:
        told = await failure(scene.assistant.choose(scene.window(), Usage.SIGN))
        assert told.code is Code.CERTIFICATE_UNREADABLE
        assert "USBKEY 没有给出证书的内容" in told.detail
        assert len(await scene.assistant.inventory.problems()) == 2  # signing and encryption certificate
        shim.command("clear 400")
        await scene.assistant.rescan()
        assert (await failure(scene.assistant.choose(scene.window(), Usage.SIGN))).code is Code.TOKEN_BLANK


async def test_a_usbkey_whose_certificates_fail_hides_no_other(home: Path, shim: Shim) -> None:
    from tests.practice_homes import put_practice_usbkey

    put_practice_usbkey(home, "two-tokens")
    async with open_scene(home, library=str(shim.library)) as scene:
        both = await scene.assistant.entries(scene.window(), Usage.SIGN)
        assert len(both) == 2
        shim.command("open error 30 once")
        scene.assistant.inventory.forget()
        [one] = await scene.assistant.entries(scene.window(), Usage.SIGN)
        assert one.token.id in {entry.token.id for entry in both}
        assert [each.code for each in await scene.assistant.inventory.problems()] == [Code.TOKEN_FAILURE]


async def test_an_unreadable_certificate_is_named_with_the_reason(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        entry = await scene.signer()
        der = entry.certificate.der
        end = der.index(b"\x17\x0d", der.index(b"\x17\x0d") + 1) + 2  # the second UTCTime
        broken = der[:end] + b"2513019999ZZZ" + der[end + 13 :]
        held = [TokenCertificate(entry.token.id, each, b"", "年检", True) for each in (der, broken, b"\x30\x03abc")]
        told = unreadable((entry.token, each) for each in held)
        assert [each.code for each in told] == [Code.CERTIFICATE_UNREADABLE] * 2
        assert told[0].detail == f"{entry.token.label}，年检，有效期写得不对"
