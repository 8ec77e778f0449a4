"""What a check is and what it finds. Plain data; texts are in the source language and translated where they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from hebca_helper.errors import TABLE, Code
from hebca_helper.texts import named, tr

if TYPE_CHECKING:
    from hebca_helper.checks.surroundings import Surroundings


class Outcome(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """Works, but may trouble the person."""
    PROBLEM = "problem"
    NOT_APPLICABLE = "not-applicable"
    """There is nothing to judge here, or this system does not tell."""


class Group(StrEnum):
    """Headings of the list, in this order."""

    TOKENS = "USBKEY 与证书"
    DRIVERS = "驱动程序"
    SERVICES = "浏览器与网络"
    BROWSER = "浏览器内检测"
    """Seen from inside a browser, where the person asked for it."""
    SYSTEM = "系统环境"
    PROGRAMS = "其他程序"


@dataclass(frozen=True, slots=True)
class Fix:
    """What a button beside a finding does: only things of this person's own account, undone as easily. `apply` raises
    HelperError; it may be called on any thread."""

    id: str
    title: str
    apply: Callable[[], None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look showed. `told` is the state in words; `code` the row of the failure table that tells cause and
    remedy of a warning or problem; `name` tells several things of one check apart."""

    outcome: Outcome
    told: str = ""
    code: Code | None = None
    name: str = ""
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """`look` runs in a thread of its own and may take `limit` seconds."""

    id: str
    group: Group
    title: str
    look: Callable[[Surroundings], Iterable[Seen]]
    limit: float = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the result: what a check saw."""

    check: Check
    seen: Seen

    @property
    def outcome(self) -> Outcome:
        return self.seen.outcome

    @property
    def title(self) -> str:
        title = tr(self.check.title)
        return named(title, self.seen.name) if self.seen.name else title

    @property
    def cause(self) -> str:
        return tr(TABLE[self.seen.code].text) if self.seen.code else ""

    @property
    def remedy(self) -> str:
        return tr(TABLE[self.seen.code].remedy) if self.seen.code else ""


def fine(told: str = "", *, name: str = "", fix: Fix | None = None) -> Seen:
    return Seen(Outcome.OK, told, name=name, fix=fix)


def warning(code: Code, told: str = "", *, name: str = "", fix: Fix | None = None) -> Seen:
    return Seen(Outcome.WARNING, told, code, name, fix)


def problem(code: Code, told: str = "", *, name: str = "", fix: Fix | None = None) -> Seen:
    return Seen(Outcome.PROBLEM, told, code, name, fix)


def not_applicable(told: str, *, name: str = "") -> Seen:
    return Seen(Outcome.NOT_APPLICABLE, told, name=name)
