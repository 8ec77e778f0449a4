"""Runs a command; errors become one message and an exit status in this one place."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hebca_helper.cli import terminal
from hebca_helper.cli.parser import parse
from hebca_helper.cli.program import Program
from hebca_helper.errors import Code, HelperError

if TYPE_CHECKING:
    from hebca_helper.bridge.ports import WantedPorts

FAILED, USAGE, CANCELLED = 1, 2, 3
"""Exit statuses: a failure of the table, wrong arguments (argparse), the person cancelled."""


def main(arguments: Sequence[str], program: Program) -> int:
    """Parse, run, and tell failures on standard error as text with remedy and code."""
    terminal.prepare()
    options = parse(arguments)
    if options.command not in (None, "run"):  # the window tells them itself
        program.on_problem = tell
        for problem in program.problems:
            tell(problem)
    try:
        return _run(options, program)
    except HelperError as problem:
        tell(problem)
        return CANCELLED if problem.code is Code.USER_CANCELLED else FAILED
    except KeyboardInterrupt:
        return CANCELLED
    except BrokenPipeError:
        terminal.give_up_output()
        return FAILED


def tell(problem: HelperError) -> None:
    """One line for the person, with the code a help desk can look up."""
    print(f"{problem} [{problem.code}]", file=sys.stderr)


def _run(options: argparse.Namespace, program: Program) -> int:
    # each command imports what it needs: `tokens` starts without the web framework, `run` without either
    match options.command or "run":
        case "run":
            return _run_window(options, program)
        case "show" | "summon":
            return program.show_window(getattr(options, "page", ""))
        case "serve":
            from hebca_helper.cli.serve import serve

            return asyncio.run(serve(options, program))
        case "demo":
            from hebca_helper.cli.demo import demo

            return asyncio.run(demo(program, as_json=options.json, browser=not options.no_browser))
        case "practice":
            from hebca_helper.cli.practice import practice

            return asyncio.run(practice(options, program))
        case "tokens" | "certificates":
            from hebca_helper.cli.listing import listing

            return asyncio.run(listing(options, program))
        case "cms":
            from hebca_helper.cli.cms import cms

            return cms(options, program)
        case "relying-party":
            from hebca_helper.cli.relying_party import relying_party

            return relying_party(options)
        case "doctor":
            from hebca_helper.cli.doctor import doctor

            return asyncio.run(doctor(options, program))
        case "trust":
            from hebca_helper.cli.trust import trust

            return trust(options, program)
        case "policy":
            from hebca_helper.cli.policy import policy

            return policy(options)
        case "seal":
            from hebca_helper.cli.seal import seal

            return asyncio.run(seal(options, program))
        case "seals" if options.action is None:
            from hebca_helper.cli.seals import seals

            return asyncio.run(seals(options, program))
        case "check" | "ofd" | "seals":
            from hebca_helper.cli.check import check

            return check(options)
        case _:
            from hebca_helper.cli.keys import keys

            return asyncio.run(keys(options, program))


def wanted_ports(options: argparse.Namespace) -> WantedPorts:
    from hebca_helper.bridge.ports import WantedPorts

    names = ("certificate_port", "seal_port", "https_port")
    return WantedPorts(*(getattr(options, name, None) for name in names))


def _run_window(options: argparse.Namespace, program: Program) -> int:
    return program.run_window(
        ports=wanted_ports(options),
        practice=getattr(options, "practice", False),
        background=getattr(options, "background", False),
    )


def read_text_file(path: str) -> str:
    """A small UTF-8 text file. HelperError(FILE_UNREADABLE)."""
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise HelperError(Code.FILE_UNREADABLE, f"{path}: {problem}") from None
