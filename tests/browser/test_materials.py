"""上报材料: the hall makes a register, the clerk seals it in the assistant's own dialog, the hall checks and keeps it."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from tests.browser.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.desktop, pytest.mark.timeout(240)]
PIN = "123456"
CONNECT, SIGN, STAMP, AGREE = "允许这个网站使用您的证书吗", "签名：请看清内容", "盖章：请看清内容", "确认盖章"
CHANGE_OFFER = "初始密码"


def bind_certificate(at: Desk) -> None:
    """As a clerk does once; the hall wants a new login afterwards."""
    at.register_and_bind_unit()
    at.visit("/bind/ca")
    at.control("vendor").select_option("hebca")
    at.control("read-certificate").click()
    at.dialogs.accept(CONNECT)
    at.say("good")
    at.control("save-binding").click()
    at.dialogs.type_pin(SIGN, PIN)
    at.dialogs.cancel(CHANGE_OFFER)
    at.control("dialog-ok").click()
    at.log_in_with_password()


def add_people(at: Desk, count: int) -> None:
    for number in range(1, count + 1):
        at.control("add-example").click()
        at.control("add-person").click()
        expect(at.control("people").locator("tbody tr")).to_have_count(number)


def download(at: Desk, name: str, folder: Path) -> Path:
    """The PDF behind a link of the page, with the clerk's own session."""
    address = at.control(name).first.get_attribute("href")
    answer = at.page.request.get(f"{at.hall}{address}")
    assert answer.headers["content-type"] == "application/pdf", answer.text()
    target = folder / f"{name}.pdf"
    target.write_bytes(answer.body())
    return target


def judged(document: Path) -> str:
    return subprocess.run(["pdfsig", "-nocert", str(document)], capture_output=True, text=True, check=False).stdout


def scan(folder: Path) -> Path:
    picture = io.BytesIO()
    Image.new("RGB", (620, 877), "ivory").save(picture, "PNG")
    path = folder / "身份证.png"
    path.write_bytes(picture.getvalue())
    return path


def test_a_register_is_sealed_and_uploaded(desk: Callable[..., Desk], tmp_path: Path) -> None:
    at = desk()
    bind_certificate(at)
    at.visit("/business")
    add_people(at, 3)
    at.control("report-materials").click()
    at.control("upload").click()
    at.dialogs.type_pin(STAMP, PIN)
    expect(at.control("materials-message")).to_contain_text("电子签章验证通过")
    at.control("materials-close").click()
    sealed, receipt = download(at, "preview", tmp_path), download(at, "receipt", tmp_path)
    assert "演练科技有限公司" in judged(sealed) and "Signature is Valid" in judged(sealed)
    assert "演练市社会保险事业管理中心" in judged(receipt) and "Signature is Valid" in judged(receipt)

    at.visit("/scan")
    add_people(at, 1)
    at.control("scans").set_input_files(scan(tmp_path))
    interrupted: list[str] = []
    at.page.route("**/api/materials/piece", lambda route: interrupt(route, interrupted))
    at.control("upload").click()
    at.dialogs.type_pin(STAMP, PIN)
    expect(at.control("message")).to_contain_text("没有响应")
    at.page.unroute("**/api/materials/piece")
    at.page.reload()
    at.control("upload").click()  # what was sealed is still there: nobody is asked again
    expect(at.control("state")).to_have_text("已上传")
    assert interrupted


def interrupt(route: Route, seen: list[str]) -> None:
    seen.append(route.request.url)
    route.abort()


def test_a_certificate_without_a_seal_leads_to_the_counter(desk: Callable[..., Desk]) -> None:
    at = desk("no-seal")
    at.register_and_bind_unit()
    at.visit("/business")
    add_people(at, 1)
    at.control("submit-report").click()
    at.dialogs.accept(CONNECT)
    expect(at.control("question-text")).to_contain_text("您的证书中没有印章信息")
    at.control("question-yes").click()
    assert "柜台" in at.say("calm")
    expect(at.control("papers")).to_contain_text("待柜台审批")
