"""What a token host gives away to others on the same machine: nothing."""

from __future__ import annotations

import os
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
    if os.geteuid() == 0:  # to others it is closed: tests/security/test_walls.py
        assert PIN.encode() not in proc.joinpath("environ").read_bytes()
