"""Tokens come and go while the program runs; a person sees it within a second."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.discovery import ModulePlace
from hebca_helper.tokens.host.main import POLL_SECONDS
from hebca_helper.tokens.model import EventKind, Mechanism, PinState
from hebca_helper.tokens.practice_state import set_unplugged, set_wrong_count
from hebca_helper.tokens.service import TokenService
from tests.tokens.scene import PIN, RSA_KEY, SO_PIN, Prepared, Seen
from tests.tokens.shim.build import Shim
from tests.tokens.test_faults import host_pids

pytestmark = pytest.mark.anyio
Start = Callable[..., Awaitable[tuple[TokenService, Seen]]]


def softhsm2_util(folder: Path, *arguments: str) -> None:
    """Another program at work on the same tokens."""
    environment = {**os.environ, "SOFTHSM2_CONF": str(folder / "softhsm2.conf")}
    subprocess.run(["softhsm2-util", *arguments], env=environment, check=True, capture_output=True)


def test_a_person_sees_it_within_a_second() -> None:
    """What is not the machine's: how often a host looks."""
    assert POLL_SECONDS < 1


async def test_a_token_initialised_by_another_program(start: Start, place: ModulePlace, practice: Path) -> None:
    service, seen = await start(place)
    await asyncio.to_thread(
        softhsm2_util, practice, "--init-token", "--free", "--label", "new", "--so-pin", SO_PIN, "--pin", PIN
    )
    await seen.wait(EventKind.PLUGGED)
    token = next(info for info in await service.tokens() if info.label == "new")
    await service.login(token.id, PIN)

    # With somebody logged in the library cannot be started anew; what came meanwhile shows when the login ends.
    seen.events.clear()
    await asyncio.to_thread(
        softhsm2_util, practice, "--init-token", "--free", "--label", "third", "--so-pin", SO_PIN, "--pin", PIN
    )
    await service.logout(token.id)
    await seen.wait(EventKind.PLUGGED)
    await asyncio.to_thread(softhsm2_util, practice, "--delete-token", "--token", "third")
    await seen.wait(EventKind.UNPLUGGED)
    assert {info.label for info in await service.tokens()} == {"演练", "new"}


async def test_unplug_and_plug_a_usbkey(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    service, seen = await start(shimmed)
    token = (await service.tokens())[0].id
    await service.login(token, PIN)
    shim.command("slots empty")
    await seen.wait(EventKind.UNPLUGGED)
    assert seen.kinds() == [EventKind.LOGIN_ENDED, EventKind.UNPLUGGED]
    shim.command()
    await seen.wait(EventKind.PLUGGED)
    assert [info.id for info in await service.tokens()] == [token]


async def test_noticed_even_while_the_token_is_busy(
    start: Start, shimmed: ModulePlace, shim: Shim, place: ModulePlace
) -> None:
    """Requests without a pause do not keep the host from looking at its slots."""
    service, seen = await start(shimmed)
    token = (await service.tokens())[0].id

    async def busy() -> None:
        while True:
            await service.certificates(token)

    # Slow enough that the next request is always there before the last is answered.
    tasks = [asyncio.create_task(busy()) for _ in range(8)]
    shim.command("find slow 30", "slots empty")
    await seen.wait(EventKind.UNPLUGGED)
    failures = await asyncio.gather(*tasks, return_exceptions=True)
    assert {failure.code for failure in failures if isinstance(failure, HelperError)} == {Code.TOKEN_REMOVED}


async def test_unplug_and_plug_the_practice_usbkey(
    start: Start, place: ModulePlace, practice: Path, prepared: Prepared
) -> None:
    service, seen = await start(place)
    (info,) = await service.tokens()
    await service.login(info.id, PIN)
    set_unplugged(practice, [info.serial])
    await seen.wait(EventKind.UNPLUGGED)
    assert await service.tokens() == []
    with pytest.raises(HelperError) as caught:
        await service.sign(info.id, RSA_KEY, Mechanism.RSA_PKCS1_SHA256, b"d" * 32)
    assert caught.value.code is Code.TOKEN_REMOVED

    set_unplugged(practice, [])
    await seen.wait(EventKind.PLUGGED)
    with pytest.raises(HelperError) as caught:
        await service.sign(info.id, RSA_KEY, Mechanism.RSA_PKCS1_SHA256, b"d" * 32)
    assert caught.value.code is Code.NOT_LOGGED_IN


async def test_pin_state_changed_by_another_process(start: Start, place: ModulePlace, practice: Path) -> None:
    service, seen = await start(place)
    (info,) = await service.tokens()
    set_wrong_count(practice, info.serial, 9)
    await seen.wait(EventKind.CHANGED)
    assert (await service.tokens())[0].pin_state is PinState.LAST_TRY


async def test_flags_are_read_anew_on_rescan(start: Start, shimmed: ModulePlace, shim: Shim) -> None:
    service, seen = await start(shimmed)
    shim.command("login final_try")
    await service.rescan()
    assert (await service.tokens())[0].pin_state is PinState.LAST_TRY
    assert seen.kinds() == [EventKind.CHANGED]


async def test_rescan_finds_modules_that_came_and_went(place: ModulePlace, shimmed: ModulePlace) -> None:
    there = [shimmed]
    service = TokenService(there, discover=lambda: there)
    seen = Seen()
    service.subscribe(seen)
    await service.start()
    try:
        assert [info.driver for info in await service.tokens()] == ["shim"]
        there = [place]
        await service.rescan()
        assert [info.driver for info in await service.tokens()] == ["practice"]
        assert seen.kinds() == [EventKind.PLUGGED, EventKind.UNPLUGGED, EventKind.PLUGGED]
    finally:
        await service.stop()


async def test_the_host_dies_with_its_parent(start: Start, shimmed: ModulePlace, shim: Shim, tmp_path: Path) -> None:
    """Killed without a chance to say goodbye, and the library hangs: nothing is left behind."""
    program = tmp_path / "parent.py"
    program.write_text(
        "import asyncio\nfrom pathlib import Path\n"
        "from hebca_helper.tokens.catalogue import GENERIC\n"
        "from hebca_helper.tokens.discovery import ModulePlace\n"
        "from hebca_helper.tokens.service import TokenService\n"
        "async def main():\n"
        f"    service = TokenService([ModulePlace(GENERIC, Path({str(shimmed.path)!r}), {dict(shimmed.environment)!r})])\n"
        "    asyncio.create_task(service.start())\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    shim.command("initialize hang")
    parent = psutil.Popen([sys.executable, str(program)], env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    await asyncio.to_thread(_until_called, shim, "initialize")
    (host,) = parent.children()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    await asyncio.to_thread(host.wait, 60)
    assert not host.is_running()


def _until_called(shim: Shim, operation: str) -> None:
    """The library hangs in this call: only its log tells."""
    while not shim.calls(operation):
        time.sleep(0.02)


async def test_idle_hosts_cost_next_to_nothing(start: Start, place: ModulePlace) -> None:
    """0.1 % of a core and below; measured over 3 seconds, so a tenth of a per cent is 3 ms."""
    await start(place)
    (number,) = host_pids()
    host = psutil.Process(number)
    await asyncio.sleep(0.6)
    before, began = _nanoseconds(host.pid), time.monotonic()
    await asyncio.sleep(3)
    share = (_nanoseconds(host.pid) - before) / 1e9 / (time.monotonic() - began)
    assert share < 0.003


def _nanoseconds(pid: int) -> int:
    """Time on a CPU (proc(5), /proc/pid/schedstat): finer than the clock ticks of /proc/pid/stat."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
