"""One token host process as the parent sees it: frames out, frames in, and its end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from hebca_helper.children import child_command
from hebca_helper.tokens.messages import Frames, Message, ProtocolError, frame, parse, wipe

KIND = "token-host"
DIAGNOSIS_LINES = 20
DIAGNOSIS_BYTES = 4096
"""How much of what a library printed is kept for the help desk."""
END_PATIENCE = 2.0
"""Seconds a host may take to log out and end before it is killed."""
OUTPUT, DIAGNOSIS = 1, 2


class Listener(Protocol):
    def received(self, number: int, message: Message) -> None: ...

    def ended(self) -> None:
        """The host is gone: nothing more will be received."""


class HostProcess(asyncio.SubprocessProtocol):
    """Callbacks instead of streams: an answer reaches its caller one turn of the loop earlier."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._frames = Frames()
        self._transport: asyncio.SubprocessTransport | None = None
        self._printed: deque[str] = deque(maxlen=DIAGNOSIS_LINES)
        self._ended = False
        self._exited: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def start(cls, listener: Listener, environment: Mapping[str, str]) -> HostProcess:
        """Start a host. It waits for its first request."""
        loop = asyncio.get_running_loop()
        _, process = await loop.subprocess_exec(
            lambda: cls(listener),
            *child_command(KIND),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment},
            **_own_session(),
        )
        return process

    @property
    def pid(self) -> int:
        return self._transport.get_pid() if self._transport else 0

    @property
    def diagnosis(self) -> str:
        """The last lines the library or the host printed."""
        return "\n".join(self._printed)[-DIAGNOSIS_BYTES:]

    def send(self, number: int, message: Message) -> None:
        """Raises ProtocolError for a message that is too large."""
        data = frame(number, message)
        writer = self._transport and self._transport.get_pipe_transport(0)
        if isinstance(writer, asyncio.WriteTransport) and not writer.is_closing():
            writer.write(data)
        wipe(data, message)

    def kill(self) -> None:
        """End it now, and no more is heard of it."""
        self._end()
        if self._transport and self._transport.get_returncode() is None:
            _kill(self._transport)

    async def stop(self) -> None:
        """Let it log out and end; kill it if it does not. Returns when it is gone and its pipes are closed."""
        self._ended = True
        if self._transport is None:
            return
        writer = self._transport.get_pipe_transport(0)
        if writer:
            writer.close()
        await asyncio.wait([self._exited], timeout=END_PATIENCE)
        self.kill()
        await asyncio.wait([self._exited])
        self._transport.close()
        await asyncio.wait([self._closed])

    @property
    def is_gone(self) -> bool:
        return self._closed.done()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)  # noqa: S101 - what subprocess_exec makes
        self._transport = transport

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == DIAGNOSIS:
            self._printed.extend(data[-DIAGNOSIS_BYTES:].decode("utf-8", "replace").splitlines())
        elif not self._ended:
            self._receive(data)

    def _receive(self, data: bytes) -> None:
        try:
            for body in self._frames.feed(data):
                self._listener.received(*parse(body))
        except ProtocolError as problem:
            # A library that writes over the host's memory or pipe: as good as crashed.
            self._printed.append(f"protocol: {problem}")
            self.kill()

    def pipe_connection_lost(self, fd: int, problem: Exception | None) -> None:
        # The end of the answers is the host's end; the process itself may be slower to go.
        # One turn later: what the library printed last is read in this one.
        if fd == OUTPUT:
            asyncio.get_running_loop().call_soon(self.kill)

    def process_exited(self) -> None:
        self._exited.set_result(None)
        # Answers may still be in the pipe, but a grandchild of the library may keep it open for ever.
        asyncio.get_running_loop().call_later(0.5, self._close)

    def connection_lost(self, problem: Exception | None) -> None:
        self._end()
        if self._transport:
            self._transport.close()
        self._closed.set_result(None)

    def _close(self) -> None:
        self._end()
        if self._transport:
            self._transport.close()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._listener.ended()


def _kill(transport: asyncio.SubprocessTransport) -> None:
    """Not the transport's own kill: it looks for the process's end first, and then the loop never hears of that."""
    if sys.platform == "win32":
        transport.kill()
    else:
        with suppress(ProcessLookupError):
            os.kill(transport.get_pid(), signal.SIGKILL)


def _own_session() -> dict[str, Any]:
    """A Ctrl-C in the terminal is the parent's to handle."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}
