"""Runs a command; errors become one message and an exit status in this one place."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from hebca_helper.cli import terminal
from hebca_helper.cli.parser import parse
from hebca_helper.cli.program import Program
from hebca_helper.cli.terminal import FAILED, ended, tell
from hebca_helper.errors import Code, HelperError
from hebca_helper.files import of_file


def main(arguments: Sequence[str], program: Program) -> int:
    """Parse, run, and tell failures on standard error as text with remedy and code."""
    terminal.prepare(program.settings.language)
    try:
        with terminal.writing():
            return _outcome(arguments, program)
    except BrokenPipeError:  # nobody reads any more (`| head`)
        return FAILED
    except HelperError as problem:  # the output could not be written
        tell(problem)
        return FAILED
    except OSError as problem:  # of a file that no command expected to be withheld
        tell(of_file(problem))
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
        return ended(problem)
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            print(file=sys.stderr)  # beside the ^C that the terminal shows
        return ended(HelperError(Code.USER_CANCELLED))
