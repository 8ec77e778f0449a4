"""A check that hangs or breaks is told as such, and the others do their work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from hebca_helper.checks.model import Check, Group, Outcome, Seen, fine
from hebca_helper.checks.runner import CHECKS, run_checks
from hebca_helper.checks.surroundings import Surroundings
from hebca_helper.errors import Code, HelperError
from tests.checks.situation import Situation

pytestmark = pytest.mark.anyio


def check(name: str, look: Callable[[Surroundings], Iterator[Seen]], limit: float = 5.0) -> Check:
    return Check(name, Group.SYSTEM, name, look, limit)


def well(_: Surroundings) -> Iterator[Seen]:
    yield fine("好")


def breaks(_: Surroundings) -> Iterator[Seen]:
    yield fine("half")
    raise ZeroDivisionError


def fails(_: Surroundings) -> Iterator[Seen]:
    raise HelperError(Code.FILE_UNREADABLE, "somewhere")


async def test_each_check_is_heard_in_its_order(situation: Situation) -> None:
    heard: list[tuple[int, int, str]] = []
    checks = [check("first", well), check("second", well)]
    findings = await run_checks(checks, situation(), lambda done, of, next_one: heard.append((done, of, next_one.id)))
    assert [finding.check.id for finding in findings] == ["first", "second"]
    assert heard == [(0, 2, "first"), (1, 2, "second")]


async def test_one_that_hangs_is_left_behind_after_its_time(situation: Situation) -> None:
    end = threading.Event()

    def hangs(_: Surroundings) -> Iterator[Seen]:
        end.wait()
        yield fine()

    findings = await run_checks([check("hangs", hangs, 0.05), check("well", well)], situation())
    end.set()
    assert [finding.seen.code for finding in findings] == [Code.CHECK_TIMED_OUT, None]
    assert findings[0].outcome is Outcome.PROBLEM
    assert findings[0].remedy


async def test_one_that_breaks_is_told_with_nothing_half_said(situation: Situation) -> None:
    findings = await run_checks([check("breaks", breaks), check("fails", fails), check("well", well)], situation())
    assert [(f.seen.code, f.seen.told) for f in findings] == [
        (Code.CHECK_FAILED, "ZeroDivisionError"),
        (Code.FILE_UNREADABLE, "somewhere"),
        (None, "好"),
    ]


async def test_a_check_that_times_out_inside_has_failed_and_not_run_out_of_its_own_time(situation: Situation) -> None:
    def slow_inside(_: Surroundings) -> Iterator[Seen]:
        raise TimeoutError

    [finding] = await run_checks([check("inside", slow_inside)], situation())
    assert finding.seen.code is Code.CHECK_FAILED


async def test_on_a_computer_where_all_is_well_nothing_is_wrong_but_the_missing_usbkey(situation: Situation) -> None:
    findings = await run_checks(CHECKS, situation())
    wrong = {finding.check.id for finding in findings if finding.seen.code}
    assert wrong == {"token", "modules"}


def test_no_two_checks_share_a_name_and_none_may_take_longer_than_a_person_waits() -> None:
    assert len({each.id for each in CHECKS}) == len(CHECKS)
    assert all(each.limit <= 10 for each in CHECKS)
