"""Programs of the system that keep certificates: by argument lists only, with a time limit, never through a shell."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence

from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import bracketed

PATIENCE = 60.0
"""Seconds; Windows asks the person before it takes a root certificate."""
_ADMINISTRATORS = "/usr/local/sbin:/usr/sbin:/sbin"
"""Where Debian keeps them, and what is not on an ordinary user's PATH."""
_SAID = 300
"""Characters of what a tool said that are handed on."""


def find(name: str, package: str) -> str:
    """Path of a program. TOOL_MISSING names it and its package."""
    path = shutil.which(name) or shutil.which(name, path=_ADMINISTRATORS)
    if path is None:
        raise HelperError(Code.TOOL_MISSING, bracketed(name, package))
    return path


def output(command: Sequence[str]) -> bytes | None:
    """What it wrote, None when it failed: for questions whose answer may be no. TRUST_FAILED when it hangs."""
    done = _run(command)
    return done.stdout if done.returncode == 0 else None


def do(command: Sequence[str]) -> None:
    """TRUST_FAILED with what the tool said."""
    done = _run(command)
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise HelperError(Code.TRUST_FAILED, said[-_SAID:])


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise HelperError(Code.TRUST_FAILED, f"{command[0]}: {PATIENCE:.0f} s") from None
    except OSError as problem:
        raise HelperError(Code.TRUST_FAILED, f"{command[0]}: {problem.strerror}") from None
