"""Where a clerk's employer reports: the places of the manuals. The chosen one's links, office and telephone come first."""

from __future__ import annotations

from dataclasses import dataclass

from hebca_helper.portals.catalogue import Catalogue
from hebca_helper.portals.portal import Portal
from hebca_helper.texts import tr


@dataclass(frozen=True, slots=True)
class City:
    """`name` is what the setting `city` and the contacts of `resources/help` say; `title` is for people,
    `note` says who is meant besides."""

    name: str
    title: str
    note: str = ""


def cities() -> tuple[City, ...]:
    """In the order in which they are offered; the last is everywhere else."""
    return (
        City("石家庄", tr("石家庄市")),
        City("张家口", tr("张家口市")),
        City("衡水", tr("衡水市")),
        City("沧州", tr("沧州市")),
        City("省属", tr("省属单位"), tr("含定州、辛集")),
        City("", tr("其他地区")),
    )


def city_title(name: str) -> str:
    """For people; a place that only a person's own link names is called as they wrote it."""
    return next((city.title for city in cities() if city.name == name), name)


def portals_of(catalogue: Catalogue, city: str) -> tuple[Portal, ...]:
    """The links to portals of this city, in the catalogue's order; empty for everywhere else."""
    if not city:
        return ()
    return tuple(portal for portal in catalogue.portals if portal.city == city)
