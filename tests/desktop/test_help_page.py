"""帮助: what the manuals tell is found by the words a clerk would use, and every failure by its number."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFrame, QPushButton, QScrollArea, QWidget

from hebca_helper import __version__
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.pages.help.content import Contact, Section, load
from hebca_helper.desktop.pages.help.licences import packages
from hebca_helper.errors import TABLE, Code, HelperError
from hebca_helper.places import shipped
from hebca_helper.portals import catalogue
from tests.desktop.desk import open_desk
from tests.desktop.file_dialogs import saving_as
from tests.desktop.person import Person

pytestmark = pytest.mark.desktop
FACTS = (
    "400-707-3355", "0311-80912333", "416 房间", "0311-80800081", "0311-80800082", "13373183527", "B18", "632735757",
    "富海广场 804", "13191910947", "13231340947", "13231350947", "13103030947", "878142520", "颐和国际", "13315703324",
    "310693415", "0317-5509911", "每年 100 元", "升级费 100 元", "营业执照副本", "身份证", "一年",
    "www.hebca.com", "CA业务系统", "“一证通”", "转 6", "统一社会信用代码证", "定额发票", "半个工作日",
)  # fmt: skip
"""Telephone numbers, offices, groups, fees, materials and warranty of the five manuals."""


@pytest.mark.parametrize("fact", FACTS)
def test_each_fact_of_the_manuals_is_there(fact: str) -> None:
    content = load()
    told = "\n".join(str(entry) for entry in (*content.guides, *content.contacts))
    assert fact in told


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("续费", "证书延期"),
        ("解锁证书", "密码忘记或已锁定"),
        ("读取证书", "把证书绑定到网站账号"),
        ("E00B1F10", "证书密码不正确"),
        ("0xe00b1f10", "证书密码不正确"),
        ("-536142064", "证书密码不正确"),
        ("pin-incorrect", "证书密码不正确"),
        ("印章查看", "申请社保电子印章"),
        ("衡水 电话", "衡水市民中心河北CA窗口"),
        ("CA申报", "衡水社保医保每月申报"),
        ("缴存证明", "回单、凭证不能显示或打印"),
        ("白名单", "安全软件拦截证书助手"),
        ("工商", "把证书用到其他领域"),
        ("官网", "河北CA客服热线"),
    ],
)
def test_a_clerk_finds_it_by_these_words(words: str, first: str) -> None:
    assert [entry.title for entry in load().search(words)][:1] == [first]


@pytest.mark.parametrize("code", Code)
def test_every_failure_has_an_entry_that_its_number_finds(code: Code) -> None:
    number = f"{TABLE[code].number & 0xFFFFFFFF:08X}"
    found = load().search(number)
    assert [entry.title for entry in found] == [TABLE[code].text]


def test_offices_of_ones_own_city_come_first() -> None:
    cities = [entry.city for entry in load().of(Section.CONTACTS, "沧州") if isinstance(entry, Contact)]
    assert cities[:4] == ["", "沧州", "沧州", "石家庄"]


def test_links_lead_somewhere_and_english_has_the_same_entries() -> None:
    chinese, english = load(), load(shipped("resources", "help", "en"))
    assert [(g.id, g.section, g.page, g.portal) for g in chinese.guides] == [
        (g.id, g.section, g.page, g.portal) for g in english.guides
    ]
    assert [(c.id, c.city, c.telephones) for c in chinese.contacts] == [
        (c.id, c.city, c.telephones) for c in english.contacts
    ]
    portals = catalogue.load()
    assert all(portals.find(guide.portal) for guide in chinese.guides if guide.portal)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("""[[entry]]\nid = 1\ntitle = "b"\nsection = "fees\"""", "应为 str"),
        ('[[entry]]\nid = "a"\ntitle = "b"', "缺少 section"),
        ('[[entry]]\nid = "a"\ntitle = "b"\nsection = "x"', "guides 或 fees"),
        ('[[entry]]\nid = "a"\ntitle = "b"\nsection = "fees"\nstep = []', "不认识的字段 step"),
        ("[[entry", "guides.toml"),
    ],
)
def test_a_mistake_in_a_help_desks_file_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "guides.toml").write_text(text)
    (tmp_path / "contacts.toml").write_text("")
    with pytest.raises(HelperError) as wrong:
        load(tmp_path)
    assert told in wrong.value.detail


def card(person: Person, page: QWidget, entry: str) -> QFrame:
    return person.wait(
        lambda: next((c for c in page.findChildren(QFrame) if c.property("entry") == entry and c.isVisible()), None)
    )


def click_below(person: Person, page: QWidget, name: str, inside: QWidget | None = None) -> None:
    """Scroll there, as one does for what is further down."""
    button = person.find(inside or page, QPushButton, name)
    area = person.find(page, QScrollArea, "")
    QApplication.processEvents()
    area.ensureWidgetVisible(button)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_person_reads_searches_copies_and_exports(person: Person, link: Link, home: Path) -> None:
    with open_desk(person, link, home, None, city="衡水") as desk:
        page = desk.page("help")
        renew = card(person, page, "renew")
        head = person.find(renew, QPushButton, "helpHead")
        head.setFocus()
        QTest.keyClick(head, Qt.Key.Key_Space)
        assert "老用户延期" in person.texts(renew)
        QTest.keyClick(head, Qt.Key.Key_Space)
        assert "老用户延期" not in person.texts(renew)
        person.click(card(person, page, "change-pin"), "helpHead")
        click_below(person, page, "help-change-pin-page")
        assert desk.window._stack.currentWidget() is desk.window._pages["certificates"]

        desk.page("help")
        person.click(page, "contactsTab")
        click_below(person, page, "number-632735757", card(person, page, "hengshui"))
        assert QGuiApplication.clipboard().text() == "632735757"
        person.click(page, "errorsTab")
        desk.sees("E00B1F10    证书密码不正确")

        person.type(page, "searchEdit", "E00B1F24")
        desk.sees("找到 1 条", "解决办法：请重新安装与系统位数一致的驱动")
        person.type(page, "searchEdit", "zzz")
        desk.sees("没有找到相关的帮助")
        person.click(page, "clearSearchButton")
        desk.sees("E00B1F10    证书密码不正确")

        person.click(page, "aboutTab")
        desk.sees(__version__, str(home))
        licences = next(c for c in page.findChildren(QFrame, "helpCard") if c.isVisible())
        person.click(licences, "helpHead")
        assert {"PySide6_Essentials", "cryptography"} <= set(person.texts(licences).split("\n"))
        saved = home / "support.zip"
        with saving_as(saved):
            person.click(page, "exportLogButton")
        person.wait(lambda: "已导出到" in person.texts(desk.window.toast))
        with zipfile.ZipFile(saved) as packed:
            assert {"doctor.txt", "doctor.json"} <= set(packed.namelist())
            assert "检测报告" in packed.read("doctor.txt").decode()


def test_every_package_has_a_licence() -> None:
    assert [name for name, _, licence in packages() if licence == "—"] == []
