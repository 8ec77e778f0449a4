"""上报材料 and 扫描凭证 over real HTTP: what the hall makes, what it takes, what it refuses, and its receipts."""

from __future__ import annotations

import asyncio
import base64
import http.client
import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fpdf import FPDF
from fpdf.enums import EncryptionMethod
from PIL import Image

from hebca_helper.documents.client import check_document
from hebca_helper.documents.pdf.client import PdfHost
from hebca_helper.pki.certificates import Certificate
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.hall.materials import calls, shelf
from hebca_helper.practice.hall.materials.forms import CENTRE
from hebca_helper.practice.hall.refusals import Reason
from hebca_helper.practice.hall.server import Hall
from hebca_helper.practice.hall.units import invented_id_number
from hebca_helper.practice.names import COMPANY
from hebca_helper.practice.trust import PracticeTrust
from tests.practice.hall.held import HeldCertificate, Issue, MovingClock, rsa_key
from tests.practice.hall.people import LI, ZHANG, Person, accepted, refused
from tests.practice.hall.sealing import Sealing, Upload

pytestmark = pytest.mark.anyio
Answer = dict[str, Any]


@pytest.fixture(scope="module")
def host() -> Iterator[PdfHost]:
    with PdfHost() as running:
        yield running


@pytest.fixture
def sealing(host: PdfHost, ca: PracticeCa, moving: MovingClock) -> Sealing:
    return Sealing(host, ca, moving)


@pytest.fixture
async def zhang(hall: Hall, company: HeldCertificate) -> Person:
    """At work: registered, bound with the company's certificate, logged in again."""
    person = await Person(hall, ZHANG).settle(company)
    accepted(await person.log_in())
    return person


async def add(clerk: Person, number: int = 500, /, **changes: Any) -> Answer:
    form = {"person": "练习甲", "id_number": invented_id_number(number), "wage": "5200"}
    return await clerk.visitor.post("/api/materials/person", **{**form, **changes})


async def overview(person: Person) -> Answer:
    return accepted(await person.visitor.post("/api/materials"))


async def register(person: Person) -> tuple[int, bytes]:
    """Number and octets of a new 登记名册."""
    answer = accepted(await person.visitor.post("/api/materials/register"))
    return answer["paper"]["id"], base64.b64decode(answer["pdf"])


async def fetched(person: Person, path: str) -> tuple[int, bytes]:
    """Status and octets of a file, with this clerk's session."""

    def get() -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(urlsplit(person.visitor.origin).netloc, timeout=60)
        try:
            connection.request("GET", path, headers=person.visitor._headers(None))
            reply = connection.getresponse()
            return reply.status, reply.read()
        finally:
            connection.close()

    return await asyncio.to_thread(get)


def text_of(document: bytes, folder: Path) -> str:
    """What poppler reads."""
    path = folder / "read.pdf"
    path.write_bytes(document)
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout


def judged(document: bytes, folder: Path) -> str:
    """What poppler says of the signatures."""
    path = folder / "judged.pdf"
    path.write_bytes(document)
    return subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout


# 人员增加


async def test_people_are_entered_once_each_with_what_a_form_needs(hall: Hall) -> None:
    person = Person(hall, ZHANG)
    refused(await add(person), Reason.NOT_LOGGED_IN)
    await person.arrive()
    accepted(await add(person, wage=" 5200 "))
    refused(await add(person), Reason.FIELD_WRONG)
    for changes in (
        {"person": "甲"},
        {"person": "练习<b>"},
        {"id_number": "139900190001015001"},
        {"id_number": ""},
        {"wage": "999"},
        {"wage": "100001"},
        {"wage": "-5200"},
        {"wage": "5200.5"},
        {"wage": "５２００"},
        {"wage": "0000005200001"},
        {"wage": ""},
    ):
        answer = refused(await add(person, 501, **changes), Reason.FIELD_WRONG)
        assert answer["field"] in changes, answer
    refused(await add(person, 501, wage=5200), Reason.BAD_REQUEST)
    refused(await add(person, 500, flexible=True), Reason.FIELD_WRONG)
    accepted(await add(person, 501, flexible=True))
    shown = await overview(person)
    assert [(each["name"], each["wage"]) for each in shown["people"]] == [("练习甲", 5200)]
    assert [each["id_number"] for each in shown["flexible"]] == [invented_id_number(501)]
    other = await Person(hall, LI).arrive()
    assert (await overview(other))["people"] == []
    accepted(await add(other))  # a person may work for two units
    accepted(await person.visitor.post("/api/materials/clear"))
    assert (await overview(person))["people"] == (await overview(person))["flexible"] == []
    assert len((await overview(other))["people"]) == 1


async def test_a_unit_is_needed_and_there_is_an_end(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    person = Person(hall, ZHANG)
    accepted(await person.register())
    accepted(await person.log_in())
    refused(await add(person), Reason.UNIT_FIRST)
    accepted(await person.bind_unit())
    refused(await person.visitor.post("/api/materials/register"), Reason.OUT_OF_ORDER)
    monkeypatch.setattr(shelf, "MOST_PEOPLE", 2)
    for number in (1, 2):
        accepted(await add(person, number))
    assert "太多" in refused(await add(person, 3), Reason.OUT_OF_ORDER)["message"]


async def test_the_register_has_several_pages_and_everybody_is_on_it(hall: Hall, zhang: Person, tmp_path: Path) -> None:
    account = hall.services.store.account_named(ZHANG.username)
    assert account is not None
    for number in range(70):
        hall.services.materials.add(account.id, "练习甲", invented_id_number(number), 5200, flexible=False)
    _, made = await register(zhang)
    text = text_of(made, tmp_path)
    assert text.count("第 ") == text.count("\f") == int(text.rsplit("共 ", 1)[1].split()[0]) >= 3
    assert all(invented_id_number(each) in text for each in range(70))
    assert "合计：70 人，申报工资 364,000 元" in text
    assert text.count("单位（盖章）") == 1, "the seal goes to each place where these words stand"
    again, _ = await register(zhang)
    assert [paper["id"] for paper in (await overview(zhang))["papers"]] == [again], "what nobody uploaded gives way"


# 上传


async def test_an_upload_goes_on_where_it_stopped(
    hall: Hall, zhang: Person, company: HeldCertificate, sealing: Sealing
) -> None:
    accepted(await add(zhang))
    number, made = await register(zhang)
    upload = Upload(zhang, number, sealing.seal(made, company))
    upload.content += b"\n" * calls.PIECE  # a third piece, and not what was sealed
    upload.__post_init__()
    wrong = Upload(zhang, number, upload.content, digest="0" * 64)
    accepted(await wrong.piece(0))
    refused(await upload.piece(1), Reason.OUT_OF_ORDER)
    accepted(await upload.piece(0))
    assert accepted(await upload.received())["received"] == 1
    assert accepted(await wrong.received())["received"] == 0, "another file's pieces are forgotten"
    refused(await upload.piece(0), Reason.OUT_OF_ORDER)
    accepted(await wrong.piece(0))
    for place in range(1, wrong.count - 1):
        accepted(await wrong.piece(place))
    assert "不完整" in refused(await wrong.piece(wrong.count - 1), Reason.OUT_OF_ORDER)["message"]
    assert accepted(await wrong.received())["received"] == 0
    for changes in (
        {"count": calls.LARGEST_PAPER // calls.PIECE + 2},
        {"count": 0},
        {"place": -1},
        {"place": True},
        {"place": 10**30},
        {"paper": 10**30},
        {"content": "***"},
        {"content": base64.b64encode(b"x" * (calls.PIECE + 1)).decode()},
        {"digest": "nonsense"},
    ):
        answer = await upload.piece(0, **changes)
        assert answer["reason"] in (Reason.BAD_REQUEST, Reason.OUT_OF_ORDER), (changes, answer)


async def test_what_was_sealed_arrives_once_and_has_a_receipt(
    hall: Hall,
    zhang: Person,
    company: HeldCertificate,
    sealing: Sealing,
    home: Path,
    tmp_path: Path,
    moving: MovingClock,
) -> None:
    accepted(await add(zhang))
    number, made = await register(zhang)
    assert (
        accepted(await zhang.visitor.post("/api/materials/paper", paper=number))["pdf"]
        == base64.b64encode(made).decode()
    )
    assert (await fetched(zhang, f"/paper/{number}.pdf")) == (200, made)
    assert (await fetched(zhang, f"/receipt/{number}.pdf"))[0] == 404
    upload = Upload(zhang, number, sealing.seal(made, company))
    answer = accepted(await upload.send())
    assert (answer["paper"]["state"], answer["paper"]["state_text"]) == ("uploaded", "已上传")
    assert "电子签章验证通过" in answer["message"]
    assert accepted(await upload.received()) == answer, "whoever missed the answer hears it again"
    refused(await upload.piece(0), Reason.OUT_OF_ORDER)
    refused(await zhang.visitor.post("/api/materials/counter", paper=number), Reason.OUT_OF_ORDER)
    refused(await zhang.visitor.post("/api/materials/paper", paper=number), Reason.OUT_OF_ORDER)
    assert (await fetched(zhang, f"/paper/{number}.pdf")) == (200, upload.content)

    receipts = await asyncio.gather(*(fetched(zhang, f"/receipt/{number}.pdf") for _ in range(2)))
    assert [status for status, _ in receipts] == [200, 200]
    trust = PracticeTrust(home, moving)
    certificates, crls = [each.der for each in trust.ca_certificates()], [each.der for each in trust.crls()]
    for _, receipt in receipts:
        report = check_document(receipt, certificates, crls, moving())
        assert (report.verdict, report.trust) == ("valid", "trusted"), report
        assert report.signatures[0].seal and report.signatures[0].seal.signer_listed is True
    said = judged(receipts[0][1], tmp_path)
    assert CENTRE in said and "Signature is Valid" in said and "Total document signed" in said
    assert "已验证，有效" in text_of(receipts[0][1], tmp_path)

    other = await Person(hall, LI).arrive()
    for path_of in ("paper", "receipt"):
        assert (await fetched(other, f"/{path_of}/{number}.pdf"))[0] == 404
        assert (await fetched(Person(hall, LI), f"/{path_of}/{number}.pdf"))[0] == 404
        assert (await fetched(zhang, f"/{path_of}/{10**30}.pdf"))[0] == 404
    refused(await Upload(other, number, upload.content).received(), Reason.BAD_REQUEST)


async def test_the_hall_takes_nothing_that_is_not_this_paper_with_this_units_seal(
    hall: Hall, zhang: Person, company: HeldCertificate, other_company: HeldCertificate, issue: Issue, sealing: Sealing
) -> None:
    accepted(await add(zhang))
    _, older = await register(zhang)
    number, made = await register(zhang)
    good = sealing.seal(made, company)
    place = good.index(b"/Contents <", len(made)) + 4000
    moved = good[:place] + (b"0" if good[place : place + 1] != b"0" else b"1") + good[place + 1 :]
    stranger = issue(COMPANY, key=rsa_key("stranger"))
    files = {
        "没有签章": made,
        "改动或签章无效": moved,
        "不是本大厅生成": sealing.seal(older, company),
        "没有本单位证书": sealing.seal(made, other_company),
        "电子签章": sealing.seal(made, company, bare=True),
        "验证不通过": sealing.seal(made, stranger, seal_for=company),
    }
    for words, content in files.items():
        answer = refused(await Upload(zhang, number, content).send(), Reason.PAPER_REFUSED)
        assert words in answer["message"], (words, answer)
        assert accepted(await Upload(zhang, number, content).received())["received"] == 0, "it begins anew"
    changed = good.replace(b"%PDF-1.3", b"%PDF-1.4", 1)
    refused(await Upload(zhang, number, changed).send(), Reason.PAPER_REFUSED)
    assert (await overview(zhang))["papers"][-1]["state"] == "made"
    accepted(await Upload(zhang, number, good).send())


async def test_a_certificate_revoked_since_seals_nothing_nor_does_an_old_seal_count(
    hall: Hall, zhang: Person, company: HeldCertificate, sealing: Sealing, ca: PracticeCa, moving: MovingClock
) -> None:
    """A document signed before stays valid for ever; but when a signature was made, only its signer says."""
    accepted(await add(zhang))
    number, made = await register(zhang)
    old = sealing.seal(made, company)
    moving.advance(hours=25)
    accepted(await zhang.log_in())
    assert "签章时间" in refused(await Upload(zhang, number, old).send(), Reason.PAPER_REFUSED)["message"]
    good = sealing.seal(made, company)
    moving.advance(minutes=1)
    ca.revoke(Certificate.parse(company.der).serial_number)
    assert "已被吊销" in refused(await Upload(zhang, number, good).send(), Reason.PAPER_REFUSED)["message"]


async def test_without_a_bound_certificate_nothing_can_be_uploaded(
    hall: Hall, company: HeldCertificate, sealing: Sealing
) -> None:
    person = await Person(hall, ZHANG).arrive()
    accepted(await add(person))
    number, made = await register(person)
    answer = refused(await Upload(person, number, sealing.seal(made, company)).send(), Reason.PAPER_REFUSED)
    assert "CA 绑定" in answer["message"]
    accepted(await person.visitor.post("/api/materials/counter", paper=number))
    assert (await overview(person))["papers"][0]["state_text"] == "待柜台审批"
    assert "柜台" in refused(await Upload(person, number, made).received(), Reason.OUT_OF_ORDER)["message"]
    assert (await fetched(person, f"/receipt/{number}.pdf"))[0] == 404


# 扫描凭证


def picture(kind: str, size: tuple[int, int] = (620, 877)) -> str:
    made = io.BytesIO()
    Image.new("RGB", size, "ivory").save(made, kind)
    return base64.b64encode(made.getvalue()).decode()


def document(*, password: str = "") -> str:
    paper = FPDF(format=(100, 140))
    paper.add_page()
    paper.set_font("helvetica")
    paper.cell(text="SCANNED")
    if password:
        paper.set_encryption("owner", password, EncryptionMethod.AES_256)
    return base64.b64encode(bytes(paper.output())).decode()


async def test_scans_and_the_form_become_one_paper(
    hall: Hall, zhang: Person, company: HeldCertificate, sealing: Sealing, host: PdfHost, tmp_path: Path
) -> None:
    accepted(await add(zhang, flexible=True))
    person = (await overview(zhang))["flexible"][0]["id"]

    async def send(scans: Any, who: int = person) -> Answer:
        return await zhang.visitor.post("/api/materials/scans", person=who, scans=scans)

    for scans in ([], [picture("PNG")] * 21, "no list", [7], None, [""]):
        assert refused(await send(scans), Reason.FIELD_WRONG)["field"] == "scans"
    refused(await send(["***"]), Reason.BAD_REQUEST)
    refused(await send([picture("PNG")], 10**30), Reason.BAD_REQUEST)
    broken = base64.b64encode(base64.b64decode(picture("PNG"))[:200]).decode()
    for bad, words in ((broken, "无法"), (base64.b64encode(b"MZ").decode(), "无法"), (document(password="x"), "密码")):
        answer = refused(await send([picture("PNG"), bad]), Reason.FIELD_WRONG)
        assert words in answer["message"], answer
    assert (await overview(zhang))["flexible"][0]["papers"] == []

    issued = accepted(await send([picture("PNG"), picture("JPEG", (2480, 1754)), document()]))
    made, number = base64.b64decode(issued["pdf"]), issued["paper"]["id"]
    text = text_of(made, tmp_path)
    assert text.count("\f") == 4 and "社会保险参保人员登记表" in text and "SCANNED" in text
    sizes = [tuple(round(side) for side in sorted(page)) for page in host.open(made)]
    assert sizes == [(210, 297)] * 3 + [(100, 140)], "pictures on A4; a PDF keeps its pages"
    accepted(await Upload(zhang, number, sealing.seal(made, company)).send())
    papers = (await overview(zhang))["flexible"][0]["papers"]
    assert [(paper["id"], paper["state_text"]) for paper in papers] == [(number, "已上传")]
