"""Seals on real tokens: which are found, what is told of each, and whom they are shown to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hebca_helper.app.parts import App
from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.assistant import Assistant
from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.assistant.stamping.seals import LARGEST_OBJECT, TokenSeal
from hebca_helper.assistant.unattended import UnattendedPrompts
from hebca_helper.cli.program import Core
from hebca_helper.errors import Code, HelperError
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.anyio
PIN = "123456"
SOFTHSM = 'practice_module = "/usr/lib/softhsm/libsofthsm2.so"'


@asynccontextmanager
async def opened(home: Path, scenario: str) -> AsyncIterator[Core]:
    put_practice_usbkey(home, scenario)
    (home / "settings.toml").write_text(SOFTHSM)
    async with App(home).core() as core:
        core.assistant.prompts = UnattendedPrompts(PIN, core.assistant.origins)
        yield core


def window(assistant: Assistant) -> Connection:
    return assistant.connect(Asker(Channel.WINDOW))


async def seals(core: Core) -> list[TokenSeal]:
    return await core.assistant.seals.listed(window(core.assistant))


async def test_a_seal_in_order(home: Path) -> None:
    async with opened(home, "fresh") as core:
        (seal,) = await seals(core)
        assert (seal.label, seal.verdict, seal.trust, seal.problem) == ("seal", "valid", "trusted", None)
        assert (seal.name, seal.width_mm, seal.height_mm) == ("演练科技有限公司社保专用章", 40.0, 40.0)
        assert seal.picture_png.startswith(b"\x89PNG") and seal.data.startswith(b"\x30")
        signer, encrypter = [
            (await core.assistant.entries(window(core.assistant), usage))[0].certificate
            for usage in (Usage.SIGN, Usage.ENCRYPT)
        ]
        assert (seal.signer_listed(signer), seal.signer_listed(encrypter)) == (True, None)
        assert seal.report and seal.report.signer_listed is True
        again = await seals(core)
        assert [each.id for each in again] == [seal.id], "a seal keeps its name"


@pytest.mark.parametrize(
    ("scenario", "code", "listed"),
    [
        ("renewed", Code.SEAL_NEEDS_RENEWAL, False),
        ("expired-seal", Code.SEAL_EXPIRED, True),
        ("damaged-seal", Code.SEAL_INVALID, True),
        ("sm2-seal", None, True),
    ],
)
async def test_what_keeps_a_seal_from_being_used(home: Path, scenario: str, code: Code | None, listed: bool) -> None:
    async with opened(home, scenario) as core:
        (seal,) = await seals(core)
        assert ((seal.problem.code if seal.problem else None), seal.valid_now) == (code, code is None)
        assert seal.report and seal.report.signer_listed is listed


async def test_no_seal_two_seals_and_two_tokens(home: Path, tmp_path: Path) -> None:
    async with opened(home, "no-seal") as core:
        assert await seals(core) == []
    other = tmp_path / "other"
    other.mkdir()
    async with opened(other, "two-seals") as core:
        first, second = await seals(core)
        assert (first.label, second.label) == ("seal", "ESEAL"), "the usual name first"
        assert first.id != second.id and first.report and second.report and first.report.id != second.report.id
        assert first.problem is second.problem is None


async def test_objects_of_every_kind(home: Path) -> None:
    """What is stored is read and told; nothing of it is changed."""
    async with opened(home, "fresh") as core:
        (good,) = await seals(core)
        token = good.token_id
        await core.tokens.login(token, PIN)
        kept = {
            "a wrapped one": b"\1" + good.data,
            "ESEAL": b"broken",
            "notes": b"nothing of the kind",
            "large": good.data + bytes(LARGEST_OBJECT),
        }
        for label, content in kept.items():
            await core.tokens.write_data(token, label, False, content)
        await core.tokens.write_data(token, "private", True, good.data)
        found = await core.assistant.seals.found(window(core.assistant))
        assert [(each.label, each.problem and each.problem.code) for each in found.seals] == [
            ("seal", None),
            ("ESEAL", Code.SEAL_UNREADABLE),
            ("a wrapped one", None),
        ], "the private one is somebody's who has logged in"
        assert [each.label for each in found.pictures] == ["signpic"]
        person = window(core.assistant)
        await core.assistant.login(person, (await core.assistant.entries(person, Usage.SIGN))[0])
        assert "private" in [each.label for each in await core.assistant.seals.listed(person)]
        for label, content in kept.items():
            assert await core.tokens.read_data(token, label, False) == content


async def test_a_seal_of_another_holder_is_not_for_this_token(home: Path, tmp_path: Path) -> None:
    """Two practice CAs: the second neither vouches for the maker nor knows the certificate."""
    strange = tmp_path / "strange"
    strange.mkdir()
    async with opened(strange, "expiring") as core:
        (foreign,) = await seals(core)
    async with opened(home, "fresh") as core:
        (own,) = await seals(core)
        await core.tokens.login(own.token_id, PIN)
        await core.tokens.write_data(own.token_id, "seal", False, foreign.data)
        (seal,) = await seals(core)
        assert seal.problem is not None
        assert seal.problem.code is Code.SEAL_NEEDS_RENEWAL, "it names another certificate of the same holder"
        assert not seal.valid_now


async def test_pages_see_what_they_may_use(home: Path) -> None:
    async with opened(home, "fresh") as core:
        stranger = core.assistant.connect(Asker(Channel.CERTIFICATE_SERVICE, "https://unknown.example"))
        with pytest.raises(HelperError) as raised:
            await core.assistant.seals.listed(stranger)
        assert raised.value.code is Code.DENIED_BY_POLICY
        stranger.admitted = True
        assert await core.assistant.seals.listed(stranger) == [], "a practice USBKEY is for the hall only"
