"""What a PIN covers that was typed to log in: the challenge of that login, once, soon; everything else is shown and asked."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.key.domains import is_challenge
from hebca_helper.assistant.person.content import describe
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.errors import Code, HelperError
from tests.assistant.scene import INSECURE, TRUSTED, Scene, open_scene

pytestmark = pytest.mark.anyio
PIN = "123456"
CHALLENGE = b"8f14e45fceea167a5a36dedd4bea2543"


class Time:
    """Seconds that a test turns on."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def asked(scene: Scene) -> int:
    return len(scene.person.confirmations(ConfirmKind.SIGN))


async def test_the_pin_of_a_login_covers_its_challenge_and_no_second_one(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN)
        scene.person.decisions[ConfirmKind.SIGN] = Decision.ONCE
        await scene.assistant.login(page, entry)
        assert await scene.assistant.sign(page, entry, CHALLENGE)
        assert (asked(scene), len(scene.person.notices)) == (0, 1), "it was shown, not asked"
        assert await scene.assistant.sign(page, entry, CHALLENGE[::-1])
        assert asked(scene) == 1
        assert await scene.assistant.sign(page, entry, "缴费核定".encode("gbk"))
        assert asked(scene) == 1, "one signature was agreed to: texts repeat now"


@pytest.mark.parametrize(
    "other", ["同意转账 5000 元".encode("gbk"), b"I agree to pay 5000", b"short", b"x" * 513, b"\xff" * 257]
)
async def test_what_is_no_challenge_is_asked_about_and_uses_the_pin_up(practice_home: Path, other: bytes) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN)
        scene.person.decisions[ConfirmKind.SIGN] = Decision.NO
        await scene.assistant.login(page, entry)
        for data in (other, CHALLENGE):
            with pytest.raises(HelperError) as refused:
                await scene.assistant.sign(page, entry, data)
            assert refused.value.code is Code.USER_CANCELLED
        assert asked(scene) == 2


async def test_a_challenge_that_comes_late_is_asked_about(practice_home: Path) -> None:
    time = Time()
    async with open_scene(practice_home, clock=Clock(monotonic=time)) as scene:
        first, second = scene.page(), scene.page()
        entry = await scene.signer(first)
        scene.person.decisions[ConfirmKind.SIGN] = Decision.ONCE
        for page, seconds in ((first, 59.9), (second, 60.0)):
            scene.person.type(PIN)
            await scene.assistant.login(page, entry)
            time.seconds += seconds
            assert await scene.assistant.sign(page, entry, CHALLENGE)
        assert asked(scene) == 1


async def test_another_page_s_pin_covers_nothing_here(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page, other = scene.page(), scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN, None)
        await scene.assistant.login(page, entry)
        with pytest.raises(HelperError):
            await scene.assistant.sign(other, entry, CHALLENGE)
        assert len(scene.person.pin_dialogs()) == 2


async def test_a_pin_that_was_the_yes_to_one_text_covers_no_challenge_but_begins_the_repeats(
    practice_home: Path,
) -> None:
    async with open_scene(practice_home, repeated_signatures=1) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN)
        scene.person.decisions[ConfirmKind.SIGN] = Decision.ONCE
        await scene.assistant.sign(page, entry, b"a report")
        assert await scene.assistant.sign(page, entry, secrets.token_bytes(24)), "opaque: asked, whatever came before"
        assert asked(scene) == 1
        assert await scene.assistant.sign(page, entry, b"another report")
        assert await scene.assistant.sign(page, entry, b"a third report")
        assert asked(scene) == 2


async def test_what_nobody_can_read_never_repeats_and_says_what_it_is(practice_home: Path) -> None:
    xml = b'<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"></ds:SignedInfo>'
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.type(PIN)
        scene.person.decisions[ConfirmKind.SIGN] = Decision.ONCE
        await scene.assistant.sign(page, entry, b"a report")
        unreadable = [b"\x89PNG\r\n\x1a\n" + bytes(40), secrets.token_bytes(300) + b"\xff", xml]
        for data in unreadable * 2:
            assert await scene.assistant.sign(page, entry, data)
        notes = [each.content.note for each in scene.person.confirmations(ConfirmKind.SIGN) if each.content]
        picture, opaque, inside = (
            "（图片，以十六进制显示开头）",
            "（不是文字，以十六进制显示开头）",
            "（XML 签名的内部数据）",
        )
        assert notes == [picture, opaque, inside] * 2


async def test_a_site_that_anyone_can_imitate_is_asked_each_time(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page(INSECURE)
        entry = await scene.signer(scene.window())
        scene.person.type(PIN)
        scene.person.decisions[ConfirmKind.SIGN] = Decision.ONCE
        await scene.assistant.login(page, entry)
        for text in (CHALLENGE, b"a report", b"another report"):
            assert await scene.assistant.sign(page, entry, text)
        assert (asked(scene), scene.person.notices) == (3, [])


async def test_a_trusted_site_s_silent_calls_sign_one_challenge_and_readable_texts(practice_home: Path) -> None:
    async with open_scene(practice_home, repeated_signatures=1) as scene:
        page = scene.page(TRUSTED)
        entry = await scene.signer(page)
        await scene.assistant.login_with_page_pin(page, entry, PIN)
        challenge = secrets.token_bytes(24) + b"\xff"
        assert await scene.assistant.sign_silently(page, entry, challenge)
        with pytest.raises(HelperError) as refused:
            await scene.assistant.sign_silently(page, entry, challenge)
        assert refused.value.code is Code.NOT_LOGGED_IN, "a second one needs a login of its own"
        assert await scene.assistant.sign_silently(page, entry, b"a report")
        assert [len(scene.person.notices), asked(scene)] == [2, 0]


@pytest.mark.parametrize(
    ("data", "readable", "challenge"),
    [
        (b"x" * 15, True, False),
        (b"x" * 16, True, True),
        (b"x" * 512, True, True),
        (b"x" * 513, True, False),
        (b"x" * 20 + b" ", True, False),
        (b"x" * 20 + b"\x7f", True, False),
        (b"\xfe" * 256, False, True),
        (b"\xfe" * 257, False, False),
        (b"\xfe" * 64, False, False),
        (b"\xfe" * 96, False, False),
        (b"\xfe" * 128, False, False),
        (b"\x30\x03\x02\x01\x05", False, False),
        (b"GIF8" + bytes(20), False, False),
    ],
)
def test_what_a_challenge_is(data: bytes, readable: bool, challenge: bool) -> None:
    assert is_challenge(data, replace(describe(data), readable=readable)) is challenge
