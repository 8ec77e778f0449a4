"""A headless Chromium over the DevTools protocol: as much as the demo needs, every wait on an event."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "chrome", "msedge")
_OPTIONS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,900",
    "--remote-debugging-port=0",
)
START_TIME = 30.0
STOP_TIME = 10.0
_LISTENING = re.compile(r"DevTools listening on (ws://\S+)")


def find_chromium() -> Path | None:
    """A browser of the Chromium family on this machine."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else None


class DevToolsError(Exception):
    """The browser refused a command, or is gone."""


class Page:
    """One page: commands of the DevTools protocol in its session."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._session: str | None = None

    async def listen(self) -> None:
        """Hand answers to whoever waits for them, until the socket closes."""
        try:
            async for text in self._socket:
                message = json.loads(text)
                waiting = self._waiting.pop(message.get("id", 0), None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(message)
        except ConnectionClosed:
            pass
        finally:
            self._give_up()

    def _give_up(self) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(DevToolsError("closed"))
        self._waiting.clear()

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send(json.dumps(message))
        except ConnectionClosed as problem:
            self._waiting.pop(number, None)
            raise DevToolsError("closed") from problem
        said = await answer
        if "error" in said:
            raise DevToolsError(said["error"].get("message", ""))
        result: dict[str, Any] = said["result"]
        return result

    async def attach(self) -> None:
        """Open a blank tab and talk to it from now on."""
        target = (await self.command("Target.createTarget", url="about:blank"))["targetId"]
        attached = await self.command("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]

    async def evaluate(self, expression: str) -> Any:
        """Value of a JavaScript expression or of the promise it gives."""
        answer = await self.command(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise DevToolsError(details.get("exception", {}).get("description", details.get("text", "")))
        return answer["result"].get("value")

    async def close_browser(self) -> None:
        self._session = None
        with contextlib.suppress(DevToolsError):
            await self.command("Browser.close")


@contextlib.asynccontextmanager
async def chromium(executable: Path) -> AsyncIterator[Page]:
    """A fresh browser with a fresh profile; both are gone at the end, whatever happens in between."""
    with tempfile.TemporaryDirectory(prefix="hebca-helper-browser-", ignore_cleanup_errors=True) as profile:
        process = await _start(executable, profile)
        draining: list[asyncio.Task[None]] = []
        try:
            async with asyncio.timeout(START_TIME):
                url = await _listening_url(process)
            draining.append(asyncio.create_task(_drain(process)))
            async with connect(url, max_size=None, proxy=None, compression=None) as socket, _page(socket) as page:
                yield page
                await page.close_browser()
                async with asyncio.timeout(STOP_TIME):
                    await process.wait()
        finally:
            await _end(process)
            await asyncio.gather(*draining)


@contextlib.asynccontextmanager
async def _page(socket: ClientConnection) -> AsyncIterator[Page]:
    page = Page(socket)
    listening = asyncio.create_task(page.listen())
    try:
        await page.attach()
        yield page
    finally:
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening


async def _start(executable: Path, profile: str) -> asyncio.subprocess.Process:
    # Chromium's sandbox cannot be had by root; the only pages this browser sees are our own.
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return await asyncio.create_subprocess_exec(
        str(executable),
        *_OPTIONS,
        *root,
        f"--user-data-dir={profile}",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )


async def _listening_url(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None  # noqa: S101 asked for above
    async for line in process.stderr:
        found = _LISTENING.search(line.decode(errors="replace"))
        if found:
            return found.group(1)
    raise DevToolsError("chromium did not start")


async def _drain(process: asyncio.subprocess.Process) -> None:
    """A browser whose diagnostics nobody reads would block on a full pipe."""
    assert process.stderr is not None  # noqa: S101 asked for above
    async for _ in process.stderr:
        pass


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
