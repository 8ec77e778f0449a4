"""The program's only entry point: a child process of a kind, or the command line."""

from __future__ import annotations

import gc
import sys

from hebca_helper.children import CHILD_FLAG
from hebca_helper.hardening import harden

GARBAGE_THRESHOLDS = (20_000, 20, 20)
"""Python's own 700 makes it look for garbage dozens of times while the program starts and finds none."""


def main() -> int:
    """Exit status. Children import nothing but their own room: they start often and hold vendor code."""
    harden()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    if sys.argv[1:2] == [CHILD_FLAG]:
        return _child(sys.argv[2], sys.argv[3:])
    from hebca_helper.app import main as program

    return program(sys.argv[1:])


def _child(kind: str, arguments: list[str]) -> int:
    if kind == "token-host":
        from hebca_helper.tokens.host.main import main as token_host

        return token_host(arguments)
    if kind == "document-host":
        from hebca_helper.documents.host import main as document_host

        return document_host(arguments)
    if kind == "pdf-host":
        from hebca_helper.documents.pdf.host import main as pdf_host

        return pdf_host(arguments)
    raise SystemExit(f"unknown child process: {kind}")


if __name__ == "__main__":
    sys.exit(main())
