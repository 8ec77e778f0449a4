"""Manual 2, 石家庄社保网报: quick link, choose the unit's certificate, PIN, seal, PIN change, offices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QTableView

from hebca_helper.desktop.dialogs.consent import ConsentDialog
from hebca_helper.desktop.dialogs.new_pin import NewPinDialog
from hebca_helper.desktop.dialogs.pin import PinDialog
from hebca_helper.practice.usbkey import PRACTICE_PIN
from tests.desktop.manuals.clerk import GOOD_PIN, SitDown, is_stamped

PORTAL = "https://wb.example.com"
"""The manual gives no address."""


def test_login_with_the_initial_pin_leads_to_a_good_one(sit_down: SitDown) -> None:
    clerk = sit_down("two-tokens", city="石家庄")
    person = clerk.person
    # 二.1 点击“社保”模块，选择“石家庄人社局网报”
    assert "hebca.com" in clerk.quick_link("社保", "石家庄人社局网报")
    page = clerk.portal(PORTAL)
    # a site that is not in the catalogue has to be let in first
    listed = page.call("GetCertList")
    question = person.window(ConsentDialog)
    person.click(question, "onceButton")
    # 在单位登录页面，选择证书所对应的单位名称
    assert person.result(listed)["certlist"].count(";") == 1
    assert person.result(page.call("GetSignCert", index=1))["ret"] == 0
    # 输入数字证书口令（初始密码为123456），然后点击“确定”
    answer = page.call("SignText", signText="session-6618")
    dialog = person.window(PinDialog)
    person.type(dialog, "pinEdit", PRACTICE_PIN)
    person.click(dialog, "confirmButton")
    assert person.result(answer)["signature"]
    # 四 the initial one is pointed out, and changed in the same breath
    person.click(person.window(ConsentDialog), "confirmButton")
    change = person.window(NewPinDialog)
    for name, text in (("oldPinEdit", PRACTICE_PIN), ("newPinEdit", GOOD_PIN), ("againPinEdit", GOOD_PIN)):
        person.type(change, name, text)
    person.click(change, "confirmButton")
    person.wait(lambda: not person.windows(NewPinDialog))


def test_materials_are_stamped_while_they_are_uploaded(sit_down: SitDown, tmp_path: Path) -> None:
    clerk = sit_down(city="石家庄")
    # 三.1 点击“上报材料”，再点“上传”; a site that is not in the catalogue has to be let in first
    stamped = clerk.hand_in(PORTAL)
    clerk.person.click(clerk.person.window(ConsentDialog), "onceButton")
    # 弹出电子签章密码框，输入数字证书密码，自动完成电子签章
    clerk.seal_with(PRACTICE_PIN)
    # 上传完成之后可进行预览
    assert is_stamped(clerk.person.result(stamped), tmp_path)
    # what was stamped, for whom and when stands in 签名记录
    clerk.desk.page("journal")
    table = clerk.person.find(clerk.desk.window, QTableView, "journalTable")
    clerk.person.wait(lambda: any("盖章" in text for text in cells(table)))


def cells(table: QTableView) -> Iterator[str]:
    model = table.model()
    for row in range(model.rowCount()):
        yield from (str(model.index(row, column).data()) for column in range(model.columnCount()))


def test_pin_change_seal_and_offices(sit_down: SitDown) -> None:
    clerk = sit_down(city="石家庄")
    # 四 数字证书密码修改: 打开助手，点击“我的证书”，在右侧修改
    clerk.change_pin(PRACTICE_PIN, GOOD_PIN)
    clerk.change_pin(GOOD_PIN, "Zq4+mm8")
    # 三 电子签章 needs a seal: 我的签章 shows it
    clerk.desk.page("seals")
    clerk.desk.sees("演练科技有限公司")
    # 五.3 电子签章申请表
    assert "hebca.com" in clerk.quick_link("证书服务", "下载申请表")
    # 六 技术支持
    shown = clerk.looks_up("石家庄")
    for fact in ("众鑫大厦", "0311-80800081", "0311-80800082", "416 房间"):
        assert fact in shown
    assert "转 6" in clerk.looks_up("社保服务专线")
    # 五 首页点击“延期证书”: the site calls it 老用户延期 today
    page = clerk.desk.page("links")
    clerk.person.type(page, "searchEdit", "延期证书")
    clerk.person.wait(lambda: "沧州公积金" not in clerk.person.texts(page))
    clerk.click_card("老用户延期")
    assert "hebca.com" in clerk.chrome.asked(clerk.person)
