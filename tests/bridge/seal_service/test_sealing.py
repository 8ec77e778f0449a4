"""A page has its PDF sealed; poppler judges what comes back."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from hebca_helper.assistant.person.prompts import ConfirmKind
from hebca_helper.bridge.seal_service.functions import FUNCTIONS
from hebca_helper.bridge.seal_service.packets import PACKET
from tests.bridge.seal_service.office import PIN, STRANGER, TRUSTED, WORDS, b64, octets, opened, paper, pdfsig
from tests.documents.pdf.papers import register

pytestmark = pytest.mark.anyio


async def test_a_pdf_is_sealed_where_the_words_stand(home: Path) -> None:
    document = paper()
    async with opened(home) as office:
        office.person.type(PIN)
        page = office.page()
        reply = await page.seal_words(document)
        sealed = octets(reply)
        assert sealed.startswith(document), "the page's own document is not touched"
        assert "Signature is Valid" in pdfsig(sealed, home)
        (dialog,) = office.person.pin_dialogs()
        assert (dialog.kind, dialog.picture[:4]) == (ConfirmKind.STAMP, b"\x89PNG"), "the sealed page is shown"
        assert reply["resultPacketCnt"] == -(-len(reply["result"]) // PACKET)

        office.agree(ConfirmKind.STAMP)
        again = await page.seal_words(sealed)
        assert pdfsig(octets(again), home).count("Signature is Valid") == 2, "the first seal is still right"
        assert len(office.person.pin_dialogs()) == 1
        assert len(office.person.confirmations(ConfirmKind.STAMP)) == 1, "a seal is asked about each time"


async def test_an_old_client_pulls_the_result_in_packets(home: Path) -> None:
    async with opened(home) as office:
        office.person.type(PIN)
        page = office.page()
        reply = await page.seal_words(paper())
        pulled = ""
        for index in range(reply["resultPacketCnt"]):
            piece = await page.call("SealKeyWordBase64PDF", isReceive="1", curPacketIndex=index)
            assert piece["subPacketCnt"] == reply["resultPacketCnt"]
            pulled += piece["result"]
        assert pulled == reply["result"]


@pytest.mark.parametrize("place", [{"x": 300, "y": "400.5", "eUnitType": 0}, {"x": 50.5, "y": 80, "eUnitType": 1}])
async def test_a_pdf_is_sealed_at_a_place(home: Path, place: dict[str, object]) -> None:
    async with opened(home) as office:
        office.person.type(PIN)
        reply = await office.page().call("InsertSealBase64PDF", pdfB64=b64_of(paper(1)), pageNo=1, **place)
        assert "Signature is Valid" in pdfsig(octets(reply), home)


async def test_what_cannot_be_sealed_is_said(home: Path) -> None:
    async with opened(home) as office:
        office.person.type(None)
        page = office.page()
        missing = await page.seal_words(paper(), "nowhere")
        assert not missing["success"] and missing["errorCode"]
        assert (await page.call("GetErrCode"))["code"] == missing["errorCode"]
        assert (await page.call("GetErrMsg"))["msg"]
        broken = await page.call("InsertSealBase64PDF", pdfB64=b64("not a PDF"), pageNo=1, x=1, y=1)
        assert not broken["success"]
        cancelled = await page.seal_words(paper())
        assert cancelled["error"] == "用户没有选择签章", "pages stay quiet at these words"
        assert (await page.call("GetVersion"))["version"]
        assert (await page.call("GetErrCode"))["code"] == 0


async def test_a_failure_is_told_in_both_styles_and_ends_every_exchange_of_packets(home: Path) -> None:
    """A page that sends packets stops at the only packet; one that reads `ret`, and one that reads `success`, sees it."""
    async with opened(home) as office:
        office.refuse(ConfirmKind.CONNECT)
        for name in (*FUNCTIONS, "GetTextSignContent", "NoSuchFunction"):
            told = await office.page(STRANGER).call(name)
            assert told["ret"] != 0 and told["success"] is False and told["msg"] == told["error"] != "", name
            assert (told["curPacketIndex"], told["subPacketCnt"]) == (0, 1), name
            assert ("result" in told) is (name == "GetTextSignContent"), "a page takes its length before it looks"


async def test_chinese_words_come_as_base64(home: Path) -> None:
    async with opened(home) as office:
        office.person.type(PIN)
        reply = await office.page().seal_words(register(1), "单位（盖章）")
        assert reply["success"] and "Signature is Valid" in pdfsig(octets(reply), home)


async def test_a_certificate_without_a_seal(home: Path) -> None:
    async with opened(home, "no-seal") as office:
        page = office.page()
        assert (await page.call("GetSealCountInKey"))["count"] == 0
        reply = await page.call("SelectStamp")
        assert not reply["success"] and "印章" in reply["error"]


async def test_a_seal_of_the_former_certificate_is_not_used(home: Path) -> None:
    async with opened(home, "renewed") as office:
        page = office.page()
        assert (await page.call("GetSealCountInKey"))["count"] == 0
        assert not (await page.seal_words(paper()))["success"]
        assert office.person.pin_dialogs() == []


async def test_the_stamp_is_chosen_with_its_certificate(home: Path) -> None:
    async with opened(home, "two-tokens") as office:
        page = office.page()
        reply = await page.call("SelectStamp")
        assert reply["success"] and reply["isSM2"] == 0
        assert octets(reply, "stamp").startswith(b"\x30")


async def test_a_stranger_learns_nothing(home: Path) -> None:
    async with opened(home) as office:
        office.refuse(ConfirmKind.CONNECT)
        page = office.page(STRANGER)
        for name in ("SelectStamp", "GetSealCountInKey", "GetVersion", "GetErrMsg", "BeginBatchSeal"):
            reply = await page.call(name)
            assert reply.get("success", reply.get("ret") == 0) is False, name
        assert office.person.pin_dialogs() == []
        assert (await office.page(TRUSTED).call("GetSealCountInKey"))["count"] == 1


def b64_of(document: bytes) -> str:
    return base64.b64encode(document).decode()


async def test_a_page_may_begin_with_its_document(home: Path) -> None:
    """Portals' upload buttons do: the person is asked about the site with the first packet, and a refusal ends it."""
    async with opened(home) as office:
        office.refuse(ConfirmKind.CONNECT)
        packet = {"subPacketCnt": 1, "curPacketIndex": 0, "pdfB64": b64_of(paper(1)), "keyword": b64("Seal here")}
        assert not (await office.page(STRANGER).call("SealKeyWordBase64PDF", **packet))["success"]
        (question,) = office.person.confirmations(ConfirmKind.CONNECT)
        assert question.asker.origin == STRANGER
        assert office.person.pin_dialogs() == []


async def test_a_page_may_count_from_one_break_lines_and_shift_the_seal(home: Path) -> None:
    text = base64.encodebytes(paper(1)).decode()
    middle = len(text) // 2
    async with opened(home) as office:
        office.person.type(PIN)
        page = office.page()
        more = {"subPacketCnt": 2, "keyword": b64(WORDS), "offsetX": "-100", "offsetY": 20.5}
        await page.call("SealKeyWordBase64PDF", curPacketIndex=1, pdfB64=text[:middle], **more)
        reply = await page.call("SealKeyWordBase64PDF", curPacketIndex=2, pdfB64=text[middle:], **more)
        pulled = ""
        for index in range(1, reply["resultPacketCnt"] + 1):
            pulled += (await page.call("SealKeyWordBase64PDF", isReceive="1", curPacketIndex=index))["result"]
        assert pulled == reply["result"]
        office.agree(ConfirmKind.STAMP)
        plain = await page.seal_words(paper(1))
        assert _box(octets(reply))[0] == pytest.approx(_box(octets(plain))[0] - 100 * 0.75, abs=0.1)
        assert _box(octets(reply))[1] == pytest.approx(_box(octets(plain))[1] - 20.5 * 0.75, abs=0.1)


def _box(sealed: bytes) -> tuple[float, float]:
    """Lower left corner of the seal in points."""
    found = re.findall(rb"/Rect \[ ([0-9.]+) ([0-9.]+) ", sealed)[-1]
    return float(found[0]), float(found[1])
