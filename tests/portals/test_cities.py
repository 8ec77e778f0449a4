"""The places that a clerk may choose, and what comes first then."""

from __future__ import annotations

import tomllib

import pytest

from hebca_helper.places import shipped
from hebca_helper.portals.catalogue import load
from hebca_helper.portals.cities import cities, portals_of
from hebca_helper.portals.own_links import OwnLinks, merged


@pytest.mark.parametrize("city", [city.name for city in cities() if city.name])
def test_each_city_has_its_portals_and_they_come_first(city: str) -> None:
    catalogue = load()
    theirs = portals_of(catalogue, city)
    assert theirs
    assert merged(catalogue, OwnLinks(), city).portals[: len(theirs)] == theirs


def test_everywhere_else_changes_nothing() -> None:
    assert portals_of(load(), "") == ()
    assert merged(load(), OwnLinks(), "") == load()


def test_catalogue_and_contacts_name_no_other_city() -> None:
    names = {city.name for city in cities()}
    contacts = tomllib.loads(shipped("resources", "help", "contacts.toml").read_text("utf-8"))["contact"]
    assert {portal.city for portal in load().portals} <= names
    assert {contact.get("city", "") for contact in contacts} <= names
