"""What a command says to the terminal at its end, and the terminal's own limits: an encoding without all characters, a
reader that went away."""

from __future__ import annotations

import codecs
import io
import os
import sys

from hebca_helper.errors import HelperError

FAILED, USAGE, CANCELLED = 1, 2, 3
"""Exit statuses: a failure of the table, wrong arguments (argparse), the person cancelled."""
_ESCAPED = "hebca-escaped"


def prepare() -> None:
    """What the terminal's encoding (GBK on Windows, ASCII in the C locale) cannot show is written as JSON escapes it, so
    that `--json` stays JSON and nobody sees a traceback."""
    codecs.register_error(_ESCAPED, _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ESCAPED)


def tell(problem: HelperError) -> None:
    """One line for the person, with the code a help desk can look up."""
    print(f"{problem} [{problem.code}]", file=sys.stderr)


def give_up_output() -> None:
    """Nobody reads any more (`| head`): what is still to be written goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _escaped(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    octets = problem.object[problem.start : problem.end].encode("utf-16-be", "surrogatepass")
    units = (octets[at : at + 2].hex() for at in range(0, len(octets), 2))
    return "".join(f"\\u{unit}" for unit in units), problem.end
