"""How the program starts itself again as a child process: always by exec of its own entry point, never by fork; and what
parent and child of a document write to each other: one line of JSON with `parts` (sizes), then the octets of the parts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

CHILD_FLAG = "--child"


def own_command(*arguments: str) -> list[str]:
    """Argument list that runs this program: the packaged one, or its sources."""
    # -P: a file named like one of our modules in the current folder must not become part of the program
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-m", "hebca_helper"]
    return [*program, *arguments]


def child_command(kind: str, *arguments: str) -> list[str]:
    """Argument list that runs this program as a child of `kind` (see `hebca_helper.__main__`)."""
    return own_command(CHILD_FLAG, kind, *arguments)


def read_message(source: BinaryIO) -> tuple[dict[str, Any], list[bytes]] | None:
    """The line's object and its parts; None at the end. ValueError for anything else."""
    line = source.readline(1024 * 1024)
    if not line:
        return None
    row = json.loads(line)
    parts = [source.read(size) for size in row["parts"]]
    if any(len(part) != size for part, size in zip(parts, row["parts"], strict=True)):
        return None
    return row, parts


def write_message(target: BinaryIO, row: dict[str, Any], parts: Sequence[bytes] = ()) -> None:
    """Part after part: a large one is not copied."""
    announced = {**row, "parts": [len(part) for part in parts]}
    target.write(json.dumps(announced).encode("ascii") + b"\n")
    for part in parts:
        target.write(part)
    target.flush()
