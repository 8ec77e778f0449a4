"""What the program says unasked: at plug-in, after log-out, when a USBKEY was forgotten. With a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from hebca_helper.desktop.presence.advice import GAP_SECONDS, IDLE_SECONDS, SETTLE_SECONDS, UnplugAdvice
from hebca_helper.desktop.presence.attention import PlugNotices
from hebca_helper.desktop.presence.single_instance import Throttle
from hebca_helper.pki.moments import Validity
from tests.desktop.questions import TOKEN, Office


@dataclass
class Clock:
    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Sitting:
    """A person at the computer, and what they were told."""

    clock: Clock = field(default_factory=Clock)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.advice = UnplugAdvice(self.told.append, self.clock)

    def after(self, seconds: float) -> list[str]:
        """What is told within this time; it is woken up when it said that something is due, as the window does."""
        before = len(self.told)
        end = self.clock.seconds + seconds
        while (due := self.advice.due()) is not None and self.clock.seconds + due <= end:
            self.clock.seconds += due
            self.advice.look()
        self.clock.seconds = end
        return self.told[before:]


@pytest.fixture
def sitting() -> Sitting:
    made = Sitting()
    made.advice.plugged(True)
    return made


def test_unplugging_is_suggested_after_log_out(sitting: Sitting) -> None:
    sitting.advice.logged_in()
    assert sitting.after(3 * IDLE_SECONDS) == []  # in use
    sitting.advice.logged_out()
    assert sitting.after(SETTLE_SECONDS - 1) == []
    [said] = sitting.after(1)
    assert "拔下 USBKEY" in said


def test_a_portal_that_logs_in_again_has_not_finished(sitting: Sitting) -> None:
    sitting.advice.logged_in()
    sitting.advice.logged_out()
    sitting.after(SETTLE_SECONDS - 1)
    sitting.advice.logged_in()
    assert sitting.after(IDLE_SECONDS) == []


def test_a_forgotten_usbkey_is_told_after_ten_minutes_and_only_once(sitting: Sitting) -> None:
    assert sitting.after(IDLE_SECONDS - 1) == []
    [said] = sitting.after(1)
    assert "十分钟" in said
    assert sitting.after(100 * IDLE_SECONDS) == []
    assert sitting.advice.due() is None  # nothing wakes the program up any more


def test_it_does_not_nag(sitting: Sitting) -> None:
    for _ in range(10):  # ten portals in an hour and forty minutes
        sitting.advice.logged_in()
        sitting.advice.logged_out()
        sitting.after(600)
    assert len(sitting.told) <= 6000 / GAP_SECONDS + 1


def test_nothing_is_said_about_a_usbkey_that_was_pulled_out(sitting: Sitting) -> None:
    sitting.advice.logged_in()
    sitting.advice.logged_out()
    sitting.advice.plugged(False)
    assert sitting.after(10 * IDLE_SECONDS) == []


def test_nothing_is_said_to_an_empty_chair(sitting: Sitting) -> None:
    sitting.advice.logged_in()
    sitting.advice.logged_out()
    sitting.advice.away()
    assert sitting.after(SETTLE_SECONDS) == []


Plug = Callable[[int], list[str]]


@pytest.mark.parametrize(("days", "told"), [(200, False), (91, False), (90, True), (10, True), (-3, True)])
def test_a_certificate_that_ends_within_90_days_is_told_at_plug_in(office: Office, days: int, told: bool) -> None:
    said: list[str] = []
    notices = PlugNotices(said.append)
    entry = office.entry(days)
    notices.look([entry.token], [entry])
    assert bool(said) is told
    if told:
        assert entry.certificate.holder in said[0]
        assert "老用户延期" in said[0]


def test_each_plugging_in_is_told_once(office: Office) -> None:
    said: list[str] = []
    notices = PlugNotices(said.append)
    entry, other = office.entry(5), replace(TOKEN, id="longmai:other")
    notices.look([TOKEN], [entry])
    notices.look([TOKEN, other], [entry])
    notices.look([TOKEN], [entry])
    assert len(said) == 1
    notices.look([], [])
    notices.look([TOKEN], [entry])
    assert len(said) == 2


def test_a_replaced_certificate_is_no_news(office: Office) -> None:
    said: list[str] = []
    old, new = office.entry(-30, replaced=True), office.entry(300)
    PlugNotices(said.append).look([TOKEN], [old, new])
    assert said == []


def test_renewing_is_offered_where_it_helps(office: Office) -> None:
    said: list[str] = []
    ending: list[str] = []
    early = replace(office.entry(), validity=Validity.NOT_YET_VALID)
    PlugNotices(said.append, ending.append).look([TOKEN], [early])
    PlugNotices(said.append, ending.append).look([TOKEN], [office.entry(5)])
    assert "日期和时间" in said[0]
    assert "老用户延期" in ending[0]


def test_a_throttle_lets_one_through_each_three_seconds() -> None:
    clock = Clock()
    throttle = Throttle(3.0, clock)
    passed = []
    for _ in range(100):  # a page that follows a link ten times a second
        passed.append(throttle.passes())
        clock.seconds += 0.1
    assert passed.count(True) == 4
    assert passed[0]
