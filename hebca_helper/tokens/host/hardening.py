"""What the token host does to itself before it loads foreign code, beside what every process of ours does."""

from __future__ import annotations

import os
import signal
import sys

from hebca_helper.hardening import process_control

PR_SET_PDEATHSIG = 1
"""prctl(2) option, linux/prctl.h."""


def end_with_parent() -> None:
    """On Linux no life after the parent's, even inside a hung library call; and no end by others' signals."""
    process_control(PR_SET_PDEATHSIG, signal.SIGKILL)
    # A library's SIGPIPE or an inherited Ctrl-C must not end the host half-way through an answer.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def private_pipe() -> tuple[int, int]:
    """Handles of the pipe to the parent, moved away from 0 and 1: vendor libraries read and print there."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        for handle in (incoming, outgoing):
            msvcrt.setmode(handle, os.O_BINARY)
    return incoming, outgoing
