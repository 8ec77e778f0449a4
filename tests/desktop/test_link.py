"""Calls go from the window to the loop, answers come back in Qt's thread; giving up works from both sides."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError

import pytest

from hebca_helper.desktop.link import Answer, Link
from hebca_helper.errors import Code, HelperError
from tests.desktop.person import LoopThread, Person


async def _thread_after(seconds: float = 0.0) -> threading.Thread:
    await asyncio.sleep(seconds)
    return threading.current_thread()


def _unexpected(answer: object) -> None:
    raise AssertionError(answer)


async def _fail(problem: Exception) -> None:
    raise problem


def test_an_answer_comes_back_in_the_window_s_thread(person: Person, link: Link, background: LoopThread) -> None:
    heard: list[tuple[threading.Thread, threading.Thread]] = []
    link.submit(
        background.loop, _thread_after(), lambda there: heard.append((there, threading.current_thread())), _unexpected
    )
    (there, here) = person.wait(lambda: heard)[0]
    assert here is threading.main_thread()
    assert there is not here


def test_a_failure_comes_back_as_what_it_was(person: Person, link: Link, background: LoopThread) -> None:
    told: list[HelperError] = []
    link.submit(background.loop, _fail(HelperError(Code.TOKEN_REMOVED)), _unexpected, told.append)
    assert person.wait(lambda: told)[0].code is Code.TOKEN_REMOVED


def test_a_fault_of_the_program_is_logged_and_told(
    person: Person, link: Link, background: LoopThread, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[HelperError] = []
    link.submit(background.loop, _fail(ZeroDivisionError()), _unexpected, told.append)
    assert person.wait(lambda: told)[0].code is Code.EXECUTION_FAILED
    assert "ZeroDivisionError" in caplog.text


def test_a_call_that_the_window_gives_up_is_cancelled_and_says_nothing(
    person: Person, link: Link, background: LoopThread
) -> None:
    ended: list[str] = []

    async def long_work() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("cancelled")
            link.in_window(lambda: ended.append("seen"))
            raise

    call = link.submit(background.loop, long_work(), _unexpected, _unexpected)
    link.submit(background.loop, _thread_after(), lambda _: call.cancel(), _unexpected)
    person.wait(lambda: "seen" in ended)
    assert ended == ["cancelled", "seen"]


def test_a_loop_that_has_ended_is_a_failure_not_a_crash(person: Person, link: Link) -> None:
    thread = LoopThread()
    thread.close()
    told: list[HelperError] = []
    link.submit(thread.loop, _thread_after(), _unexpected, told.append)
    assert person.wait(lambda: told)[0].code is Code.SERVICE_STOPPING


class _Sheet:
    def __init__(self, answer: Answer[str]) -> None:
        self.answer = answer
        self.withdrawn = False

    def withdraw(self) -> None:
        self.withdrawn = True


def test_the_loop_asks_and_only_the_first_word_counts(person: Person, link: Link, background: LoopThread) -> None:
    sheets: list[_Sheet] = []

    def show(answer: Answer[str]) -> _Sheet:
        sheets.append(_Sheet(answer))
        return sheets[0]

    asked = background.start(link.ask(show))
    person.wait(lambda: sheets)
    sheets[0].answer.give("first")
    sheets[0].answer.refuse(HelperError(Code.USER_CANCELLED))
    assert asked.result(60) == "first"


def test_a_question_nobody_waits_for_is_withdrawn(person: Person, link: Link, background: LoopThread) -> None:
    sheets: list[_Sheet] = []

    def show(answer: Answer[str]) -> _Sheet:
        sheets.append(_Sheet(answer))
        return sheets[0]

    asked = background.start(link.ask(show))
    person.wait(lambda: sheets)
    asked.cancel()
    person.wait(lambda: sheets[0].withdrawn)
    with pytest.raises(CancelledError):
        asked.result(60)


def test_a_wait_in_vain_leaves_no_timer_running(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The failure's report keeps what the wait had; running timers would end the process after the application."""
    monkeypatch.setattr("tests.desktop.person.PATIENCE", 1)
    with pytest.raises(AssertionError, match="it does not come") as kept:
        person.wait(lambda: False)
    left = kept.traceback[-1].frame.f_locals
    assert [left[name].isActive() for name in ("heart", "late")] == [False, False]
