"""The terminal's own limits: an encoding without all characters, and a reader that went away."""

from __future__ import annotations

import codecs
import io
import os
import sys

_ESCAPED = "hebca-escaped"


def prepare() -> None:
    """What the terminal's encoding (GBK on Windows, ASCII in the C locale) cannot show is written as JSON escapes it, so
    that `--json` stays JSON and nobody sees a traceback."""
    codecs.register_error(_ESCAPED, _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ESCAPED)


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
