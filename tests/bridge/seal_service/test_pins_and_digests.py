"""What is dangerous: PINs from pages, digests nobody can look into, files of this computer."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.assistant.person.prompts import ConfirmKind
from hebca_helper.assistant.sites.origins import OriginClass
from hebca_helper.bridge.seal_service.functions import ROWS
from hebca_helper.bridge.seal_service.replies import Style
from hebca_helper.errors import TABLE, Code, HelperError
from hebca_helper.pki.cms.verification import verify
from hebca_helper.pki.keys import SignatureAlgorithm, verify_digest
from tests.bridge.seal_service.office import PIN, STRANGER, TRUSTED, Office, b64, octets, opened, paper, pdfsig

pytestmark = pytest.mark.anyio
DENIED, LIKE_A_LOGIN = TABLE[Code.DENIED_BY_POLICY].number, TABLE[Code.LOGIN_LIKE_CONTENT].number


async def test_a_page_pin_is_for_trusted_sites_and_under_the_one_counter(home: Path) -> None:
    async with opened(home) as office:
        assistant = office.core.assistant
        old_page = assistant.connect(Asker(Channel.CERTIFICATE_SERVICE, TRUSTED))
        signer = await assistant.choose(old_page, Usage.SIGN)
        page = office.page()
        assert (await page.call("LoginDevice", sealSN="", pwd=b64(PIN)))["ret"] == 0
        await assistant.close(page.session.connection)
        with pytest.raises(HelperError):
            await assistant.login_with_page_pin(old_page, signer, "654321")
        refused = await office.page().call("VerifyUserPin", sealSN="", pwd=b64(PIN))
        assert refused["ret"] != 0, "one wrong PIN on 17212 was the last one from a page, here too"


async def test_an_unknown_site_has_no_pin_and_no_digest(home: Path) -> None:
    """Also after the person let it in once."""
    async with opened(home) as office:
        page = office.page(STRANGER)
        await page.call("GetSealCountInKey")
        assert (await page.call("LoginDevice", pwd=b64(PIN)))["ret"] == DENIED
        assert (await page.call("SealHash", hash="ab" * 20))["errorCode"] == DENIED
        assert office.person.pin_dialogs() == []


@pytest.mark.parametrize("name", ["SealHash", "SealHash_NoOrder"])
async def test_a_digest_is_sealed_behind_its_own_consent(home: Path, name: str) -> None:
    """What the page gets is a message of our own around the digest."""
    digest = hashlib.sha1(b"what the page shows", usedforsecurity=False).digest()
    async with opened(home) as office:
        office.person.type(PIN)
        page = office.page()
        await page.call("SelectStamp")
        message = octets(await page.call(name, hash=digest.hex()))
        (dialog,) = office.person.pin_dialogs()
        assert dialog.kind is ConfirmKind.SEAL_HASH and dialog.content and digest.hex() in dialog.content.text
        [report] = verify(message, b"what the page shows")
        assert report.problem is None
        office.refuse(ConfirmKind.SEAL_HASH)
        assert (await page.call(name, hash=digest.hex()))["error"] == "用户没有选择签章"


async def test_a_bare_signature_is_asked_about_each_time_and_told_as_what_it_is(home: Path) -> None:
    digest = bytes(range(20))
    async with opened(home) as office:
        origins = office.core.assistant.origins
        origins.set_class(TRUSTED, OriginClass.TRUSTED)
        origins.set_bare(TRUSTED, True)
        office.person.type(PIN)
        office.agree(ConfirmKind.SEAL_HASH_BARE)
        page = office.page(TRUSTED)
        await page.call("SelectStamp")
        entry = await office.core.assistant.choose(page.session.connection, Usage.SIGN)
        for _ in range(2):
            signature = octets(await page.call("SealHash", hash=digest.hex()))
            assert verify_digest(entry.certificate.spki, SignatureAlgorithm.RSA_SHA1, digest, signature)
        assert office.person.pin_dialogs()[0].kind is ConfirmKind.SEAL_HASH_BARE
        assert len(office.person.confirmations(ConfirmKind.SEAL_HASH_BARE)) == 1
        for size in (32, 48, 64):
            assert (await page.call("SealHash", hash="00" * size))["errorCode"] == LIKE_A_LOGIN
        assert office.core.assistant.journal.recent(1)[0].operation == "seal-hash-bare"


@pytest.mark.parametrize(("size", "ec"), [(48, False), (64, False), (21, False), (20, True), (64, True)])
async def test_a_digest_that_no_signature_has_is_refused(home: Path, size: int, ec: bool) -> None:
    async with opened(home, ec=ec) as office:
        assert (await office.page().call("SealHash", hash="00" * size))["errorCode"] == LIKE_A_LOGIN
        assert office.person.pin_dialogs() == []


async def test_a_file_is_sealed_beside_itself(home: Path, tmp_path: Path) -> None:
    source = tmp_path / "名册.pdf"
    original = paper()
    source.write_bytes(original)
    async with opened(home) as office:
        office.agree(ConfirmKind.USE_FILE, ConfirmKind.STAMP)
        office.person.type(PIN)
        page = office.page()
        reply = await page.call("InsertSeal_Pack", fileURI=b64(str(source)), isLocal=1, page=1, x=300, y=300)
        target = Path(octets(reply, "fileURI").decode())
        assert target.parent == source.parent and source.read_bytes() == original
        assert "Signature is Valid" in judged(target)
        (asked,) = office.person.confirmations(ConfirmKind.USE_FILE)
        assert str(source) in asked.subject
        checked = await page.call("VerifyAllSeal_Pack", fileURI=b64(str(target)))
        assert (checked["result"], checked["verdict"]) == (1, "valid")
        assert (await page.call("GetSealCount_Pack", fileURI=b64(str(target))))["count"] == 1
        assert (await page.call("GetSealInfo_Pack", fileURI=b64(str(target)), index=1))["result"][
            "document"
        ] == "unchanged"
        assert len(office.person.confirmations(ConfirmKind.USE_FILE)) == 2, "each path once for each purpose"


def judged(path: Path) -> str:
    return pdfsig(path.read_bytes(), path.parent)


async def test_a_riding_seal_and_a_batch(home: Path, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.pdf" for number in range(2)]
    for file in files:
        file.write_bytes(paper(3))
    async with opened(home) as office:
        office.agree(ConfirmKind.USE_FILE, ConfirmKind.STAMP)
        office.person.type(PIN)
        page = office.page()
        ridden = await page.call("InsertPageSeal_Pack", fileURI=b64(str(files[0])), x=0, y=0, flag=1, begin=1, end=3)
        assert "Signature is Valid" in judged(Path(octets(ridden, "fileURI").decode()))
        assert (await page.call("BatchSeal", filepath=b64(str(files[1]))))["ret"] != 0, "no batch was begun"
        assert (await page.call("BeginBatchSeal", filepath=b64(str(tmp_path)), flag=0))["ret"] == 0
        assert (await page.call("BatchSeal", filepath=b64(str(files[1]))))["ret"] == 0
        assert (await page.call("EndBatchSeal"))["ret"] == 0
        assert len(office.person.confirmations(ConfirmKind.STAMP)) == 1, "the first was consented to with the PIN"


async def test_a_page_does_not_learn_which_files_there_are(home: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.pdf"
    there.write_bytes(paper(1))
    async with opened(home) as office:
        office.refuse(ConfirmKind.USE_FILE)
        page = office.page()
        replies = [
            await page.call("GetSealCount_Pack", fileURI=b64(str(path))) for path in (there, tmp_path / "missing.pdf")
        ]
        assert replies[0] == replies[1]
        assert len(office.person.confirmations(ConfirmKind.USE_FILE)) == 2
        for path in ("名册.pdf", "//server/share/a.pdf", "/dev/zero", "/proc/self/environ", f"{tmp_path}/../a.pdf"):
            assert (await page.call("GetSealCount_Pack", fileURI=b64(path)))["ret"] == TABLE[Code.BAD_REQUEST].number
        office.agree(ConfirmKind.USE_FILE)
        own = await page.call("GetSealCount_Pack", fileURI=b64(str(home / "practice" / "softhsm2.conf")))
        assert own["ret"] == TABLE[Code.FILE_UNREADABLE].number, "the program's own files are no page's business"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.function.name)
@pytest.mark.parametrize("arguments", ["", "{", '{"pdfB64":"*","hash":"?","fileURI":"/","filepath":7}', "[]"])
async def test_every_function_answers_once_in_its_own_style(office: Office, row: object, arguments: str) -> None:
    function, style = row.function, row.style  # type: ignore[attr-defined]
    reply = await office.page().raw(function.name, arguments)
    assert set(reply) >= ({"success", "error"} if style is Style.S else {"ret", "msg"})


async def test_other_names_are_told_apart(office: Office) -> None:
    reply = await office.page().call("FormatDisk")
    assert reply["ret"] == TABLE[Code.UNKNOWN_FUNCTION].number
