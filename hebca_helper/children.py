"""How the program starts itself again as a child process: always by exec of its own entry point, never by fork."""

from __future__ import annotations

import sys

CHILD_FLAG = "--child"


def child_command(kind: str, *arguments: str) -> list[str]:
    """Argument list that runs this program as a child of `kind` (see `hebca_helper.__main__`)."""
    # -P: a file named like one of our modules in the current folder must not become part of the program
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-P", "-m", "hebca_helper"]
    return [*program, CHILD_FLAG, kind, *arguments]
