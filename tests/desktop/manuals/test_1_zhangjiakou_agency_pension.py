"""Manual 1, 河北省机关养老保险河北 CA 数字证书使用手册 (张家口): bind the certificate, log in, renew, lost or locked."""

from __future__ import annotations

from tests.desktop.manuals.clerk import Clerk, SitDown

PLATFORM = "https://rsj.zjk.gov.cn"


def test_binding_and_login(sit_down: SitDown) -> None:
    clerk = sit_down(city="张家口")
    # 三.1 打开“张家口一体化网上申报平台”
    assert clerk.quick_link("社保", "张家口一体化网上申报平台") == f"{PLATFORM}/zjkwb/static/loginsyth.html"
    page = clerk.portal(PLATFORM)
    # 三.3 CA 绑定: 点击“读取证书”: no question, the click on the link answered it
    assert clerk.read_certificate(page)["cert"]
    unit = clerk.person.result(page.call("GetSubjectItem", index="CN"))["content"]
    assert unit == "演练科技有限公司"
    # 四 CA证书登录: 输入数字证书口令，点击“确定”
    assert clerk.log_in(page)["signature"]
    clerk.person.wait(lambda: clerk.desk.status.in_use)


def test_renewal_loss_lock_and_contacts(sit_down: SitDown) -> None:
    clerk = sit_down("expiring", city="张家口")
    # 五 到期后如何延期: 首页点击“老用户延期”; told in 我的证书 without being asked
    clerk.desk.page("certificates")
    clerk.desk.sees("请尽快办理“老用户延期”")
    for entry in ("老用户延期", "下载电子发票", "丢失补办", "重置证书密码"):
        assert "hebca.com" in clerk.quick_link("证书服务", entry)
    # 五.(二) and 七
    assert_contact(clerk, "张家口办事处", "13191910947", "富海广场")
    assert "400-707-3355" in clerk.person.texts(clerk.desk.page("help"))
    # 三 省属单位（含定州、辛集）在河北省公共服务平台
    clerk.desk.page("links")
    clerk.desk.sees("河北省公共服务平台", "省属单位和定州、辛集使用")


def assert_contact(clerk: Clerk, office: str, *facts: str) -> None:
    shown = clerk.looks_up(office)
    assert all(fact in shown for fact in facts), shown
