"""From USBKEY to a logged-in browser: nothing on the way is a stand-in, only the clerk's hands are ours."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from hebca_helper.practice.usbkey import plug, unplug
from tests.browser.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.desktop, pytest.mark.timeout(240)]
PIN = "123456"
CONNECT, SIGN, CHANGE_OFFER = "允许这个网站使用您的证书吗", "签名：请看清内容", "初始密码"


def start_certificate_login(desk: Desk) -> None:
    desk.visit("/login#ca")
    desk.control("ca-login").click()


def test_a_clerk_binds_a_certificate_and_logs_in_with_it(desk: Callable[..., Desk]) -> None:
    at = desk()
    at.register_and_bind_unit()

    at.control("gear").click()
    at.control("to-bind-ca").click()
    at.control("vendor").select_option("hebca")
    at.control("read-certificate").click()
    at.dialogs.accept(CONNECT)
    at.say("good")
    at.control("save-binding").click()
    at.dialogs.type_pin(SIGN, "000000")
    at.dialogs.type_pin(SIGN, PIN)
    at.dialogs.cancel(CHANGE_OFFER)
    expect(at.control("dialog-text")).to_contain_text("请重新登录")
    at.control("dialog-ok").click()

    at.control("ca-login").wait_for()  # the hall forces a new login by itself
    start_certificate_login(at)
    at.dialogs.type_pin(SIGN, PIN)
    at.control("send-code").click()
    at.say("good")
    at.control("code-input").fill(at.newest_code())
    at.control("confirm-login").click()
    expect(at.control("whoami-method")).to_have_text("CA证书登录")
    expect(at.control("whoami-unique-id")).to_contain_text("演练科技有限公司")


def test_cancelling_the_pin_leaves_the_page_calm(desk: Callable[..., Desk]) -> None:
    at = desk()
    start_certificate_login(at)
    at.dialogs.accept(CONNECT)
    at.dialogs.cancel(SIGN)
    assert "取消" in at.say("calm")


def test_refusing_the_site_tells_the_page_nothing_but_no(desk: Callable[..., Desk]) -> None:
    at = desk()
    start_certificate_login(at)
    at.dialogs.cancel(CONNECT)
    assert "取消" in at.say("calm")


def test_pulling_the_usbkey_while_the_pin_is_asked_and_plugging_it_in_again(desk: Callable[..., Desk]) -> None:
    at = desk()
    start_certificate_login(at)
    at.dialogs.accept(CONNECT)
    at.dialogs.wait_for(SIGN)
    unplug(at.home)
    at.wait_for_certificates(0)
    assert "USBKEY 已拔出" in at.say("bad")

    start_certificate_login(at)
    assert "请插入 USBKEY" in at.say("bad")

    plug(at.home)
    at.wait_for_certificates(1)
    start_certificate_login(at)
    at.dialogs.type_pin(SIGN, PIN)
    assert "绑定" in at.say("bad")


def test_an_expired_certificate_is_told_before_the_pin_and_by_the_portal(desk: Callable[..., Desk]) -> None:
    at = desk("expired")
    start_certificate_login(at)
    at.dialogs.accept(CONNECT)
    at.dialogs.type_pin(SIGN, PIN)
    assert "老用户延期" in at.say("bad")


def test_a_foreign_site_sees_no_certificate(desk: Callable[..., Desk]) -> None:
    at = desk()
    at.page.goto("data:text/html,<title>foreign</title>")
    reason = at.page.evaluate(
        """url => new Promise(tell => {
            const socket = new WebSocket(url);
            socket.onopen = () => tell("open");
            socket.onerror = () => tell("refused");
        })""",
        at.service_url,
    )
    assert reason == "refused"
