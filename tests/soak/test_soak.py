"""Twenty pages of twenty sites call at random while the library crashes, hangs and loses its USBKEY."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from hebca_helper.practice.usbkey import plug, unplug
from tests.practice_homes import put_practice_usbkey
from tests.running import Service, serving
from tests.soak.pages import Page, Tally, Tell, opened
from tests.tokens.shim.build import Shim, build

pytestmark = pytest.mark.anyio
PAGES = 20
ORIGINS = [f"https://site-{number}.example" for number in range(PAGES)]
WARM_UP = 300
"""Calls, or a quarter of the run: caches fill and the heap takes its shape."""
ROOM = 8 * 2**20
"""Bytes: a token host that was started anew is not to the byte as large as the former one."""
FAULT_EVERY = 12
"""Calls between two faults."""
FAULTS = [
    *(
        f"{operation} {how} once"
        for operation in ("sign", "login", "find")
        for how in ("crash", "abort", "exit", "hang")
    ),
    "sign removed once",
    "sign error 5 once",
    "attributes crash once",
    "open error 5 once",
    "info crash once",
    "initialize error 5 once",
    "slots empty",
    "sign slow 50",
    "unplug",
    "plug",
    "",
    "",
]
SETTINGS = """practice_module = "{library}"
operation_time_limit = 1.0
failed_requests = 1000000
refused_dialogs = 1000000
"""


class Faults:
    """Strikes at every FAULT_EVERY-th call; the same ones for the same seed."""

    def __init__(self, shim: Shim, home: Path, service: Service, seed: int) -> None:
        self._shim = shim
        self._home = home
        self._service = service
        self._chance = random.Random(seed)
        self.struck = 0
        self.hosts: set[psutil.Process] = set()

    def __call__(self, call: int) -> None:
        if call % 3 == 0:
            self.look()
        if call % FAULT_EVERY == 0:
            self.strike(self._chance.choice(FAULTS))

    def strike(self, fault: str) -> None:
        self.struck += bool(fault)
        if fault == "unplug":
            unplug(self._home)
            return
        plug(self._home)
        self._shim.command(*([fault] if fault not in ("", "plug") else []))

    def look(self) -> None:
        """Note the token hosts there have been."""
        with suppress(psutil.NoSuchProcess):
            self.hosts |= set(psutil.Process(self._service.process.pid).children(recursive=True))


@pytest.mark.timeout(300)
async def test_a_thousand_calls(home: Path, tmp_path: Path, tell: Tell) -> None:
    await soak(home, tmp_path, tell, 1000)


@pytest.mark.full
@pytest.mark.timeout(3600)
async def test_ten_thousand_calls(home: Path, tmp_path: Path, tell: Tell) -> None:
    await soak(home, tmp_path, tell, 10_000)


async def soak(home: Path, folder: Path, tell: Tell, calls: int) -> None:
    shim = Shim(build(folder), folder)
    (put_practice_usbkey(home) / "settings.toml").write_text(SETTINGS.format(library=shim.library))
    environment = {name: value for name, value in shim.environment.items() if name != "SHIM_LOG"}
    trusted = [word for origin in ORIGINS for word in ("--allow-origin", origin)]
    with serving("--unattended", *trusted, environment=environment) as service:
        faults = Faults(shim, home, service, seed=calls)
        before, _ = await run(service, faults, max(WARM_UP, calls // 4))
        after, tally = await run(service, faults, calls)
        faults.look()
    tell(f"{calls} calls, replies by code", {str(code): count for code, count in tally.replies.most_common()})
    tell("signatures, all verified", dict(tally.signatures))
    tell("faults / token hosts", f"{faults.struck} / {len(faults.hosts)}")
    tell("longest wait for a reply (s)", round(tally.longest, 2))
    tell("memory before and after (MiB)", f"{before / 2**20:.1f} {after / 2**20:.1f}")
    assert sum(tally.replies.values()) >= calls
    assert sum(tally.signatures.values()) > calls / 20
    assert service.process.returncode == 0
    assert not [host for host in faults.hosts if host.is_running()]  # numbers of processes are given away again
    assert after - before < ROOM


async def run(service: Service, faults: Faults, calls: int) -> tuple[int, Tally]:
    """Memory of the service and its children afterwards, with everything well again, and what was seen."""
    tally = Tally(calls, faults)
    sockets = [await opened(service.url, origin) for origin in ORIGINS]
    pages = [Page(socket, tally, random.Random(number)) for number, socket in enumerate(sockets)]
    await asyncio.gather(*(page.work() for page in pages))
    faults.strike("plug")
    async with asyncio.timeout(120):
        while not await pages[0].signs():
            pass
    for page in pages:
        await page.no_reply_is_left()
    memory = memory_of(psutil.Process(service.process.pid))
    for socket in sockets:
        await socket.close()
    return memory, tally


def memory_of(process: psutil.Process) -> int:
    """Bytes of the whole tree's own: not of files they have mapped, whose share grows whenever another program ends."""
    told = [each.memory_info() for each in (process, *process.children(recursive=True))]
    return sum(int(each.rss - each.shared) for each in told)
