"""The quick links as shipped are those of the manuals; a help desk's mistakes in the file are told where they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.catalogue import (
    BrowserNeed,
    Catalogue,
    Group,
    _shipped,
    known_origins,
    load,
    load_what_can_be,
    origin_of,
    parse,
)


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load()


GOOD = '[[portal]]\nid = "a"\ngroup = "社保"\ntitle = "甲"\naddress = "https://a.example/x"\n'


def test_the_portals_of_the_manuals_are_there(shipped: Catalogue) -> None:
    addresses = {portal.title: portal.address for portal in shipped.portals}
    assert addresses["张家口一体化网上申报平台"] == "https://rsj.zjk.gov.cn/zjkwb/static/loginsyth.html"
    assert addresses["沧州公积金"] == "http://111.62.46.105:9010/ish/"
    assert addresses["张家口公积金"] == "https://wt.zjkgjj.com/ish/"
    assert {"石家庄人社局网报", "衡水市社保医保网报"} <= addresses.keys()


def test_the_services_that_the_manuals_send_clerks_to_are_there(shipped: Catalogue) -> None:
    titles = {portal.title for portal in shipped.group(Group.CERTIFICATE_SERVICE)}
    assert {
        "老用户延期",
        "丢失补办",
        "重置证书密码",
        "下载电子发票",
        "新用户申请",
        "社保用户申请章",
        "应用开通",
        "下载申请表",
        "客户支持·CA相关下载",
        "下载证书助手",
        "客服 400-707-3355",
    } == titles


def test_where_no_address_is_known_the_entry_says_that_it_leads_to_the_issuer(shipped: Catalogue) -> None:
    for portal in shipped.portals:
        if portal.via_issuer:
            assert portal.address == "https://www.hebca.com/"
            assert "河北CA网站" in portal.note
            assert portal.origins == ()


def test_hengshui_needs_chrome(shipped: Catalogue) -> None:
    portal = shipped.find("hengshui-social-security")
    assert portal is not None
    assert portal.browser is BrowserNeed.CHROME


def test_known_origins_are_those_of_the_portals(shipped: Catalogue) -> None:
    assert known_origins(shipped) == {
        "https://rsj.zjk.gov.cn",
        "http://111.62.46.105:9010",
        "https://wt.zjkgjj.com",
        "https://www.hebca.com",
    }


@pytest.mark.parametrize(
    ("words", "portal_id"),
    [
        ("延期证书", "renew"),
        ("补办证书", "replace-lost"),
        ("解锁证书", "reset-pin"),
        ("定州", "hebei-public-service"),
        ("4007073355", "hotline"),
        ("沧州 汇缴", "cangzhou-provident-fund"),
    ],
)
def test_other_words_find_it(shipped: Catalogue, words: str, portal_id: str) -> None:
    assert [portal.id for portal in shipped.search(words)] == [portal_id]


def test_plain_http_is_insecure(shipped: Catalogue) -> None:
    assert [portal.title for portal in shipped.portals if portal.insecure] == ["沧州公积金"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("title", "titel"), "不认识的字段 titel"),
        (('title = "甲"\n', ""), "缺少 title"),
        (("社保", "医保"), "a.group: 应为 社保"),
        (("https://a.example/x", "javascript:alert(1)"), "a.address"),
        (("https://a.example/x", "https://a.example:bad/"), "a.address"),
        (("https://a.example/x", "https://user@a.example/"), "a.address"),
        (("https://a.example/x", "https://例子.example/"), "a.address"),
        (('title = "甲"', "title = 7"), "a.title: 应为 str"),
        (('title = "甲"', 'title = "甲"\ntelephone = "400"'), "恰好有一个"),
        (('title = "甲"', 'title = "甲"\norigins = ["https://a.example/x"]'), "例如 https://a.example"),
        (('title = "甲"', 'title = "甲"\nbrowser = "ie"'), "a.browser"),
    ],
)
def test_a_mistake_is_told_with_its_place(change: tuple[str, str], told: str) -> None:
    assert parse(GOOD).portals[0].title == "甲"
    with pytest.raises(ValueError, match=re.escape(told)):
        parse(GOOD.replace(*change))


def test_the_same_name_twice_is_told() -> None:
    with pytest.raises(ValueError, match="a: id 重复"):
        parse(GOOD + GOOD)


def test_a_file_that_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "portals.toml"
    path.write_text(GOOD + "oops\n\n")
    with pytest.raises(HelperError) as problem:
        load(path)
    assert problem.value.code is Code.FILE_UNREADABLE
    assert "portals.toml" in problem.value.detail
    assert "line 6" in problem.value.detail


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://A.example/x?y", "https://a.example"),
        ("https://a.example:443/", "https://a.example"),
        ("http://111.62.46.105:9010/ish/", "http://111.62.46.105:9010"),
        ("http://[::1]:80/", "http://[::1]"),
    ],
)
def test_origins_are_serialised_as_browsers_do(address: str, origin: str) -> None:
    assert origin_of(address) == origin


def test_an_edit_that_cannot_be_read_leaves_the_program_working(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "portals.toml").write_text("oops")
    monkeypatch.setattr("hebca_helper.portals.catalogue.shipped", lambda *_: tmp_path / "portals.toml")
    _shipped.cache_clear()
    empty, problem = load_what_can_be()
    _shipped.cache_clear()
    assert empty == Catalogue(())
    assert problem is not None
    assert "portals.toml" in problem.detail
