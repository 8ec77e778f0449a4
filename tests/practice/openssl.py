"""openssl as the second opinion, at its own time of day."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime.now(UTC).replace(microsecond=0)


def openssl(*arguments: str | Path, status: int = 0) -> str:
    """What openssl says; it must end with `status`."""
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr
