"""What is missing before a link works, and in which order the ways around it are offered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.browsers import Browser, BrowserKind, command, declared_secure
from hebca_helper.portals.catalogue import Group, Need, Portal, load
from hebca_helper.portals.preflight import (
    Facts,
    Fix,
    Line,
    Point,
    State,
    TokenFacts,
    browser_to_use,
    examine,
    own_window_browser,
    will_ask,
)

CHROMIUM = Browser(BrowserKind.CHROMIUM, Path("/usr/bin/chromium"))
FIREFOX = Browser(BrowserKind.FIREFOX, Path("/usr/bin/firefox"))
READY = TokenFacts(plugged=True, days_left=200, seals=True)
FINE = Facts((CHROMIUM, FIREFOX), tokens=READY)


def portal(portal_id: str) -> Portal:
    found = load().find(portal_id)
    assert found is not None
    return found


def wrong(at: Portal, facts: Facts) -> dict[Point, Line]:
    return {line.point: line for line in examine(at, facts) if line.state is State.WRONG}


@pytest.mark.parametrize("at", [portal for portal in load().portals if not portal.insecure and portal.address])
def test_nothing_is_asked_where_all_is_well(at: Portal) -> None:
    assert wrong(at, FINE) == {}


@pytest.mark.parametrize(
    ("portal_id", "tokens", "point", "fixes"),
    [
        ("zhangjiakou-provident-fund", TokenFacts(plugged=False), Point.TOKEN, ()),
        ("zhangjiakou-provident-fund", TokenFacts(plugged=False, others=True), Point.TOKEN, ()),
        ("zhangjiakou-provident-fund", replace(READY, locked=True), Point.TOKEN, (Fix.MY_CERTIFICATES,)),
        ("zhangjiakou-provident-fund", replace(READY, days_left=-1), Point.CERTIFICATE, (Fix.RENEW,)),
        ("zhangjiakou-provident-fund", replace(READY, early=True), Point.CERTIFICATE, (Fix.DIAGNOSIS,)),
        ("zhangjiakou-provident-fund", replace(READY, days_left=None), Point.CERTIFICATE, (Fix.MY_CERTIFICATES,)),
        ("hengshui-social-security", replace(READY, seals=False), Point.SEAL, (Fix.APPLY_SEAL,)),
        ("renew", TokenFacts(plugged=False), Point.TOKEN, ()),
    ],
)
def test_what_is_wrong_is_told_with_what_mends_it(
    portal_id: str, tokens: TokenFacts, point: Point, fixes: tuple[Fix, ...]
) -> None:
    found = wrong(portal(portal_id), replace(FINE, tokens=tokens))
    assert list(found) == [point]
    assert found[point].fixes == fixes


@pytest.mark.parametrize("tokens", [replace(READY, days_left=-1), replace(READY, locked=True)])
@pytest.mark.parametrize("portal_id", ["renew", "reset-pin"])
def test_who_goes_to_mend_it_is_not_told_of_it(portal_id: str, tokens: TokenFacts) -> None:
    assert wrong(portal(portal_id), replace(FINE, tokens=tokens)) == {}


def test_days_left_are_told_without_keeping_anybody() -> None:
    lines = examine(portal("zhangjiakou-provident-fund"), replace(FINE, tokens=replace(READY, days_left=12)))
    [told] = [line for line in lines if line.point is Point.CERTIFICATE]
    assert told.state is State.TELL
    assert "12" in told.text


def test_seals_count_only_where_the_portal_seals() -> None:
    assert wrong(portal("zhangjiakou-provident-fund"), replace(FINE, tokens=replace(READY, seals=False))) == {}


def test_services_that_do_not_listen_are_told() -> None:
    found = wrong(portal("zhangjiakou-provident-fund"), replace(FINE, service="端口 17212 被占用"))
    assert "17212" in found[Point.SERVICE].text


def test_a_browser_in_which_the_person_refused_the_site_is_told_with_the_way_back() -> None:
    refused = replace(FINE, refusing=frozenset({BrowserKind.CHROMIUM}))
    found = wrong(portal("zhangjiakou-provident-fund"), refused)
    assert "Chromium" in found[Point.PATH].text
    assert wrong(portal("zhangjiakou-provident-fund"), replace(refused, let_in=refused.refusing)) == {}
    assert wrong(portal("download-forms"), refused) == {}, "it needs no certificate"


def test_without_a_fitting_browser_there_is_a_download_or_another_one() -> None:
    """Another one is whatever the system opens pages with, where none is known."""
    for name, browsers in (("zhangjiakou-provident-fund", ()), ("hengshui-social-security", (FIREFOX,))):
        found = wrong(portal(name), Facts(browsers))
        assert found[Point.BROWSER].fixes == (Fix.INSTALL_CHROME, Fix.USE_OTHER)


# http on a public address (沧州)

CANGZHOU = portal("cangzhou-provident-fund")


def test_the_ways_around_a_blocked_http_site_come_in_their_order() -> None:
    assert wrong(CANGZHOU, FINE)[Point.PATH].fixes == (Fix.INSTALL_POLICY, Fix.USE_FIREFOX, Fix.OWN_WINDOW)


def test_policies_that_let_it_in_are_enough_and_their_browser_is_taken() -> None:
    facts = replace(FINE, let_in=frozenset({BrowserKind.CHROMIUM}))
    assert wrong(CANGZHOU, facts) == {}
    assert browser_to_use(CANGZHOU, facts) == CHROMIUM
    assert not will_ask(CHROMIUM, CANGZHOU, facts)
    firefox = replace(FINE, let_in=frozenset({BrowserKind.FIREFOX}))
    assert wrong(CANGZHOU, firefox) == {}
    assert browser_to_use(CANGZHOU, firefox) == FIREFOX


def test_where_firefox_is_all_there_is_it_is_taken() -> None:
    facts = replace(FINE, browsers=(FIREFOX,))
    assert wrong(CANGZHOU, facts) == {}
    assert will_ask(FIREFOX, CANGZHOU, facts)


def test_a_browser_in_a_box_cannot_have_a_profile_of_ours() -> None:
    boxed = Browser(BrowserKind.CHROMIUM, Path("/snap/bin/chromium"))
    assert own_window_browser(CANGZHOU, Facts((boxed,))) is None
    assert wrong(CANGZHOU, replace(FINE, browsers=(boxed,)))[Point.PATH].fixes == (Fix.INSTALL_POLICY,)


def test_policies_are_no_way_for_a_site_that_a_person_added() -> None:
    lines = examine(CANGZHOU, FINE, known=False)
    assert Fix.INSTALL_POLICY not in [fix for line in lines for fix in line.fixes]


def test_a_site_on_this_computer_needs_nothing_of_that() -> None:
    hall = Portal("hall", Group.PRACTICE, "大厅", "http://127.0.0.1:8090/", origins=("http://127.0.0.1:8090",))
    hall = replace(hall, need=Need.CERTIFICATE)
    assert wrong(hall, FINE) == {}
    assert not will_ask(CHROMIUM, hall, FINE)


# The window of its own profile


def test_exactly_one_origin_is_declared_secure_in_a_profile_of_its_own(tmp_path: Path) -> None:
    options = declared_secure(tmp_path, "http://111.62.46.105:9010")
    started = command(CHROMIUM, CANGZHOU.address, options)
    assert started[-1] == CANGZHOU.address
    assert [each for each in started if "insecure" in each or "disable" in each] == [
        "--unsafely-treat-insecure-origin-as-secure=http://111.62.46.105:9010"
    ]
    [profile] = [each.partition("=")[2] for each in started if each.startswith("--user-data-dir=")]
    assert Path(profile).is_relative_to(tmp_path)
    assert Path(profile).stat().st_mode & 0o077 == 0
    assert declared_secure(tmp_path, "http://b.example")[0] != options[0]


@pytest.mark.parametrize(
    "origin", ["http://a.example/", "http://a.example,http://b.example", "https://a.example", "http://a.example/x", "*"]
)
def test_nothing_wider_can_be_declared(tmp_path: Path, origin: str) -> None:
    with pytest.raises(HelperError) as problem:
        declared_secure(tmp_path, origin)
    assert problem.value.code is Code.BAD_REQUEST
