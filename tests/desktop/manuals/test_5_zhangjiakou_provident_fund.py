"""Manual 5, 张家口住房公积金网上业务大厅: quick link, CA login with PIN, PIN change, renewal, two offices."""

from __future__ import annotations

from hebca_helper.desktop.dialogs.consent import ConsentDialog
from hebca_helper.desktop.dialogs.pin import PinDialog
from hebca_helper.practice.usbkey import PRACTICE_PIN
from tests.desktop.manuals.clerk import GOOD_PIN, SitDown

HALL = "https://wt.zjkgjj.com"


def test_login_pin_change_renewal_and_offices(sit_down: SitDown) -> None:
    clerk = sit_down(city="张家口")
    person = clerk.person
    # 三 或者在浏览器地址栏中输入网址: the site is known, and asks once whether it may connect
    typed = clerk.portal(HALL)
    listed = typed.call("GetCertList")
    person.click(person.window(ConsentDialog), "cancelButton")
    assert person.result(listed)["ret"] != 0
    # 三 点击“公积金”，选择张家口公积金
    assert clerk.quick_link("公积金", "张家口公积金") == f"{HALL}/ish/"
    page = clerk.portal(HALL)
    clerk.read_certificate(page)
    # a wrong one is asked again, with what is left, and the right one goes in
    answer = page.call("SignText", signText="session-1")
    dialog = person.window(PinDialog)
    person.type(dialog, "pinEdit", "999999")
    person.click(dialog, "confirmButton")
    again = person.wait(lambda: next((d for d in person.windows(PinDialog) if "不正确" in person.texts(d)), None))
    person.type(again, "pinEdit", PRACTICE_PIN)
    person.click(again, "confirmButton")
    assert person.result(answer)["signature"]
    person.click(person.window(ConsentDialog), "cancelButton")  # the PIN is still the initial one
    # 九 在“我的证书”中，点击修改密码
    clerk.change_pin(PRACTICE_PIN, GOOD_PIN)
    # 八 应用开通; 十 老用户延期
    for entry in ("应用开通", "老用户延期"):
        assert "hebca.com" in clerk.quick_link("证书服务", entry)
    shown = clerk.looks_up("张家口")
    for fact in ("13231350947", "13103030947", "宣化", "13231340947", "878142520"):
        assert fact in shown
    # 三 温馨提示: 回单不能正常显示的
    assert "PDF 组件" in clerk.looks_up("回单")
    assert "pdf-viewer" in clerk.examine()
