"""`doctor`: 故障检测 in a terminal, for people and for scripts."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.checks.gathering import gather
from hebca_helper.checks.model import Check, Finding, Outcome
from hebca_helper.checks.report import Report
from hebca_helper.checks.runner import CHECKS, run_checks
from hebca_helper.checks.surroundings import Surroundings, services_of
from hebca_helper.cli.files import require_free
from hebca_helper.cli.program import Program
from hebca_helper.errors import HelperError
from hebca_helper.files import of_file, write_atomically
from hebca_helper.texts import tr

FOUND_PROBLEMS = 1


async def doctor(options: argparse.Namespace, program: Program) -> int:
    """0 when nothing is wrong (warnings do not count), 1 when there is a problem."""
    if options.report:
        require_free(options.report, overwrite=True)
    report = await examine(program)
    if options.browser:
        report = replace(report, findings=[*report.findings, *await examine_browser(options.browser, program)])
    if options.report:
        write_report(Path(options.report), report)
    print(report.as_json() if options.json else report.as_text().rstrip())
    return FOUND_PROBLEMS if report.count(Outcome.PROBLEM) else 0


async def examine(program: Program) -> Report:
    """What keeps the assistant from starting (a practice USBKEY just being made anew) is told in place of USBKEYs."""
    services = services_of(program.settings)
    try:
        async with program.core() as core:
            surroundings = await gather(core.assistant, core.tokens.modules, program.home, services)
            return await _report(surroundings)
    except HelperError as failure:
        surroundings = await gather(None, list, program.home, services, problem=failure)
        return await _report(surroundings)


async def _report(surroundings: Surroundings) -> Report:
    findings = await run_checks(CHECKS, surroundings, _progress)
    return Report(findings, surroundings.failures, utc_now())


async def examine_browser(name: str, program: Program) -> list[Finding]:
    """What that browser says about the way to us; the person does the last steps in it."""
    from hebca_helper.bridge.browser_path.examination import choose, service_url
    from hebca_helper.bridge.browser_path.examination import examine as examine_in
    from hebca_helper.checks.machine import ThisMachine

    browser = choose(name)
    print(tr("请在打开的浏览器中完成检测，最后点“完成”。"), file=sys.stderr, flush=True)
    service = service_url(ThisMachine(os.environ), program.settings.certificate_port)
    return await examine_in(browser, program.home, service, utc_now())


def _progress(done: int, of: int, check: Check) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K[{done + 1}/{of}] {tr(check.title)}", end="", file=sys.stderr, flush=True)
        if done + 1 == of:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def write_report(path: Path, report: Report) -> None:
    """JSON for a name that ends in .json, else text (UTF-8). HelperError(FILE_UNREADABLE)."""
    try:
        write_atomically(path, report.content(path.name))
    except OSError as failure:
        raise of_file(failure, path) from None
