"""Seals over the API: listed, set on PDFs that poppler judges, checked; and refused where they may not be used."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.person.prompts import ConfirmKind
from hebca_helper.bridge.budget import Budget
from hebca_helper.bridge.https.service import HttpsService
from hebca_helper.errors import Code
from tests.bridge.https.pages import Page
from tests.bridge.https.test_forms import KIND, form, part
from tests.bridge.seal_service.office import PIN, STRANGER, TRUSTED, WORDS, Office, opened, paper, pdfsig
from tests.https_page import HttpsPage

pytestmark = pytest.mark.anyio
BY_WORDS = {"mode": "keyword", "keyword": WORDS, "nth": 1}
AT_A_PLACE = {"mode": "position", "page": 1, "x_mm": 100, "y_mm": 100.5}
LARGEST = 500_000


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def sealed_pdf(answer: dict[str, Any]) -> bytes:
    return base64.b64decode(answer["pdf"])


@dataclass
class Counter:
    """The office with its HTTPS service."""

    office: Office
    service: HttpsService
    budget: Budget
    pages: list[HttpsPage] = field(default_factory=list)

    def page(self, origin: str = TRUSTED) -> Page:
        self.pages.append(HttpsPage(origin, self.service.url))
        return Page(self.pages[-1])


@asynccontextmanager
async def counter(home: Path, scenario: str = "fresh") -> AsyncIterator[Counter]:
    async with opened(home, scenario) as office:
        settings = replace(office.core.settings, https_port=0, largest_frame=LARGEST)
        budget = Budget(LARGEST)
        service = HttpsService(office.core.assistant, settings, home, budget=budget)
        await service.start()
        opened_counter = Counter(office, service, budget)
        try:
            yield opened_counter
        finally:
            for page in opened_counter.pages:
                await asyncio.to_thread(page.close)
            await service.stop()


async def post(page: Page, name: str, body: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
    given = {each.replace("_", "-"): text for each, text in headers.items()}
    status, _, answer = await page.request("POST", f"/v1/{name}", body, {"Content-Type": KIND, **given})
    return status, json.loads(answer)


async def test_a_pdf_is_sealed_by_words_then_at_a_place_as_form_data_and_checked(home: Path) -> None:
    document = paper()
    async with counter(home) as desk:
        page, person = desk.page(), desk.office.person
        await page.open_session()
        (seal,) = (await page.call("seals"))["seals"]
        assert (seal["usable"], seal["verdict"], seal["trust"], seal["problem"]) == (True, "valid", "trusted", "")
        assert base64.b64decode(seal["picture"]).startswith(b"\x89PNG")

        person.type(PIN)
        once = await page.call("seal", pdf=b64(document), name="名册.pdf", placement=BY_WORDS, seal=seal["id"])
        assert once["pages"] == [1]
        assert sealed_pdf(once).startswith(document)
        (dialog,) = person.pin_dialogs()
        assert (dialog.kind, dialog.picture[:4]) == (ConfirmKind.STAMP, b"\x89PNG"), "the sealed page is shown"

        desk.office.agree(ConfirmKind.STAMP)
        body = form(
            part("pdf", sealed_pdf(once), file="名册.pdf"),
            part("placement", json.dumps(AT_A_PLACE).encode()),
            part("name", "名册 2".encode()),
            part("seal", seal["id"].encode()),
        )
        status, twice = await post(page, "seal", body, Hebca_Request="a", Hebca_Session=page.page.session)
        assert (status, twice["pages"]) == (200, [1])
        assert pdfsig(sealed_pdf(twice), home).count("Signature is Valid") == 2, "the first seal is still right"
        (asked,) = person.confirmations(ConfirmKind.STAMP)
        assert "名册 2" in f"{asked.subject} {asked.content}", "each time with its own consent"
        rows = desk.office.core.assistant.journal.recent(2)
        assert {(row.operation, row.result) for row in rows} == {(Operation.STAMP, "done")}

        checked = await page.call("check", document=b64(sealed_pdf(twice)))
        assert (checked["verdict"], len(checked["signatures"])) == ("valid", 2)
        tampered = sealed_pdf(twice).replace(b"page 1 line 1", b"page 1 line 7", 1)
        status, checked = await post(page, "check", form(part("document", tampered, file="x")), Hebca_Request="b")
        assert (status, checked["verdict"]) == (200, "invalid")


async def test_a_document_may_be_larger_than_any_message_up_to_the_one_largest_size(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with counter(home) as desk:
        document = paper(1) + b"%" * LARGEST
        body = form(part("document", document, file="a.pdf"))
        assert (await post(desk.page(), "check", body, Hebca_Request="a"))[0] == 200
        assert (await desk.page().call("check", document=b64(document)))["kind"] == "pdf"
        assert await desk.page().fails(Code.TOO_LARGE, "sign", items=["x" * LARGEST])
        monkeypatch.setattr("hebca_helper.documents.LARGEST_FILE", LARGEST)
        assert (await post(desk.page(), "check", body, Hebca_Request="a"))[0] == 413
        assert await desk.page().fails(Code.TOO_LARGE, "seal", pdf=b64(document), placement=AT_A_PLACE)
        desk.budget.documents.largest = LARGEST
        assert (await post(desk.page(), "check", body, Hebca_Request="a"))[0] == 413
        assert await desk.page().fails(Code.TOO_LARGE, "seal", pdf=b64(document), placement=AT_A_PLACE)


async def test_what_is_no_such_request_or_no_such_document_asks_nobody(home: Path) -> None:
    document, where = b64(paper(1)), AT_A_PLACE
    async with counter(home) as desk:
        page = desk.page()
        bare = form(part("pdf", paper(1), file="a.pdf"), part("placement", b'{"mode":"edge"}'))
        assert (await post(page, "seal", bare))[0] == 415, "any form could send that"
        assert (await post(page, "seals", bare, Hebca_Request="a"))[0] == 415
        placed_by_file = form(part("pdf", paper(1), file="a.pdf"), part("placement", b'{"mode":"edge"}', file="p"))
        assert (await post(page, "seal", placed_by_file, Hebca_Request="a"))[0] == 400
        assert (await post(page, "seal", form(part("placement", b"{}")), Hebca_Request="a"))[0] == 400
        assert await page.fails(Code.SEAL_PLACE_MISSING, "seal", pdf=document, placement={**BY_WORDS, "keyword": "无"})
        assert await page.fails(Code.SEAL_PLACE_MISSING, "seal", pdf=document, placement={**where, "page": 9})
        assert await page.fails(Code.BAD_REQUEST, "seal", pdf=document, placement={"mode": "anywhere"})
        assert await page.fails(Code.DOCUMENT_UNREADABLE, "seal", pdf=b64(b"no PDF"), placement=where)
        assert await page.fails(Code.NO_SEAL, "seal", pdf=document, placement=where, seal="another")
        assert (await page.call("check", document=b64(b"no document")))["verdict"] == "unreadable"
        assert desk.office.person.pin_dialogs() == []


async def test_a_person_who_does_not_agree_and_a_site_that_is_none_of_theirs(home: Path) -> None:
    document = b64(paper(1))
    async with counter(home) as desk:
        page, person = desk.page(), desk.office.person
        session = await page.open_session()
        person.type(None, PIN)
        assert await page.fails(Code.USER_CANCELLED, "seal", pdf=document, placement=AT_A_PLACE)
        await page.call("seal", pdf=document, placement=AT_A_PLACE)
        desk.office.refuse(ConfirmKind.STAMP)
        assert await page.fails(Code.USER_CANCELLED, "seal", pdf=document, placement=AT_A_PLACE)
        assert [row.result for row in desk.office.core.assistant.journal.recent(3)] == [
            "user-cancelled", "done", "user-cancelled",
        ]  # fmt: skip

        stranger = desk.page(STRANGER)
        desk.office.refuse(ConfirmKind.CONNECT)
        for name, given in (("seals", {}), ("check", {"document": document})):
            assert await stranger.fails(Code.DENIED_BY_POLICY, name, **given), name
        assert await stranger.fails(Code.DENIED_BY_POLICY, "seal", pdf=document, placement=AT_A_PLACE)
        stranger.page.session = session  # another's
        assert await stranger.fails(Code.DENIED_BY_POLICY, "seal", pdf=document, placement=AT_A_PLACE)
        desk.office.agree(ConfirmKind.CONNECT)
        welcome = desk.page("https://another.example")
        assert await welcome.call("seals") == {"seals": []}, "practice seals are for practice"
        assert await welcome.fails(Code.NO_SEAL, "seal", pdf=document, placement=AT_A_PLACE)
        assert len(person.pin_dialogs()) == 2


@pytest.mark.parametrize(("scenario", "code"), [("no-seal", Code.NO_SEAL), ("renewed", Code.SEAL_NEEDS_RENEWAL)])
async def test_without_a_seal_that_may_be_used_nothing_is_sealed(home: Path, scenario: str, code: Code) -> None:
    async with counter(home, scenario) as desk:
        page = desk.page()
        listed = (await page.call("seals"))["seals"]
        assert [(each["usable"], each["problem"]) for each in listed] == [(False, code)] * (code is not Code.NO_SEAL)
        assert await page.fails(code, "seal", pdf=b64(paper(1)), placement=AT_A_PLACE)
        assert desk.office.person.pin_dialogs() == []
