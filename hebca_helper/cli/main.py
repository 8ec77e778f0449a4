"""Runs a command; errors become one message and an exit status in this one place."""

from __future__ import annotations

from collections.abc import Sequence

from hebca_helper.cli import terminal
from hebca_helper.cli.parser import parse
from hebca_helper.cli.program import Program
from hebca_helper.cli.terminal import CANCELLED, FAILED, tell
from hebca_helper.errors import Code, HelperError


def main(arguments: Sequence[str], program: Program) -> int:
    """Parse, run, and tell failures on standard error as text with remedy and code."""
    terminal.prepare()
    try:
        with terminal.writing():
            return _outcome(arguments, program)
    except BrokenPipeError:  # nobody reads any more (`| head`)
        return FAILED
    except HelperError as problem:  # the output could not be written
        tell(problem)
        return FAILED


def _outcome(arguments: Sequence[str], program: Program) -> int:
    options = parse(arguments)
    if options.command not in (None, "run"):  # the window tells them itself
        program.on_problem = tell
        for problem in program.problems:
            tell(problem)
    try:
        return int(options.run(options, program))
    except HelperError as problem:
        tell(problem)
        return CANCELLED if problem.code is Code.USER_CANCELLED else FAILED
    except KeyboardInterrupt:
        return CANCELLED
