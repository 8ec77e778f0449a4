"""Opens the test page in a browser and waits for what it reports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from hebca_helper.bridge.browser_path.answers import Answers
from hebca_helper.bridge.browser_path.findings import findings
from hebca_helper.bridge.browser_path.pages import Facts, browser_pages
from hebca_helper.bridge.guard import PATH
from hebca_helper.bridge.identity.identity import load_or_make
from hebca_helper.bridge.own_pages.server import OwnPages
from hebca_helper.bridge.trust.trust import Trust
from hebca_helper.checks.model import Finding
from hebca_helper.checks.surroundings import Machine
from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.browsers import Browser, BrowserKind, find_browsers, launch

PATIENCE = 180.0
"""Seconds for the steps that need a hand."""
FIRST_WORD = 45.0
"""Seconds within which a browser that opened at all has done the automatic steps."""
Launch = Callable[[Browser, str], None]


async def examine(
    browser: Browser,
    home: Path,
    service: str,
    now: datetime,
    *,
    by_hand: bool = True,
    open_page: Launch = launch,
    patience: float = PATIENCE,
) -> list[Finding]:
    """`service` is the URL of the certificate service, empty where none runs. Without `by_hand` only the automatic
    steps are waited for. What was not reported in time is told as not examined."""
    identity = await asyncio.to_thread(load_or_make, home, now)
    answers, facts = Answers(), Facts(service, browser.kind)
    pages = OwnPages(browser_pages(facts, answers), identity)
    await pages.start()
    try:
        facts.tls_base, facts.origin = pages.tls_base, pages.origin
        await asyncio.to_thread(open_page, browser, pages.url)
        await _reported(answers, by_hand, patience)
    finally:
        await pages.stop()
    return findings(browser.kind, answers.all(), lambda: _have_trusted(home, now))


def _have_trusted(home: Path, now: datetime) -> None:
    """HelperError of the first place that could not be changed."""
    for told in Trust(home).install(now):
        if told.problem is not None:
            raise told.problem


async def _reported(answers: Answers, by_hand: bool, patience: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(min(patience, FIRST_WORD)):
            await _either(answers.automatic_done, answers.finished)
        if by_hand:
            async with asyncio.timeout(patience):
                await answers.finished.wait()


async def _either(first: asyncio.Event, second: asyncio.Event) -> None:
    waiting = {asyncio.ensure_future(event.wait()) for event in (first, second)}
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()


def service_url(machine: Machine, port: int) -> str:
    """Of the certificate service that this user's assistant runs, in whatever process; empty where there is none."""
    holder = machine.listener(port) if port else None
    return f"ws://localhost:{port}{PATH}" if holder is not None and holder.ours else ""


def choose(name: str, browsers: Sequence[Browser] | None = None) -> Browser:
    """The installed browser of that name ("chrome", "chromium", "edge", "firefox"). BROWSER_MISSING."""
    found = find_browsers() if browsers is None else browsers
    for browser in found:
        if browser.kind == name:
            return browser
    raise HelperError(Code.BROWSER_MISSING, name if name in set(BrowserKind) else f"{name}: {', '.join(BrowserKind)}")
