"""What the handlers make of a page's words, against a stand-in: shapes, defaults, and what they refuse themselves."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.bridge.certificate_service.functions import FUNCTIONS
from hebca_helper.bridge.websocket.frames import Base64, success
from hebca_helper.bridge.websocket.lenient_json import SMALL, parse_object
from hebca_helper.errors import Code, HelperError
from tests.bridge.caller import Page

pytestmark = pytest.mark.anyio
VECTOR = base64.b64encode(b"safasfasfasfafwtrtrtyrtuyuiuo").decode()


@pytest.fixture
def page() -> Page:
    return Page()


async def test_the_gate_hears_of_each_call_with_its_risk_and_of_each_failure(page: Page) -> None:
    await page.call("GetCertCount")
    await page.call("Execute")
    await page.frame("not a frame")
    gate = page.standin.gate
    assert gate.entered == [("GetCertCount", Risk.IDENTIFY), ("Execute", Risk.SYSTEM)]
    assert gate.failures == [Code.DENIED_BY_POLICY, Code.BAD_REQUEST]


async def test_every_refused_function_is_of_the_class_that_nobody_may(page: Page) -> None:
    for name in ("Execute", "KillProcess", "DeleteFromCertStore", "WriteRegB64"):
        assert FUNCTIONS[name].risk is Risk.SYSTEM


# --- digests


@pytest.mark.parametrize(
    ("given", "name", "size"),
    [("sha1", "sha1", 20), ("SHA-256", "sha256", 32), ("SM3", "sm3", 32), ("0", "md5", 16), ("1", "sha1", 20),
     ("2", "sm3", 32), (1, "sha1", 20)],
)  # fmt: skip
async def test_a_digest_by_name_or_number(page: Page, given: object, name: str, size: int) -> None:
    reply = await page.call("Digest", certSN="ff", b64data=VECTOR, digestalg=given)
    assert reply["digestalg"] == name
    assert len(base64.b64decode(reply["digest"])) == size


async def test_the_references_hash_vector(page: Page) -> None:
    reply = await page.call("Digest", b64data=VECTOR, digestalg="sha1")
    assert reply["digest"] == "CHsfFTwmJTkumHCVWzV4yvvMic4="


async def test_an_ec_certificate_leaves_the_choice_to_the_page_and_an_unknown_name_is_refused(page: Page) -> None:
    assert (await page.call("Digest", certSN="0A1B", b64data=VECTOR, digestalg="sha384"))["digestalg"] == "sha384"
    for name in ("", "crc32", "shake_128", "../md5"):
        assert await page.fails(Code.BAD_REQUEST, "Digest", certSN="0A1B", b64data=VECTOR, digestalg=name)


async def test_a_large_digest(page: Page) -> None:
    data = bytes(1024 * 1024)
    reply = await page.call("Digest", b64data=base64.b64encode(data).decode(), digestalg="sha1")
    assert base64.b64decode(reply["digest"]) == hashlib.sha1(data, usedforsecurity=False).digest()


# --- keys and certificates


async def test_public_keys_of_the_pair(page: Page) -> None:
    await page.call("SelectSignCert")
    signing = base64.b64decode((await page.call("GetPubKeyData", signflag=True))["pubkey"])
    assert (len(signing), signing[0]) == (65, 4)
    assert base64.b64decode((await page.raw("GetPubKeyData"))["pubkey"]) == signing
    other = base64.b64decode((await page.raw("GetPubKeyData", '{"signflag":"0"}'))["pubkey"])
    assert other != signing
    page.standin.held = page.standin.held[:1]
    assert await page.fails(Code.NO_CERTIFICATE, "GetPubKeyData", signflag=False)


@pytest.mark.parametrize("flag", ["false", '"false"', "0", '"0"', "undefined", '""'])
async def test_a_false_rsaflag_means_sm2(page: Page, flag: str) -> None:
    page.standin.key_pairs.answers["new_sm2"] = b"blob"
    reply = await page.raw("GenKeyPair", '{"cn":"x","rsaflag":' + flag + "}")
    assert base64.b64decode(reply["pubkeyb64"]) == b"blob"
    assert [name for name, _ in page.standin.key_pairs.calls] == ["new_sm2"]


async def test_a_key_pair_on_the_token_of_the_selected_certificate(page: Page) -> None:
    page.standin.key_pairs.answers["request"] = b"PKCS#10"
    await page.call("GetSignCert", index=1)
    assert base64.b64decode((await page.call("GenKeyPair", cn="名", rsaflag=True))["pubkeyb64"]) == b"PKCS#10"
    [(_, (device, name))] = page.standin.key_pairs.calls
    assert (device.id, name) == ("token-2", "名")


async def test_garbage_is_no_certificate(page: Page) -> None:
    assert await page.fails(Code.CERTIFICATE_UNREADABLE, "ImportCert", b64cert="QUJD", signflag=True)
    assert await page.fails(Code.CERTIFICATE_UNREADABLE, "EnvelopB64", b64data="QQ==", certs=[{"cert": "QUJD"}])


@pytest.mark.parametrize("certs", [[], {}, "QQ==", [{}], [[]], [{"cert": "*"}], [None], ["QQ=="] * 257])
async def test_what_is_no_list_of_certificates(page: Page, certs: Any) -> None:
    assert await page.fails(Code.BAD_REQUEST, "EnvelopB64", b64data="QQ==", certs=certs)


async def test_ec_recipients_are_not_supported(page: Page) -> None:
    certificate = (await page.call("GetCertList"))["certlist"].split(";")[0]
    assert await page.fails(Code.NOT_SUPPORTED, "EnvelopB64", b64data="QQ==", certs=[certificate])
    await page.call("SelectCryptCert")
    assert await page.fails(Code.NOT_SUPPORTED, "EncryptB64", b64data="QQ==")


async def test_what_is_not_signed_is_not_verified(page: Page) -> None:
    for message in ("", "QUJD", "MIIB"):
        assert (await page.call("P7VerifyB64", b64data=message))["result"] == 0


# --- data, files, machine


async def test_text_is_kept_as_utf8_and_foreign_text_is_read_all_the_same(page: Page) -> None:
    await page.raw("WriteDataText", '{"name":"x","data":"中文","isprivate":undefined}')
    [(kind, (_, *written))] = page.standin.data.calls
    assert (kind, written) == ("write", ["x", "中文".encode(), False])
    for stored, text in (("中文".encode(), "中文"), ("中文".encode("gbk"), "中文"), (b"\xff\xff", "\ufffd\ufffd")):
        page.standin.data.answers["read"] = stored
        assert (await page.call("ReadDataText", name="x"))["data"] == text


async def test_file_paths_and_keys_go_to_the_assistant_as_they_are(page: Page) -> None:
    await page.call("EncryptFile", key="QUJD", src="/a", dst="/b")
    await page.call("DecryptFile", key="QUJD", src="/b", dst="/c")
    assert page.standin.files.calls == [("encrypt", (b"ABC", "/a", "/b")), ("decrypt", (b"ABC", "/b", "/c"))]


async def test_addresses_are_told_by_setting_only(page: Page) -> None:
    assert (await page.call("GetMachineInfo"))["ip"] == "127.0.0.1"
    told = await Page(tell_machine_info=True).call("GetMachineInfo")
    assert [len(part) for part in told["mac"].split("-")] == [2] * 6
    assert told["ip"].count(".") == 3


async def test_a_random_key_each_time(page: Page) -> None:
    keys = {(await page.raw("GenerateFileKeyB64", body))["b64key"] for body in ("", '{"b64data":"undefined"}', "{}")}
    assert {len(base64.b64decode(key)) for key in keys} == {32}
    assert len(keys) == 3


# --- large frames


def test_base64_of_our_own_stands_in_the_reply_as_it_is() -> None:
    assert success("X", {"b64data": Base64(("QU", "JD")), "count": 1, "text": "|"}) == (
        '1|X|{"ret":0,"msg":"","b64data":"QUJD","count":1,"text":"\\u007c"}'
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"b64data":"%s"}', "{}"),
        ('{"b64data" : "%s" }', "{}"),
        ('{b64data:"%s"}', "{}"),
        ('{"b64data":"%s\\n"}', "{}\n"),
        ('{"b64data":"%s","more":1}', "{}"),
    ],
)
def test_a_megabyte_of_base64_reads_as_json_does(text: str, value: str) -> None:
    long = "QUJD" * (SMALL // 2)
    assert parse_object(text.replace("%s", long), "b64data")["b64data"] == value.replace("{}", long)


@pytest.mark.parametrize("text", ['{"b64data":"%s', '{"b64data":"%s"', '{"b64data":"%s"}}', '{"b64data":"%s\\'])
def test_a_large_string_that_does_not_end_well(text: str) -> None:
    with pytest.raises(HelperError) as refused:
        parse_object(text.replace("%s", "A" * SMALL * 2))
    assert refused.value.code is Code.BAD_REQUEST
