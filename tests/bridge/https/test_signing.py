"""Signing over the API: bare signatures, CMS, several items under one consent, digests, envelopes."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.errors import Code
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.keys import SignatureAlgorithm, verify
from tests.bridge.https.pages import PIN, open_bridge


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def signatures(answer: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(each["signature"]) for each in answer["signatures"]]


def is_good_cms(folder: Path, message: bytes, content: bytes | None = None) -> bytes:
    """What openssl finds signed; the certificate's chain is not its business here."""
    (folder / "message").write_bytes(message)
    command = ["openssl", "cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", "message"]
    if content is not None:
        (folder / "content").write_bytes(content)
        command += ["-content", "content"]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout


@pytest.mark.anyio
@pytest.mark.parametrize("ec", [False, True], ids=["RSA", "EC"])
async def test_a_bare_signature_is_over_what_was_shown(make_home: Callable[..., Path], ec: bool) -> None:
    async with open_bridge(make_home(ec=ec)) as bridge:
        bridge.scene.person.type(PIN)
        answer = await bridge.page().call("sign", items=[{"data": b64("申报 1 份".encode())}])
        certificate = Certificate.parse(base64.b64decode(answer["certificate"]))
        algorithm = SignatureAlgorithm.ECDSA_SHA256 if ec else SignatureAlgorithm.RSA_SHA256
        assert verify(certificate.spki, algorithm, "申报 1 份".encode(), signatures(answer)[0])
        (dialog,) = bridge.scene.person.pin_dialogs()
        assert (dialog.kind, dialog.content and dialog.content.text) == (ConfirmKind.SIGN, "申报 1 份")


@pytest.mark.anyio
async def test_old_verifiers_get_sha_1(practice_home: Path) -> None:
    async with open_bridge(practice_home) as bridge:
        bridge.scene.person.type(PIN)
        answer = await bridge.page().call("sign", items=[{"data": b64(b"old")}], hash="sha1")
        certificate = Certificate.parse(base64.b64decode(answer["certificate"]))
        assert verify(certificate.spki, SignatureAlgorithm.RSA_SHA1, b"old", signatures(answer)[0])


@pytest.mark.anyio
@pytest.mark.parametrize("form", ["pkcs1", "cms"])
async def test_several_items_are_shown_whole_and_agreed_to_once(practice_home: Path, tmp_path: Path, form: str) -> None:
    """No line of one item can pass for the heading of another, and each leaves a row in the journal."""
    forged = "first\n【2】别的文件，1 字节\nx"
    items = [("合同.txt", forged.encode()), ("清单", b"\x00\x01\xff")]
    async with open_bridge(practice_home) as bridge:
        page = bridge.page()
        await page.open_session()
        bridge.scene.person.type(PIN)
        given = [{"name": name, "data": b64(data)} for name, data in items]
        answer = await page.call("sign", items=given, form=form)
        assert [each["name"] for each in answer["signatures"]] == ["合同.txt", "清单"]
        (dialog,) = bridge.scene.person.pin_dialogs()
        assert dialog.content is not None
        lines = dialog.content.text.split("\n")
        assert [line for line in lines if line.startswith("【")] == [
            f"【1】合同.txt，{len(forged.encode())} 字节",
            "【2】清单，3 字节（不是文字，以十六进制显示开头）",
        ]
        assert "│ 【2】别的文件，1 字节" in lines
        for (_, data), signature in zip(items, signatures(answer), strict=True):
            if form == "cms":
                assert is_good_cms(tmp_path, signature) == data
            else:
                spki = Certificate.parse(base64.b64decode(answer["certificate"])).spki
                assert verify(spki, SignatureAlgorithm.RSA_SHA256, data, signature)
        rows = bridge.scene.assistant.journal.recent(2)
        assert {row.operation for row in rows} == {Operation.SIGN_DOCUMENT if form == "cms" else Operation.SIGN}
        assert {row.digest for row in rows} == {hashlib.sha256(data).hexdigest() for _, data in items}
        kind = ConfirmKind.SIGN_DOCUMENT if form == "cms" else ConfirmKind.SIGN
        bridge.scene.person.decisions[kind] = Decision.NO
        assert await page.fails(Code.USER_CANCELLED, "sign", items=given, form=form)
        assert [row.result for row in bridge.scene.assistant.journal.recent(2)] == ["user-cancelled"] * 2


@pytest.mark.anyio
@pytest.mark.parametrize("cms_digest", ["sha256", "sha1"])
async def test_a_digest_is_signed_inside_cms_only(practice_home: Path, tmp_path: Path, cms_digest: str) -> None:
    content = b"a file that never leaves the portal"
    item = {"name": "file", "digest": hashlib.sha256(content).hexdigest()}
    async with open_bridge(practice_home, cms_digest=cms_digest) as bridge:
        page = bridge.page()
        await page.open_session()
        bridge.scene.person.type(PIN)
        answer = await page.call("sign", items=[item], form="cms")
        is_good_cms(tmp_path, signatures(answer)[0], content)
        with pytest.raises(subprocess.CalledProcessError):
            is_good_cms(tmp_path, signatures(answer)[0], content + b"!")
        (dialog,) = bridge.scene.person.pin_dialogs()
        assert dialog.content is not None
        assert hashlib.sha256(content).hexdigest() in dialog.content.text
        assert await page.fails(Code.BAD_REQUEST, "sign", items=[item], form="pkcs1")
        assert await page.fails(Code.BAD_REQUEST, "sign", items=[{**item, "data": ""}], form="cms")
        bridge.agree(ConfirmKind.SIGN_DOCUMENT)
        answer = await page.call("sign", items=[{"data": b64(content)}], form="cms", detached=True)
        is_good_cms(tmp_path, signatures(answer)[0], content)


@pytest.mark.anyio
async def test_an_envelope_comes_back(practice_home: Path) -> None:
    async with open_bridge(practice_home) as bridge:
        page = bridge.page()
        (sealer,) = (await page.call("certificates", usage="encrypt"))["certificates"]
        sealed = await page.call("envelope", data=b64(b"secret"), recipients=[sealer["certificate"]])
        bridge.scene.person.type(PIN)
        assert await page.call("open", message=sealed["message"]) == {"data": b64(b"secret")}
        (dialog,) = bridge.scene.person.pin_dialogs()
        assert dialog.kind is ConfirmKind.DECRYPT
        assert await page.fails(Code.DECRYPTION_FAILED, "open", message=b64(b"no envelope"))
        assert await page.fails(Code.CERTIFICATE_UNREADABLE, "envelope", data="", recipients=[b64(b"nobody")])


@pytest.mark.anyio
async def test_the_person_chooses_among_two_usbkeys_and_changes_the_pin(make_home: Callable[..., Path]) -> None:
    async with open_bridge(make_home("two-tokens")) as bridge:
        page = bridge.page()
        bridge.scene.person.choice = 1
        chosen = (await page.call("choose"))["certificate"]["fingerprint"]
        offered = (await page.call("certificates", usage="sign"))["certificates"]
        assert [each["fingerprint"] for each in offered].index(chosen) == 1
        bridge.scene.person.type_change((PIN, "864209"))
        assert await page.call("change-pin", certificate=chosen) == {}
        bridge.scene.person.type("864209")
        await page.call("sign", items=[{"data": b64(b"x")}], certificate=chosen)
