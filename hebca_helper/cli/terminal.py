"""What a command says to the terminal at its end, and the terminal's own limits: an encoding without all characters, a
reader that went away, a file without room."""

from __future__ import annotations

import codecs
import errno
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TextIO

from hebca_helper import places, texts
from hebca_helper.errors import Code, HelperError
from hebca_helper.files import reason
from hebca_helper.texts import tr

FAILED, USAGE, CANCELLED = 1, 2, 3
"""Exit statuses: a failure of the table, wrong arguments, the person cancelled."""
UNIDENTIFIED, INDETERMINATE = 4, 5
"""Of a check: intact, but nobody known stands for the signer; a needed part could not be checked. FAILED: invalid,
unsigned or unreadable."""
_STATUSES = {
    Code.USER_CANCELLED: CANCELLED,
    Code.BAD_REQUEST: USAGE,
    Code.CERTIFICATE_UNTRUSTED: UNIDENTIFIED,
}
_ESCAPED = "hebca-escaped"
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""What write(2) says of our output when nothing more fits in there."""


def prepare(language: str) -> None:
    """In English where the terminal is, unless the person chose a language themself. What the terminal's encoding (GBK on Windows, ASCII in the C locale) cannot show is written as JSON escapes it, so
    that `--json` stays JSON and nobody sees a traceback."""
    if language == texts.SOURCE_LANGUAGE and _locale().startswith("en"):
        texts.use_language(str(places.shipped("resources", "translations")), "en")
    codecs.register_error(_ESCAPED, _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ESCAPED)


def _locale() -> str:
    """Of messages (locale(7)); empty where none is set."""
    return next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")


def tell(problem: HelperError) -> None:
    """One line for the person, with the code a help desk can look up. What is wrong with the command itself is told
    without the table's words, which speak of pages."""
    from hebca_helper.assistant.asker.visible import visible_line  # the window's start would pay for it

    wrong = tr("命令的参数有误：{what}").format(what=problem.detail)
    told = wrong if problem.code is Code.BAD_REQUEST else str(problem)
    print(f"{visible_line(told)} [{problem.code}]", file=sys.stderr)


def tell_rows(rows: Sequence[Mapping[str, object]]) -> None:
    """Every list that `--json` asks for: one array of objects. What goes on, file by file or step by step, is told in
    objects of one line each instead."""
    print(json.dumps(rows, ensure_ascii=False, indent=2))


def ended(problem: HelperError) -> int:
    """Tell it; the exit status."""
    tell(problem)
    return _STATUSES.get(problem.code, FAILED)


@contextmanager
def writing() -> Iterator[None]:
    """What is printed within has been written when it ends: Python itself would look only after our exit status, and end
    with 120 and a traceback. BrokenPipeError when nobody reads any more, HelperError(FILE_UNREADABLE) when it has no room.
    """
    try:
        yield
    except OSError as problem:
        if problem.errno in _NO_ROOM and problem.filename is None:
            raise _unwritten(problem) from None
        raise
    finally:
        left = [why for stream in (sys.stdout, sys.stderr) if (why := _written(stream)) is not None]
        if left:
            raise left[0] if isinstance(left[0], BrokenPipeError) else _unwritten(left[0])


def _written(stream: TextIO | None) -> OSError | None:
    """What kept it from being written; the rest then goes nowhere."""
    if stream is None:
        return None
    try:
        stream.flush()
    except OSError as problem:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        return problem
    return None


def _unwritten(problem: OSError) -> HelperError:
    return HelperError(Code.FILE_UNREADABLE, reason(problem))


def _escaped(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    octets = problem.object[problem.start : problem.end].encode("utf-16-be", "surrogatepass")
    units = (octets[at : at + 2].hex() for at in range(0, len(octets), 2))
    return "".join(f"\\u{unit}" for unit in units), problem.end
