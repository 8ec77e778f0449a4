"""The origin table: who is asked about, who is let in, and what the file remembers."""

from __future__ import annotations

from pathlib import Path

import pytest

from hebca_helper.addresses import is_insecure
from hebca_helper.assistant.sites.origins import FILE_NAME, FixedOrigins, OriginBook, OriginClass, site_of
from hebca_helper.errors import Code, HelperError

PORTAL = "https://wt.zjkgjj.com"
PLAIN_PORTAL = "http://111.62.46.105:9010"


def book(home: Path) -> OriginBook:
    return OriginBook(home, FixedOrigins(known=frozenset({PORTAL, PLAIN_PORTAL})))


@pytest.mark.parametrize(
    "look_alike",
    [
        "http://wt.zjkgjj.com",
        "https://wt.zjkgjj.com:8443",
        "https://wt.zjkgjj.com.",
        "https://wt.zjkgjj.com.evil.example",
        "https://WT.zjkgjj.com",
        "https://zjkgjj.com",
    ],
)
def test_a_look_alike_of_a_known_site_is_unknown(home: Path, look_alike: str) -> None:
    assert book(home).classify(PORTAL) is OriginClass.KNOWN
    assert book(home).classify(look_alike) is OriginClass.UNKNOWN


def test_the_persons_word_survives_a_restart_and_reads_like_a_sentence(home: Path) -> None:
    book(home).set_class("https://evil.example", OriginClass.BLOCKED)
    book(home).set_class(PORTAL, OriginClass.ALLOWED)
    assert book(home).classify("https://evil.example") is OriginClass.BLOCKED
    assert '"https://wt.zjkgjj.com" = "allowed"' in (home / FILE_NAME).read_text()


def test_an_insecure_site_is_never_remembered_but_can_be_blocked(home: Path) -> None:
    origins = book(home)
    for origin_class in (OriginClass.ALLOWED, OriginClass.TRUSTED):
        with pytest.raises(HelperError) as refused:
            origins.set_class(PLAIN_PORTAL, origin_class)
        assert refused.value.code is Code.DENIED_BY_POLICY
    origins.set_class(PLAIN_PORTAL, OriginClass.BLOCKED)
    assert origins.classify(PLAIN_PORTAL) is OriginClass.BLOCKED


def test_loopback_is_not_called_insecure() -> None:
    assert not is_insecure("http://localhost:17280")
    assert not is_insecure("http://[::1]:80")
    assert is_insecure("http://localhost.evil.example")


@pytest.mark.parametrize(
    "content",
    [
        "not toml [",
        '[origins]\n"https://a.example" = "known"\n',
        'origins = "all"\n',
        '[origins]\n"http://a.example" = "trusted"\n',
    ],
)
def test_a_damaged_file_is_set_aside_and_told(home: Path, content: str) -> None:
    (home / FILE_NAME).write_text(content)
    origins = book(home)
    assert origins.remembered() == {}
    assert origins.problem is not None
    assert origins.problem.code is Code.SETTINGS_DAMAGED
    [aside] = home.glob(f"{FILE_NAME}.damaged-*")
    assert aside.read_text() == content


def test_bare_signatures_are_for_sites_that_were_allowed_or_trusted_for_good(home: Path) -> None:
    origins = book(home)
    with pytest.raises(HelperError):
        origins.set_bare(PORTAL, True)
    origins.set_bare(PORTAL, False)  # can always be said
    origins.set_class(PORTAL, OriginClass.ALLOWED)
    assert not origins.may_have_bare(PORTAL)
    origins.set_bare(PORTAL, True)
    assert book(home).may_have_bare(PORTAL), "it is kept"
    origins.set_bare(PORTAL, False)
    assert not book(home).may_have_bare(PORTAL)


@pytest.mark.parametrize("end", ["block", "forget"])
def test_what_ends_a_site_s_permission_ends_its_bare_signatures(home: Path, end: str) -> None:
    origins = book(home)
    origins.set_class(PORTAL, OriginClass.TRUSTED)
    origins.set_bare(PORTAL, True)
    origins.set_class(PORTAL, OriginClass.BLOCKED) if end == "block" else origins.forget(PORTAL)
    origins.set_class(PORTAL, OriginClass.ALLOWED)
    assert not origins.may_have_bare(PORTAL) and not book(home).may_have_bare(PORTAL)


def test_a_file_that_names_other_sites_gives_them_nothing(home: Path) -> None:
    (home / "origins.toml").write_text(
        f'bare_signatures = ["{PORTAL}", "https://b.example"]\n[origins]\n"{PORTAL}" = "blocked"\n'
    )
    assert not book(home).may_have_bare(PORTAL) and not book(home).may_have_bare("https://b.example")
    (home / "origins.toml").write_text("bare_signatures = 7\n")
    damaged = book(home)
    assert damaged.problem is not None and damaged.problem.code is Code.SETTINGS_DAMAGED


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("https://a.b.portal.example", "portal.example"),
        ("http://rsj.zjk.hebei.gov.cn:8080", "hebei.gov.cn"),
        ("https://gov.cn", "gov.cn"),
        ("https://one.github.io", "one.github.io"),
        ("https://portal.example.", "portal.example"),
        ("http://111.62.46.105:9010", "111.62.46.105"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://[::1]:8000", "::1"),
        ("http://localhost:8000", "localhost"),
        ("chrome-extension://abcdefghijklmnop", "abcdefghijklmnop"),
    ],
)
def test_sub_domains_are_one_site_where_they_have_one_owner(origin: str, site: str) -> None:
    assert site_of(origin) == site
