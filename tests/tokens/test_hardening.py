"""What a token host gives away to others on the same machine: nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from hebca_helper.children import child_command
from hebca_helper.tokens.discovery import ModulePlace
from hebca_helper.tokens.service import TokenService
from tests.tokens.scene import PIN, SO_PIN, Seen

Start = Callable[..., Awaitable[tuple[TokenService, Seen]]]


@pytest.mark.anyio
async def test_a_host_keeps_its_secrets(start: Start, place: ModulePlace) -> None:
    service, _ = await start(place)
    token = (await service.initialise(place, "新", SO_PIN, PIN)).id
    await service.login(token, PIN)
    command = child_command("token-host")
    host = next(child for child in psutil.Process().children() if child.cmdline() == command)

    proc = Path(f"/proc/{host.pid}")
    (core,) = [
        line for line in proc.joinpath("limits").read_text().splitlines() if line.startswith("Max core file size")
    ]
    assert core.split()[4:6] == ["0", "0"]
    # A Ctrl-C in the parent's terminal does not reach it.
    assert os.getsid(host.pid) == host.pid
    assert PIN.encode() not in proc.joinpath("environ").read_bytes()


def test_no_process_of_the_same_user_may_read_its_memory() -> None:
    """PR_GET_DUMPABLE is 0: no core dump, and /proc/pid/mem belongs to root (prctl(2))."""
    program = (
        "import ctypes; from hebca_helper.tokens.host.hardening import harden; harden(); "
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    result = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "0"
