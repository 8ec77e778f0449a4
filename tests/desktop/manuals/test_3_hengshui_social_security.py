"""Manual 3, 衡水社保医保网报: Chrome first, 读取证书, CA login, seals in 我的签章 and 印章查看, renewal, loss and lock."""

from __future__ import annotations

from pathlib import Path

from hebca_helper.desktop.dialogs.consent import ConsentDialog
from hebca_helper.desktop.links.checklist import PreflightDialog
from hebca_helper.pages import PageName
from hebca_helper.portals.browsers import CHROME_DOWNLOAD, Browser, BrowserKind
from hebca_helper.portals.preflight import Fix
from hebca_helper.practice.usbkey import PRACTICE_PIN
from tests.desktop.manuals.clerk import Clerk, SitDown, is_stamped

PORTAL = "https://hs.example.com"
"""The manual gives no address."""


def test_login_through_chrome_and_seals(sit_down: SitDown, tmp_path: Path) -> None:
    clerk = sit_down(city="衡水")
    # 1 快捷链接处选择“社保”——“衡水市社保医保网报”; Chrome is there, so it opens
    assert "hebca.com" in clerk.quick_link("社保", "衡水市社保医保网报")
    page = clerk.portal(PORTAL)
    # 1.3 CA绑定: 点击“读取证书”, then “保存”
    chosen = page.call("GetSignCert", index=0)
    clerk.person.click(clerk.person.window(ConsentDialog), "onceButton")
    assert clerk.person.result(chosen)["ret"] == 0
    assert clerk.person.result(page.call("GetCertB64"))["cert"]
    # 2 选择CA登陆，输入CA初始口令：123456
    assert clerk.log_in(page)["signature"]
    # 征集单打印，然后CA签章: a connection of its own, so the PIN is asked again, beside the page that will be stamped
    stamped = clerk.hand_in(PORTAL)
    clerk.seal_with(PRACTICE_PIN)
    assert is_stamped(clerk.person.result(stamped), tmp_path)
    without_chrome_its_download_is_offered(clerk)
    seals_are_seen_in_two_ways(clerk)


def without_chrome_its_download_is_offered(clerk: Clerk) -> None:
    window, person = clerk.desk.window, clerk.person
    firefox = Browser(BrowserKind.FIREFOX, clerk.chrome.program)
    window.opener.visits.browsers = lambda: [firefox]
    clerk.desk.page("links")
    clerk.click_card("衡水市社保医保网报")
    dialog = person.window(PreflightDialog)
    assert "谷歌浏览器" in person.texts(dialog)
    person.click(dialog, f"{Fix.INSTALL_CHROME.value}Button")
    assert clerk.chrome.asked(person) == CHROME_DOWNLOAD


def seals_are_seen_in_two_ways(clerk: Clerk) -> None:
    # 5 通过我的签章模块看CA里是否有签章
    clerk.desk.page("seals")
    clerk.desk.sees("演练科技有限公司")
    # 也可以通过“印章查看”: hebca-helper show seals
    clerk.desk.page("links")
    clerk.desk.window.show_page(PageName.SEALS)
    assert clerk.desk.window._pages["seals"].isVisible()


def test_no_seal_lost_or_locked(sit_down: SitDown) -> None:
    clerk = sit_down("no-seal", city="衡水")
    clerk.desk.page("seals")
    clerk.desk.sees("您的证书中没有印章信息")
    # 5.1 社保用户申请章; 5.2 新用户申请; 6 延期; 7 补办证书, 解锁证书
    for entry in ("社保用户申请章", "新用户申请", "老用户延期", "丢失补办", "重置证书密码"):
        assert "hebca.com" in clerk.quick_link("证书服务", entry)
    shown = clerk.looks_up("衡水")
    for fact in ("13373183527", "市民中心", "632735757"):
        assert fact in shown
    # 系统运行环境: Chrome, no blocked windows, Excel; each is looked at
    assert {"browsers", "popups", "office", "antivirus"} <= clerk.examine().keys()
