"""Runs the checks one after another; none can hang or break the others."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from hebca_helper.checks.driver_checks import DRIVER_CHECKS
from hebca_helper.checks.model import Check, Finding, Seen, problem
from hebca_helper.checks.service_checks import SERVICE_CHECKS
from hebca_helper.checks.surroundings import Surroundings
from hebca_helper.checks.system_checks import SYSTEM_CHECKS
from hebca_helper.checks.token_checks import TOKEN_CHECKS
from hebca_helper.errors import Code, HelperError

log = logging.getLogger(__name__)
Progress = Callable[[int, int, Check], None]
CHECKS: tuple[Check, ...] = (*TOKEN_CHECKS, *DRIVER_CHECKS, *SERVICE_CHECKS, *SYSTEM_CHECKS)


def _no_progress(done: int, of: int, check: Check) -> None:
    del done, of, check


async def run_checks(
    checks: Sequence[Check], surroundings: Surroundings, progress: Progress = _no_progress
) -> list[Finding]:
    """Findings in the order of the checks. `progress` hears, on the loop, how many are done and which comes next."""
    findings: list[Finding] = []
    for number, check in enumerate(checks):
        progress(number, len(checks), check)
        findings += [Finding(check, seen) for seen in await run_check(check, surroundings)]
    return findings


async def run_check(check: Check, surroundings: Surroundings) -> list[Seen]:
    """What the check saw, or CHECK_FAILED or CHECK_TIMED_OUT in its place."""
    looking = asyncio.wrap_future(_in_thread(check, surroundings))
    try:
        await asyncio.wait([looking], timeout=check.limit)
        return _outcome(check, looking) if looking.done() else [problem(Code.CHECK_TIMED_OUT)]
    finally:
        looking.cancel()


def _outcome(check: Check, looked: asyncio.Future[list[Seen]]) -> list[Seen]:
    failure = looked.exception()
    if failure is None:
        return looked.result()
    if isinstance(failure, HelperError):
        return [problem(failure.code, failure.detail)]
    log.warning("check %s failed", check.id, exc_info=failure)
    return [problem(Code.CHECK_FAILED, type(failure).__name__)]


def _in_thread(check: Check, surroundings: Surroundings) -> Future[list[Seen]]:
    """A daemon thread of its own: one that hangs is left behind and does not keep the program from ending."""
    looked: Future[list[Seen]] = Future()
    looked.set_running_or_notify_cancel()

    def look() -> None:
        try:
            looked.set_result(list(check.look(surroundings)))
        except BaseException as failure:  # noqa: BLE001 -- handed to who waits
            looked.set_exception(failure)

    threading.Thread(target=look, name=f"check-{check.id}", daemon=True).start()
    return looked
