"""May this site connect? Asked once where it must be, never where it may not, and refused without telling anything."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.assistant.sites.origins import OriginClass
from hebca_helper.errors import Code, HelperError
from tests.assistant.scene import HALL, TRUSTED, UNKNOWN, Scene, open_scene
from tests.failures import failure

pytestmark = pytest.mark.anyio
PLAIN = "http://111.62.46.105:9010"


async def refusal(scene: Scene, origin: str) -> Code:
    return (await failure(scene.assistant.entries(scene.page(origin)))).code


async def test_a_known_site_is_asked_about_once_and_then_let_in_on_every_page(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        assert await scene.assistant.entries(scene.page())
        assert await scene.assistant.entries(scene.page())
        [asked] = scene.person.confirmations(ConfirmKind.CONNECT)
        assert asked.asker.origin == HALL
        assert asked.warning == ""


async def test_an_unknown_site_comes_with_a_warning_and_a_refusal_holds_for_its_page(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        scene.person.decisions[ConfirmKind.CONNECT] = Decision.NO
        page = scene.page(UNKNOWN)
        for _ in range(3):
            with pytest.raises(HelperError) as refused:
                await scene.assistant.entries(page)
            assert refused.value.code is Code.DENIED_BY_POLICY
        [asked] = scene.person.confirmations(ConfirmKind.CONNECT)
        assert "不在证书助手的网站目录中" in asked.warning


async def test_a_blocked_site_is_never_asked_about_again(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        scene.person.decisions[ConfirmKind.CONNECT] = Decision.BLOCK
        assert await refusal(scene, UNKNOWN) is Code.DENIED_BY_POLICY
        assert await refusal(scene, UNKNOWN) is Code.DENIED_BY_POLICY
        assert len(scene.person.confirmations(ConfirmKind.CONNECT)) == 1
        assert scene.assistant.origins.classify(UNKNOWN) is OriginClass.BLOCKED


async def test_remember_means_after_a_restart_too(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        scene.person.decisions[ConfirmKind.CONNECT] = Decision.REMEMBER
        await scene.assistant.entries(scene.page(UNKNOWN))
    async with open_scene(practice_home) as scene:
        await scene.assistant.entries(scene.page(UNKNOWN))
        assert scene.person.confirmations(ConfirmKind.CONNECT) == []


async def test_an_insecure_site_is_asked_about_on_each_page_and_never_remembered(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        scene.person.decisions[ConfirmKind.CONNECT] = Decision.REMEMBER
        await scene.assistant.entries(scene.page(PLAIN))
        await scene.assistant.entries(scene.page(PLAIN))
        asked = scene.person.confirmations(ConfirmKind.CONNECT)
        assert len(asked) == 2
        assert "连接不安全" in asked[0].warning
        assert not asked[0].may_remember
        assert PLAIN not in scene.assistant.origins.remembered()


async def test_the_setting_refuses_unknown_sites_without_a_dialog(practice_home: Path) -> None:
    async with open_scene(practice_home, refuse_unknown_origins=True) as scene:
        assert await refusal(scene, UNKNOWN) is Code.DENIED_BY_POLICY
        assert scene.person.asked == []


async def test_a_quick_link_answers_the_question_for_this_run(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        scene.assistant.announce("https://wt.zjkgjj.com")
        assert await scene.assistant.entries(scene.page("https://wt.zjkgjj.com")) == []
        assert scene.person.asked == []


async def test_practice_certificates_are_offered_to_the_hall_and_named_origins_only(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        assert len(await scene.assistant.entries(scene.page(HALL))) == 2
        assert len(await scene.assistant.entries(scene.page(TRUSTED))) == 2
        assert await scene.assistant.entries(scene.page("https://wt.zjkgjj.com")) == []
        with pytest.raises(HelperError) as nothing:
            await scene.assistant.choose(scene.page("https://wt.zjkgjj.com"), Usage.SIGN)
        assert nothing.value.code is Code.NO_CERTIFICATE


async def test_a_page_cannot_sign_with_a_certificate_it_was_not_offered(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        entry = await scene.signer()
        with pytest.raises(HelperError) as refused:
            await scene.assistant.sign(scene.page("https://wt.zjkgjj.com"), entry, b"data")
        assert refused.value.code is Code.TOKEN_REMOVED
        assert scene.person.pin_dialogs() == []


async def test_one_word_refuses_every_site_that_waits_and_what_they_ask_later_on_that_page(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        scene.person.hold = asyncio.Event()
        scene.person.decisions[ConfirmKind.CONNECT] = Decision.REFUSE_ALL
        pages = [scene.page(f"https://{number}.example") for number in range(4)]
        asking = [asyncio.create_task(scene.assistant.entries(page)) for page in pages]
        await scene.person.opened.wait()
        await asyncio.sleep(0)
        scene.person.hold.set()
        for task in asking:
            with pytest.raises(HelperError) as refused:
                await task
            assert refused.value.code is Code.DENIED_BY_POLICY
        for page in pages:
            with pytest.raises(HelperError):
                await scene.assistant.entries(page)
        [asked] = scene.person.confirmations(ConfirmKind.CONNECT)
        assert asked.waiting <= 3


async def test_a_question_says_how_many_sites_wait_after_it(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        scene.person.hold = asyncio.Event()
        scene.person.decisions[ConfirmKind.CONNECT] = Decision.NO
        asking = [
            asyncio.create_task(scene.assistant.entries(scene.page(f"https://{number}.example"))) for number in range(3)
        ]
        await scene.person.opened.wait()
        async with asyncio.timeout(60):
            while scene.assistant._dialogs.strangers < 2:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        scene.person.hold.set()
        await asyncio.gather(*asking, return_exceptions=True)
        assert [asked.waiting for asked in scene.person.confirmations(ConfirmKind.CONNECT)][1:] == [1, 0]
