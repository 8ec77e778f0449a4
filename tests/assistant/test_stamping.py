"""Stamping with a practice USBKEY: one consent, one PIN, a result per file; what may not be stamped is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hebca_helper.app.parts import App
from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.assistant.stamping.notes import REVOCATION_MISSING, page_ranges, told
from hebca_helper.assistant.stamping.revocation import RevocationData, RevocationSource
from hebca_helper.assistant.stamping.sealing import StampBatch, StampFile, StampRequest, StampResult
from hebca_helper.cli.program import Core
from hebca_helper.documents.checking import check
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.moments import beijing
from hebca_helper.practice.trust import PracticeTrust
from hebca_helper.seals.findings import Roots
from hebca_helper.settings import Settings, save
from tests.assistant.scripted import ScriptedPrompts
from tests.assistant.time_stamper import time_stamping_service
from tests.documents.pdf import papers
from tests.documents.pdf.stamper import pdfsig
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.anyio
PIN = "123456"
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"


@asynccontextmanager
async def opened(home: Path, scenario: str = "fresh", **settings: Any) -> AsyncIterator[tuple[Core, ScriptedPrompts]]:
    put_practice_usbkey(home, scenario)
    save(home, Settings(practice_module=SOFTHSM, **settings))
    async with App(home).core() as core:
        person = ScriptedPrompts()
        person.decisions[ConfirmKind.STAMP] = Decision.ONCE
        core.assistant.prompts = person
        yield core, person


def window(core: Core) -> Connection:
    return core.assistant.connect(Asker(Channel.WINDOW))


def write(folder: Path, *names: str, paper: bytes = b"") -> tuple[StampFile, ...]:
    for name in names:
        (folder / name).write_bytes(paper or papers.register(2))
    return tuple(StampFile(folder / name, folder / f"stamped-{name}") for name in names)


async def test_one_document_with_time_stamp_and_revocation_data(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tsa"
    folder.mkdir()
    with time_stamping_service(folder) as url:
        (file,) = write(tmp_path, "a.pdf")
        original = file.source.read_bytes()
        async with opened(home, time_stamp_url=url) as (core, person):
            person.type(PIN)
            (result,) = await core.assistant.stamping.stamp(window(core), StampRequest((file,), Placement()))
            await core.assistant.errands_done()
            row = core.assistant.journal.recent(5)
    assert (result.problem, result.pages) == (None, (1,))
    (asked,) = person.pin_dialogs()
    assert asked.kind is ConfirmKind.STAMP
    assert "a.pdf" in asked.subject
    assert asked.picture.startswith(b"\x89PNG")
    assert [each.result for each in row if each.operation == Operation.STAMP] == ["done"]
    assert file.source.read_bytes() == original
    stamped = file.target.read_bytes()
    assert stamped.startswith(original)
    assert b"/DSS" in stamped
    assert "Signature is Valid" in pdfsig(file.target)
    trust = PracticeTrust(home)
    found = check(stamped, Roots(trust.ca_certificates(), trust.crls()), beijing(core.assistant._parts.clock.now()))
    assert (found["verdict"], found["trust"]) == ("valid", "trusted")
    assert found["signatures"][0]["details"]["time_stamp"] == "valid"


async def test_a_batch_is_asked_for_once_stopped_and_resumed(home: Path, tmp_path: Path) -> None:
    good = write(tmp_path, "a.pdf", "b.pdf", "c.pdf")
    bad = write(tmp_path, "secret.pdf", paper=papers.encrypted())
    async with opened(home) as (core, person):
        person.type(PIN)
        batch = StampBatch(StampRequest((*bad, *good), Placement(Mode.EDGE), reason="十一月申报"))
        person_window = window(core)
        told: list[StampResult] = []

        def progress(done: int, of: int, result: StampResult) -> None:
            told.append(result)
            if result.file == good[0]:
                batch.stop()

        await core.assistant.stamping.run(person_window, batch, progress)
        assert [each.file.source.name for each in told] == ["secret.pdf", "a.pdf"]
        assert batch.results[bad[0]].problem is not None
        assert not good[1].target.exists()
        (tmp_path / "c.pdf").write_bytes(papers.register(3))
        await core.assistant.stamping.run(person_window, batch, lambda *_: None)
        assert good[1].target.exists()
        problem = batch.results[good[2]].problem
        assert problem is not None
        assert problem.code is Code.FILE_UNREADABLE, "it was changed after the person agreed"
    assert len(person.pin_dialogs()) == 1
    assert person.confirmations(ConfirmKind.STAMP) == []
    listed = person.pin_dialogs()[0].content
    assert listed is not None
    assert [name in listed.text for name in ("a.pdf", "b.pdf", "c.pdf", "secret.pdf")] == [True, True, True, False]
    assert listed.text.startswith("事由：十一月申报\n"), "it is signed with each file"


async def test_a_logged_in_person_is_asked_each_time_and_may_say_no(home: Path, tmp_path: Path) -> None:
    data = papers.register(1)
    async with opened(home) as (core, person):
        person.type(PIN)
        person_window = window(core)
        await core.assistant.stamping.stamp_document(person_window, "a.pdf", data, Placement())
        person.decisions[ConfirmKind.STAMP] = Decision.NO
        with pytest.raises(HelperError) as told:
            await core.assistant.stamping.stamp_document(person_window, "a.pdf", data, Placement())
        assert told.value.code is Code.USER_CANCELLED
        (question,) = person.confirmations(ConfirmKind.STAMP)
        assert question.picture.startswith(b"\x89PNG")
        person.decisions[ConfirmKind.OVERWRITE_FILE] = Decision.NO
        (file,) = write(tmp_path, "a.pdf")
        file.target.write_bytes(b"mine")
        with pytest.raises(HelperError):
            await core.assistant.stamping.stamp(person_window, StampRequest((file,), Placement()))
        assert file.target.read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("scenario", "code"),
    [
        ("no-seal", Code.NO_SEAL),
        ("renewed", Code.SEAL_NEEDS_RENEWAL),
        ("revoked", Code.CERTIFICATE_REVOKED),
    ],
)
async def test_a_seal_that_may_not_be_used_stamps_nothing(home: Path, scenario: str, code: Code) -> None:
    paper = papers.register(1)
    async with opened(home, scenario) as (core, person):
        with pytest.raises(HelperError) as told:
            await core.assistant.stamping.stamp_document(window(core), "a.pdf", paper, Placement())
    assert told.value.code is code
    assert person.asked == []


@pytest.mark.parametrize(
    ("found", "code", "notes"),
    [
        (RevocationData(missing=("somebody",)), None, (REVOCATION_MISSING,)),
        (RevocationData(revoked=True), Code.CERTIFICATE_REVOKED, ()),
    ],
)
async def test_what_the_cas_addresses_say_is_heeded_and_their_silence_only_told(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    found: RevocationData,
    code: Code | None,
    notes: tuple[str, ...],
) -> None:
    monkeypatch.setattr(RevocationSource, "gather", lambda *_: found)
    (file,) = write(tmp_path, "a.pdf")
    async with opened(home) as (core, person):
        person.type(PIN)
        work = core.assistant.stamping.stamp(window(core), StampRequest((file,), Placement()))
        if code is None:
            (result,) = await work
            assert (result.problem, result.notes) == (None, notes)
        else:
            with pytest.raises(HelperError) as caught:
                await work
            assert caught.value.code is code
            assert not file.target.exists()
    assert told(REVOCATION_MISSING)
    assert page_ranges((1, 2, 3, 5, 7, 8)) == "1–3、5、7–8"
