"""Manual 4, 沧州住房公积金网上业务大厅: a portal on plain http, its login, PIN change, prices and warranty, unplugging."""

from __future__ import annotations

from hebca_helper.desktop.dialogs.consent import ConsentDialog
from hebca_helper.desktop.presence.attention import Attention
from hebca_helper.desktop.session.watch import SessionWatch
from hebca_helper.practice.usbkey import PRACTICE_PIN
from tests.desktop.manuals.clerk import GOOD_PIN, Clerk, SitDown
from tests.desktop.test_attention import Clock

HALL = "http://111.62.46.105:9010"


def test_login_unplugging_pin_change_and_prices(sit_down: SitDown) -> None:
    clerk = sit_down(city="沧州")
    login_over_plain_http_is_asked_about(clerk)
    unplugging_is_suggested_and_the_pin_changed(clerk)
    # 七.1 首页点击“老用户延期”，下载电子发票
    for entry in ("老用户延期", "下载电子发票", "客户支持·CA相关下载"):
        assert "hebca.com" in clerk.quick_link("证书服务", entry)
    for words, fact in (
        ("费", "100 元"),
        ("质保", "一年"),
        ("沧州", "13315703324"),
        ("沧州", "310693415"),
        ("网厅", "0317-5509911"),
    ):
        assert fact in clerk.looks_up(words), (words, fact)


def login_over_plain_http_is_asked_about(clerk: Clerk) -> None:
    person = clerk.person
    clerk.desk.page("links")
    # 三 点击公积金，选择沧州公积金
    clerk.click_card("沧州公积金")
    clerk.pass_checklist()
    assert clerk.chrome.asked(person).startswith(f"{HALL}/ish")
    page = clerk.portal(HALL)
    chosen = page.call("GetSignCert", index=0)
    question = person.window(ConsentDialog)
    assert "连接不安全" in person.texts(question)
    person.click(question, "onceButton")
    assert person.result(chosen)["ret"] == 0
    # 输入您的数字证书密码，点击确定
    assert clerk.log_in(page)["signature"]


def unplugging_is_suggested_and_the_pin_changed(clerk: Clerk) -> None:
    told: list[str] = []
    clock = Clock()
    attention = Attention(
        clerk.desk.window.state, clerk.desk.status, told.append, watch=SessionWatch(), monotonic=clock
    )
    # 六 在“我的证书”中，点击修改密码
    clerk.change_pin(PRACTICE_PIN, GOOD_PIN)
    # 二.2 数字证书使用完毕后请拔离电脑
    clock.seconds += 601
    attention.look()
    assert any("拔下" in said for said in told)
    attention.stop()
