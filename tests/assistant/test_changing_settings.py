"""Settings that change while pages are there: what the person chose holds from the next call on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hebca_helper.assistant.journal.book import JournalEntry, Operation, moment
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision, PinAnswer
from hebca_helper.errors import Code, HelperError
from hebca_helper.practice.usbkey import PRACTICE_PIN
from hebca_helper.settings import Settings
from tests.assistant.scene import HALL, UNKNOWN, open_scene

pytestmark = pytest.mark.anyio


async def test_unknown_sites_are_refused_without_a_question_from_now_on(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        scene.assistant.use_settings(Settings(refuse_unknown_origins=True))
        with pytest.raises(HelperError) as refused:
            await scene.assistant.entries(scene.page(UNKNOWN))
        assert refused.value.code is Code.DENIED_BY_POLICY
        assert scene.person.confirmations(ConfirmKind.CONNECT) == []
        scene.assistant.use_settings(Settings())
        await scene.assistant.entries(scene.page(UNKNOWN))
        assert len(scene.person.confirmations(ConfirmKind.CONNECT)) == 1


async def test_a_forgotten_site_is_asked_about_anew_in_the_same_run(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        scene.person.decisions[ConfirmKind.CONNECT] = Decision.ONCE
        await scene.assistant.entries(scene.page(HALL))
        await scene.assistant.entries(scene.page(HALL))
        assert len(scene.person.confirmations(ConfirmKind.CONNECT)) == 1
        scene.assistant.forget_site(HALL)
        await scene.assistant.entries(scene.page(HALL))
        assert len(scene.person.confirmations(ConfirmKind.CONNECT)) == 2


async def test_fewer_signatures_in_a_row_hold_for_a_login_that_is_there(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        page = scene.page()
        entry = await scene.signer(page)
        scene.person.pins.append(PinAnswer(PRACTICE_PIN))
        scene.person.decisions[ConfirmKind.SIGN] = Decision.ONCE
        await scene.assistant.sign(page, entry, b"one", text="one")
        asked = len(scene.person.confirmations(ConfirmKind.SIGN))
        scene.assistant.use_settings(Settings(repeated_signatures=0))
        await scene.assistant.sign(page, entry, b"two", text="two")
        assert len(scene.person.confirmations(ConfirmKind.SIGN)) == asked + 1


async def test_old_rows_of_the_journal_go_when_the_person_wants_them_kept_shorter(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        journal, now = scene.assistant.journal, datetime.now(UTC)
        for days in (400, 100, 1):
            journal.write(JournalEntry(moment(now - timedelta(days=days)), "window", "", Operation.SIGN))
        before = journal.count()
        kept = replace(Settings(), journal_retention_days=365)
        scene.assistant.use_settings(kept)
        assert journal.count() == before - 1
        scene.assistant.use_settings(replace(kept, journal_retention_days=90))
        assert journal.count() == before - 2
