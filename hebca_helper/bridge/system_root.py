"""The root of the file system that policies and the system's certificates are written under."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "HEBCA_HELPER_SYSTEM_ROOT"


def system_root() -> Path:
    """`/`, or the folder that stands for it: for tests, and for building an image of another machine."""
    return Path(os.environ.get(VARIABLE) or "/").absolute()
