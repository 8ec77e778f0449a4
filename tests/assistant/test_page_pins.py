"""A page may try a PIN once. After a wrong one the person must log in before any page may try again."""

from __future__ import annotations

from pathlib import Path

import pytest

from hebca_helper.errors import Code, HelperError
from tests.assistant.scene import HALL, TRUSTED, Scene, open_scene
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.anyio
PIN = "123456"


async def page_login(scene: Scene, pin: str, origin: str = TRUSTED) -> Code | None:
    page = scene.page(origin)
    entry = await scene.signer(page)
    try:
        await scene.assistant.login_with_page_pin(page, entry, pin)
    except HelperError as problem:
        return problem.code
    return None


async def test_only_a_trusted_site_may_log_in_silently(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        assert await page_login(scene, PIN, HALL) is Code.DENIED_BY_POLICY
        assert await page_login(scene, PIN, TRUSTED) is None


async def test_one_wrong_pin_closes_the_door_until_the_person_has_logged_in(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        assert await page_login(scene, "000000") is Code.PIN_INCORRECT
        assert await page_login(scene, PIN) is Code.PIN_PAGE_REFUSED
    async with open_scene(practice_home) as scene:  # a restart gives no further guess
        assert await page_login(scene, PIN) is Code.PIN_PAGE_REFUSED
        [token] = await scene.assistant.tokens()
        assert token.tries_left == 9
        window = scene.window()
        scene.person.type(PIN)
        await scene.assistant.login(window, await scene.signer(window))
        assert await page_login(scene, PIN) is None


async def test_a_guess_while_somebody_is_logged_in_counts_too(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        window = scene.window()
        scene.person.type(PIN)
        await scene.assistant.login(window, await scene.signer(window))
        assert await page_login(scene, "000000") is Code.PIN_INCORRECT
        assert await page_login(scene, PIN) is Code.PIN_PAGE_REFUSED
        [token] = await scene.assistant.tokens()
        assert token.tries_left == 10


async def test_a_page_never_spends_the_last_tries(home: Path) -> None:
    put_practice_usbkey(home, "last-try")
    async with open_scene(home) as scene:
        assert await page_login(scene, PIN) is Code.PIN_PAGE_REFUSED
        [token] = await scene.assistant.tokens()
        assert token.tries_left == 1
