"""Each function of the table through the dispatcher, against a stand-in assistant (see standin.py)."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hebca_helper.bridge.certificate_service.functions import FUNCTIONS, ROWS, Standing
from hebca_helper.bridge.certificate_service.handlers_machine import version_number
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import EventKind
from tests.bridge.caller import Page
from tests.bridge.node import read_as_a_page
from tests.bridge.standin import entry

pytestmark = pytest.mark.anyio

ALL_54 = [
    "GetCertCount",
    "GetSignCertCount",
    "SelectSignCert",
    "SelectCryptCert",
    "GetSignCert",
    "SelectSignCertFilterDevice",
    "GetCertList",
    "GetSubjectItem",
    "GetSignCertNotAfter",
    "GetCertB64",
    "GetPubKeyData",
    "IsCertOnline",
    "IsCertLogined",
    "UILogin",
    "Login",
    "CspLogin",
    "UnUICertLogin",
    "Logout",
    "SignText",
    "SignB64",
    "UnUISign",
    "EncryptB64",
    "DecryptB64",
    "GenerateFileKeyB64",
    "EncryptFile",
    "DecryptFile",
    "P7SignB64",
    "P7VerifyB64",
    "EnvelopB64",
    "UnEnvelopB64",
    "Digest",
    "ReadRegB64",
    "WriteRegB64",
    "WriteDataB64",
    "ReadDataB64",
    "WriteDataText",
    "ReadDataText",
    "DeleteData",
    "CreateSM2SoftDevice",
    "GenKeyPair",
    "ImportECCKeyPair",
    "ImportCert",
    "OnlineFormatByURL",
    "OnlineResetPinByURL",
    "ReloadDevice",
    "DeleteFromCertStore",
    "Execute",
    "KillProcess",
    "GetMachineInfo",
    "GenerateAgreementDataWithECC",
    "GenerateAgreementDataAndKeyWithECC",
    "GenerateKeyWithECC",
    "EncryptWithAgreementKey",
    "DecryptWithAgreementKey",
]
REFUSED = {"Execute", "KillProcess", "DeleteFromCertStore", "WriteRegB64", "OnlineFormatByURL", "CreateSM2SoftDevice"}
NOT_SUPPORTED = {
    "GenerateAgreementDataWithECC",
    "GenerateAgreementDataAndKeyWithECC",
    "GenerateKeyWithECC",
    "EncryptWithAgreementKey",
    "DecryptWithAgreementKey",
}
"""SM2 key agreement."""


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def page() -> Page:
    return Page()


# --- the table


def test_the_table_has_the_54_functions_of_the_reference() -> None:
    assert sorted(FUNCTIONS) == sorted(ALL_54)
    assert len(ROWS) == 54


def test_each_row_says_where_it_stands() -> None:
    assert {row.name for row in ROWS if row.standing is Standing.REFUSED} == REFUSED
    assert {row.name for row in ROWS if row.standing is Standing.NOT_SUPPORTED} == NOT_SUPPORTED
    assert all((row.handler is not None) is (row.standing is Standing.WORKS) for row in ROWS)
    assert Counter(row.standing for row in ROWS) == {
        Standing.WORKS: 43,
        Standing.REFUSED: 6,
        Standing.NOT_SUPPORTED: 5,
    }


def test_only_single_string_functions_recover_raw_text() -> None:
    assert {row.name for row in ROWS if row.recoverable and row.handler} == {
        "IsCertOnline", "IsCertLogined", "Login", "CspLogin", "SignText", "SignB64", "EncryptB64", "DecryptB64",
        "GenerateFileKeyB64", "P7SignB64", "P7VerifyB64", "UnEnvelopB64", "ReadDataB64", "ReadDataText", "DeleteData",
    }  # fmt: skip
    assert not FUNCTIONS["WriteDataB64"].recoverable


async def test_what_is_not_there_answers_at_once(page: Page) -> None:
    for row in ROWS:
        if row.handler is None:
            wanted = Code.DENIED_BY_POLICY if row.name in REFUSED else Code.NOT_SUPPORTED
            assert await page.fails(wanted, row.name, filename="/bin/sh")
    assert await page.fails(Code.UNKNOWN_FUNCTION, "getcertcount")


async def test_every_call_of_an_origin_that_is_not_admitted_is_denied(page: Page) -> None:
    page.standin.admitted = False
    for name in [*ALL_54, "NoSuchFunction"]:
        for arguments in ("", "{broken", '{"index":0,"cn":"x","pin":"1","signText":"x","b64data":"QQ==","certSN":"b",'
                          '"password":"1","key":"QQ==","name":"QQ==","deviceNames":"x"}'):  # fmt: skip
            reply = await page.raw(name, arguments)
            assert reply["ret"] == HelperError(Code.DENIED_BY_POLICY).number, (name, arguments, reply)
    assert (page.standin.signed, page.standin.pins, page.standin.rescans) == ([], [], 0)


# --- frames that are no calls


async def test_greeting_and_identity(page: Page) -> None:
    assert await page.frame("0|1700000000000") == f"0|Welcome {page.session.connection.id}"
    assert await page.raw("MyID", '{"ID":"x"}') == {"ret": 0, "msg": ""}


@pytest.mark.parametrize("frame", ["", "1|", "1|Get Cert|{}", "7|x", b"\x00\x01", b"1|GetCertCount"])
async def test_bad_frames_get_one_error(page: Page, frame: str | bytes) -> None:
    reply = await page.frame(frame)
    assert reply.startswith("1|Error|")
    assert json.loads(reply.split("|")[2])["ret"] == HelperError(Code.BAD_REQUEST).number


# --- choosing


async def test_counts_and_list(page: Page) -> None:
    assert await page.call("GetCertCount") == {"ret": 0, "msg": "", "count": 3}
    assert await page.call("GetSignCertCount") == {"ret": 0, "msg": "", "count": 2}
    listed = await page.call("GetCertList")
    assert listed["certsnlist"] == "a1b;b"
    for index, der in enumerate(listed["certlist"].split(";")):
        assert (await page.call("GetSignCert", index=index))["ret"] == 0
        assert (await page.call("GetCertB64"))["cert"] == der


async def test_no_certificate_is_an_error_and_no_empty_list(page: Page) -> None:
    page.standin.held = []
    assert (await page.call("GetSignCertCount"))["count"] == 0
    assert await page.fails(Code.NO_CERTIFICATE, "GetCertList")
    assert await page.fails(Code.NO_CERTIFICATE, "SelectSignCert")
    assert await page.fails(Code.NO_CERTIFICATE, "GetSignCert", index=0)


async def test_every_selection_sets_the_current_certificate(page: Page) -> None:
    assert (await page.call("SelectCryptCert"))["ret"] == 0
    crypt = (await page.call("GetCertB64"))["cert"]
    assert (await page.call("SelectSignCert"))["ret"] == 0
    assert (await page.call("GetCertB64"))["cert"] != crypt
    assert await page.fails(Code.NO_CERTIFICATE, "GetSignCert", index=2)
    assert (await page.call("GetSubjectItem", index="CN"))["content"] == "演练单位|一号<甲>"


async def test_filtered_devices_are_ignored(page: Page) -> None:
    await page.call("SelectSignCertFilterDevice", deviceNames="label of token-1;other;")
    assert page.standin.ignored == ["label of token-1", "other"]
    assert (await page.call("GetSubjectItem", index="0"))["content"] == "second"
    await page.raw("SelectSignCertFilterDevice", '{"deviceNames":""}')
    assert page.standin.ignored == []


async def test_nothing_selected(page: Page) -> None:
    calls: dict[str, dict[str, object]] = {
        "GetCertB64": {},
        "GetSubjectItem": {"index": 0},
        "UILogin": {},
        "Login": {"pin": "123456"},
        "SignText": {"signText": "x"},
        "SignB64": {"b64data": "QQ=="},
    }
    for name, arguments in calls.items():
        assert await page.fails(Code.CERTIFICATE_NOT_SELECTED, name, **arguments)
    await page.call("SelectCryptCert")
    assert await page.fails(Code.CERTIFICATE_NOT_SELECTED, "SignText", signText="x")


async def test_a_selection_goes_with_its_token_and_comes_back_with_it(page: Page) -> None:
    await page.call("SelectSignCert")
    page.standin.tell(EventKind.CHANGED, "token-2")
    assert (await page.call("GetCertB64"))["ret"] == 0
    gone = page.standin.unplug("token-1")
    calls: dict[str, dict[str, object]] = {"GetCertB64": {}, "SignText": {"signText": "x"}, "UILogin": {}}
    for name, arguments in calls.items():
        assert await page.fails(Code.NO_CERTIFICATE, name, **arguments)
    page.standin.held = gone
    page.standin.tell(EventKind.PLUGGED, "token-1")
    assert (await page.call("SignText", signText="x"))["ret"] == 0
    page.standin.admitted = False
    assert await page.fails(Code.DENIED_BY_POLICY, "GetCertB64")


# --- reading


@pytest.mark.parametrize("index", ["0", '"0"', "CN", '"cn"', "undefined", '"CN"', " 0 "])
async def test_subject_items_by_number_and_name(page: Page, index: str) -> None:
    await page.call("SelectSignCert")
    assert (await page.raw("GetSubjectItem", '{"index":' + index + "}"))["content"] == "演练单位|一号<甲>"


@pytest.mark.parametrize("index", ["-1", "1.5", "true", '"x"', "[]", "99999999999", '"²"'])
async def test_a_wrong_index_is_a_bad_request(page: Page, index: str) -> None:
    reply = await page.raw("GetSignCert", '{"index":' + index + "}")
    assert reply["ret"] == HelperError(Code.BAD_REQUEST).number


async def test_expiry_in_beijing_time_leaves_the_state_alone(page: Page) -> None:
    assert (await page.call("GetSignCertNotAfter", index=1))["certnotafter"] == "2030-12-31 23:59:59"
    assert await page.fails(Code.CERTIFICATE_NOT_SELECTED, "GetCertB64")


async def test_online_and_logged_in_by_name(page: Page) -> None:
    assert (await page.call("IsCertOnline", cn="second"))["result"] == 1
    assert (await page.call("IsCertOnline", cn="third"))["result"] == 0
    assert (await page.call("IsCertLogined", cn="second"))["result"] == 0
    page.standin.logged_in.add("token-2")
    assert (await page.call("IsCertLogined", cn="second"))["result"] == 1
    assert await page.fails(Code.BAD_REQUEST, "IsCertOnline")


# --- logging in and signing


async def test_logins_go_to_the_assistant(page: Page) -> None:
    await page.call("SelectSignCert")
    assert (await page.call("UILogin"))["ret"] == 0
    assert (await page.raw("Login", '{"pin":"12"34\\56"}'))["ret"] == 0
    assert (await page.raw("CspLogin", '{"pin":123456}'))["ret"] == 0
    assert (await page.call("UnUICertLogin", certSN="000B", password="x"))["ret"] == 0
    assert page.standin.pins == ['12"34\\56', "123456", "x"]
    assert await page.fails(Code.NO_CERTIFICATE, "UnUICertLogin", certSN="ff", password="x")
    assert (await page.call("Logout"))["ret"] == 0
    assert page.standin.logged_in == set()


async def test_text_is_signed_in_the_portal_s_encoding(page: Page) -> None:
    await page.call("SelectSignCert")
    reply = await page.call("SignText", signText="中文 a|b")
    assert page.standin.signed == [("中文 a|b".encode("gbk"), "中文 a|b")]
    assert base64.b64decode(reply["signature"]) == b"signature of " + "中文 a|b".encode("gbk")
    assert await page.fails(Code.TEXT_NOT_ENCODABLE, "SignText", signText="表情 😀")
    assert await page.fails(Code.TEXT_NOT_ENCODABLE, "SignText", signText="half \ud83d")
    assert len(page.standin.signed) == 1


async def test_another_encoding_is_a_setting() -> None:
    page = Page(text_encoding="utf-8")
    await page.call("SelectSignCert")
    await page.call("SignText", signText="中😀")
    assert page.standin.signed == [("中😀".encode(), "中😀")]


async def test_bytes_are_signed_as_they_are(page: Page) -> None:
    await page.call("SelectSignCert")
    assert (await page.call("SignB64", b64data="AAEC\r\n/w=="))["ret"] == 0
    assert page.standin.signed == [(b"\x00\x01\x02\xff", None)]
    for wrong in ("AAE", "Q*Q==", "中文", 5.5, ["QQ=="]):
        assert await page.fails(Code.BAD_REQUEST, "SignB64", b64data=wrong)


async def test_failures_of_the_assistant_reach_the_page_without_their_detail(page: Page) -> None:
    await page.call("SelectSignCert")
    page.standin.failure = HelperError(Code.PIN_LOCKED, "secret detail")
    assert await page.fails(Code.PIN_LOCKED, "SignText", signText="x")


@pytest.mark.parametrize("failure", [ValueError("PIN 123456"), asyncio.CancelledError("PIN 123456")])
async def test_an_unforeseen_failure_is_one_reply_and_a_log_without_content(
    page: Page, failure: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    await page.call("SelectSignCert")
    page.standin.failure = failure
    with caplog.at_level(logging.DEBUG):
        assert await page.fails(Code.EXECUTION_FAILED, "SignText", signText="from the page")
    assert type(failure).__name__ in caplog.text
    assert "123456" not in caplog.text
    assert "from the page" not in caplog.text


async def test_cancelling_the_page_s_task_gets_through(page: Page) -> None:
    await page.call("SelectSignCert")
    page.standin.dialog = True
    task = asyncio.create_task(page.frame("1|UILogin"))
    await page.standin.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert page.standin.cancelled.is_set()


# --- the registry


@pytest.mark.parametrize(
    "key", ["\\HKEY_CURRENT_USER\\Software\\Hebca\\ClientX", "HKEY_CURRENT_USER\\Software\\Hebca\\ClientX"]
)
async def test_the_version_is_a_number(key: str) -> None:
    page = Page(compatible_version="6.3.5")
    assert (await page.call("ReadRegB64", key=b64(key), name=b64("version")))["value"] == 0x060305


async def test_nothing_else_is_in_the_registry(page: Page) -> None:
    debug = b64("HKEY_CURRENT_USERSoftwareHebcaClientX")
    assert await page.fails(Code.REGISTRY_VALUE_MISSING, "ReadRegB64", key=debug, name=b64("p11ObjectDebug"))
    real = b64("HKEY_CURRENT_USER\\Software\\Hebca\\ClientX")
    assert await page.fails(Code.REGISTRY_VALUE_MISSING, "ReadRegB64", key=real, name=b64("password"))
    assert await page.fails(Code.BAD_REQUEST, "ReadRegB64", key=base64.b64encode(b"\xff").decode(), name=b64("version"))


@pytest.mark.parametrize("version", ["", "8", "8.3", "8.3.9.1", "a.b.c", "8.3.256", "8.3.-1", "8.3.9999", "8..9"])
def test_a_wrong_version_setting_is_no_number(version: str) -> None:
    with pytest.raises(HelperError):
        version_number(version)
    assert version_number("8.3.9") == 0x080309


async def test_reloading_looks_for_tokens_anew(page: Page) -> None:
    assert (await page.call("ReloadDevice"))["ret"] == 0
    assert page.standin.rescans == 1


# --- anything at all


FRAGMENTS = st.sampled_from(
    [
        *ALL_54,
        "|",
        "1|",
        "0|",
        "{",
        "}",
        '"',
        ":",
        ",",
        "\\",
        "signText",
        "index",
        "b64data",
        "undefined",
        "\n",
        "[",
        "QQ==",
        "1",
    ]
)
FRAMES = st.text() | st.lists(FRAGMENTS | st.text(max_size=5), max_size=14).map("".join) | st.binary()
CALLS = st.builds("1|{}|{}".format, st.sampled_from(ALL_54), st.lists(FRAGMENTS, max_size=12).map("".join))


async def test_any_frame_gets_exactly_one_reply_that_a_page_can_read(page: Page) -> None:
    given_frames: list[str | bytes] = []

    @settings(max_examples=600, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(FRAMES | CALLS)
    def collect(frame: str | bytes) -> None:
        given_frames.append(frame)

    collect()
    await page.call("SelectSignCert")
    replies = [await page.frame(frame) for frame in given_frames]
    calls = [reply for reply in replies if not reply.startswith("0|Welcome ")]
    for one, name, body, fields in read_as_a_page(calls):
        assert (one, fields) == ("1", 3)
        assert name.replace("_", "a").isalnum()
        assert list(body)[:2] == ["ret", "msg"]
        assert isinstance(body["ret"], int)


def test_stand_in_certificates_are_what_they_say() -> None:
    assert entry("x", 5).certificate.signs
    assert entry("x", 5, encrypts=True).certificate.encrypts
