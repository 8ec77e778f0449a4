"""A person's own links stand beside those of the catalogue, survive a restart, and make no site known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.catalogue import Catalogue, Group, Need, Portal, known_origins, load
from hebca_helper.portals.entries import entry_of, portals_from
from hebca_helper.portals.own_links import FILE_NAME, MOST_RECENT, OwnLinks, hidden_portals, merged, moved, save
from hebca_helper.portals.own_links import load as load_own

TAX = Portal("own-1", Group.OTHER, "电子税务局", "https://tax.example/", origins=("https://tax.example",))


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return load()


def titles(catalogue: Catalogue, group: Group) -> list[str]:
    return [portal.title for portal in catalogue.group(group)]


def test_everything_is_there_again_after_a_restart(shipped: Catalogue, tmp_path: Path) -> None:
    changed = replace(shipped.portals[0], address="https://rsj.sjz.example/", via_issuer=False, need=Need.SEAL)
    own = OwnLinks().with_portal(TAX).with_portal(changed).with_favourite(TAX.id, True).with_use("renew")
    own = own.with_hidden("invoice").with_order(["hotline", "renew"])
    save(tmp_path, own)
    assert load_own(tmp_path) == (own, None)
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0


def test_every_shipped_entry_is_written_as_it_is_read(shipped: Catalogue) -> None:
    assert portals_from({"portal": [entry_of(portal) for portal in shipped.portals]}) == shipped.portals


def test_added_and_changed_links_are_seen_and_hidden_ones_not(shipped: Catalogue) -> None:
    changed = replace(shipped.portals[0], title="石家庄（新）")
    seen = merged(shipped, OwnLinks().with_portal(TAX).with_portal(changed).with_hidden("invoice"))
    assert titles(seen, Group.OTHER) == ["电子税务局"]
    assert titles(seen, Group.SOCIAL_SECURITY)[0] == "石家庄（新）"
    assert seen.find("invoice") is None
    assert len(seen.portals) == len(shipped.portals)


def test_what_is_hidden_comes_back_where_it_was(shipped: Catalogue) -> None:
    own = OwnLinks().with_hidden("invoice")
    assert [portal.id for portal in hidden_portals(shipped, own)] == ["invoice"]
    assert merged(shipped, own.with_shown("invoice")) == shipped


def test_a_changed_link_can_be_as_it_came_and_an_added_one_goes(shipped: Catalogue) -> None:
    own = OwnLinks().with_portal(TAX).with_portal(replace(shipped.portals[0], title="x"))
    assert merged(shipped, own.without_portal(TAX.id).without_portal(shipped.portals[0].id)) == shipped


def test_the_city_goes_first_and_a_persons_order_before_that(shipped: Catalogue) -> None:
    seen = merged(shipped, OwnLinks(), "张家口")
    assert titles(seen, Group.SOCIAL_SECURITY)[0] == "张家口一体化网上申报平台"
    assert titles(seen, Group.PROVIDENT_FUND) == ["张家口公积金", "沧州公积金"]
    cangzhou = seen.find("cangzhou-provident-fund")
    assert cangzhou is not None
    order = moved(seen, cangzhou, -1)
    assert order is not None
    seen = merged(shipped, OwnLinks().with_order(order), "张家口")
    assert titles(seen, Group.PROVIDENT_FUND) == ["沧州公积金", "张家口公积金"]
    assert moved(seen, cangzhou, -1) is None


def test_recent_links_are_few_and_the_newest_first() -> None:
    own = OwnLinks()
    for name in (*"abcdefg", "f"):
        own = own.with_use(name)
    assert own.recent == ("f", "g", "e", "d", "c")
    assert len(own.recent) == MOST_RECENT


def test_own_links_make_no_site_known(shipped: Catalogue, tmp_path: Path) -> None:
    save(tmp_path, OwnLinks().with_portal(TAX))
    assert "https://tax.example" not in known_origins(load())


@pytest.mark.parametrize(
    "damage", ["portal = 7", "[[portal]]\nid = 'a'", "hidden = [1]", "oops", "a = " + "[" * 100_000, "\udcff"]
)
def test_a_damaged_file_is_set_aside_and_told(tmp_path: Path, damage: str) -> None:
    (tmp_path / FILE_NAME).write_bytes(damage.encode("utf-8", "surrogateescape"))
    own, problem = load_own(tmp_path)
    assert own == OwnLinks()
    assert problem is not None
    assert problem.code is Code.SETTINGS_DAMAGED
    [aside] = tmp_path.glob(f"{FILE_NAME}*")
    assert aside.name in problem.detail


def test_a_file_of_a_help_desk_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "links.toml"
    path.write_bytes(b"#" * (1024 * 1024 + 1))
    with pytest.raises(HelperError) as problem:
        load(path)
    assert problem.value.code is Code.FILE_UNREADABLE


@pytest.mark.parametrize(
    ("words", "title"), [("zjkgjj", "张家口公积金"), ("czgjj", "沧州公积金"), ("hssb", "衡水市社保医保网报")]
)
def test_beginning_letters_find_it(shipped: Catalogue, words: str, title: str) -> None:
    assert title in [portal.title for portal in shipped.search(words)]
    assert len(shipped.search(words)) == 1
