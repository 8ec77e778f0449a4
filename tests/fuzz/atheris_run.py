"""Coverage-guided fuzzing for as long as one likes: `python -m tests.fuzz.atheris_run TARGET [libFuzzer options]`.

Needs the package `atheris`, which is no part of the locked test packages (it has wheels for few systems). TARGET is a
function of `targets.py`, or `desk` for the whole dispatcher with a practice USBKEY behind it. A find ends the run with a
status other than 0 and leaves the input beside; keep it as an example in the tests.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris  # type: ignore[import-untyped, import-not-found, unused-ignore]

with atheris.instrument_imports(include=["hebca_helper", "asn1crypto"]):
    from tests.fuzz import targets
    from tests.fuzz.desk import open_desk
    from tests.practice_homes import put_practice_usbkey

TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (
        targets.frame,
        targets.seal_frame,
        targets.arguments,
        targets.upgrade,
        targets.certificate,
        targets.message,
        targets.document,
    )
}


def main() -> None:
    name, options = sys.argv[1], sys.argv[2:]
    if name != "desk":
        _fuzz(TARGETS[name], options)
        return
    with open_desk(put_practice_usbkey(Path(tempfile.mkdtemp()))) as desk:
        _fuzz(lambda data: _one_reply(desk.reply(data.decode("utf-8", "replace"))), options)


def _one_reply(reply: str) -> None:
    assert reply.count("|") == (1 if reply.startswith("0|") else 2)
    assert reply.isascii()


def _fuzz(target: Callable[[bytes], None], options: list[str]) -> None:
    atheris.Setup([sys.argv[0], "-timeout=20", *options], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
