"""The host's end of the pipe: blocking reads with a time limit, whole frames."""

from __future__ import annotations

import os
import select
import sys
from collections import deque

from hebca_helper.tokens.messages import Frames, Message, frame, parse

CHUNK = 64 * 1024


class PipeClosedError(Exception):
    """The parent ended or wants this host to end."""


class Pipe:
    def __init__(self, incoming: int, outgoing: int) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._frames = Frames()
        self._ready: deque[bytes] = deque()

    def receive(self, seconds: float) -> tuple[int, Message] | None:
        """The next request with its number; None when none came in time. Raises PipeClosedError."""
        while not self._ready:
            if not _readable(self._incoming, seconds):
                return None
            data = os.read(self._incoming, CHUNK)
            if not data:
                raise PipeClosedError
            self._ready.extend(self._frames.feed(data))
        return parse(self._ready.popleft())

    def send(self, number: int, message: Message) -> None:
        """Write one frame whole. Raises PipeClosedError."""
        data = memoryview(frame(number, message))
        try:
            while data:
                data = data[os.write(self._outgoing, data) :]
        except BrokenPipeError:
            raise PipeClosedError from None


if sys.platform == "win32":
    import ctypes
    import msvcrt
    import time

    STEP = 0.01

    def _readable(handle: int, seconds: float) -> bool:
        """Windows cannot select() on a pipe: look into it (PeekNamedPipe) in short steps, at first without a pause."""
        kernel, waiting = ctypes.windll.kernel32, ctypes.c_ulong()
        until = time.monotonic() + seconds
        while kernel.PeekNamedPipe(msvcrt.get_osfhandle(handle), None, 0, None, ctypes.byref(waiting), None):
            if waiting.value:
                return True
            if time.monotonic() >= until:
                return False
            time.sleep(STEP)
        return True  # a closed pipe: the read tells it
else:

    def _readable(handle: int, seconds: float) -> bool:
        return bool(select.select([handle], [], [], seconds)[0])
