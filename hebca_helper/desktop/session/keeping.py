"""Where a remembered PIN is kept: the session collection of the desktop's keyring, which ends with the log-out; without
one in memory. Never a file: only these backends are used, whatever else the keyring library would find.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)

SERVICE = "hebca-helper"
SESSION_COLLECTION = "/org/freedesktop/secrets/collection/session"
"""Secret Service API 0.2, "Collections": emptied at log-out, never written to disk."""
PATIENCE_SECONDS = 2.0
"""A keyring that asks somebody something, or hangs, is not waited for."""


class Keeping(Protocol):
    async def keep(self, token_id: str, pin: str) -> None: ...

    async def find(self, token_id: str) -> str: ...

    async def drop(self, token_id: str) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self._pins: dict[str, str] = {}

    async def keep(self, token_id: str, pin: str) -> None:
        self._pins[token_id] = pin

    async def find(self, token_id: str) -> str:
        return self._pins.get(token_id, "")

    async def drop(self, token_id: str) -> None:
        self._pins.pop(token_id, None)


class InKeyring:
    """Goes over to memory for good at the first failure."""

    def __init__(self, open_keyring: Callable[[], Any] | None = None, patience: float = PATIENCE_SECONDS) -> None:
        self._open = open_keyring or session_keyring
        self._patience = patience
        self._keyring: Any = None
        self.memory: InMemory | None = None

    async def keep(self, token_id: str, pin: str) -> None:
        await self._do(lambda keyring: keyring.set_password(SERVICE, token_id, pin))
        if self.memory is not None:
            await self.memory.keep(token_id, pin)

    async def find(self, token_id: str) -> str:
        found = await self._do(lambda keyring: keyring.get_password(SERVICE, token_id))
        return await self.memory.find(token_id) if self.memory is not None else found or ""

    async def drop(self, token_id: str) -> None:
        await self._do(lambda keyring: _delete(keyring, token_id))
        if self.memory is not None:
            await self.memory.drop(token_id)

    async def _do(self, work: Callable[[Any], T]) -> T | None:
        if self.memory is not None:
            return None
        done = in_own_thread(lambda: work(self._opened()))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(done), self._patience)
        except Exception as problem:  # noqa: BLE001 - each backend has errors of its own; all mean "not here"
            log.info("keyring: %s", type(problem).__name__)
            self.memory = InMemory()
            return None

    def _opened(self) -> Any:
        if self._keyring is None:
            self._keyring = self._open()
        return self._keyring


def session_keyring() -> Any:
    """A keyring that forgets at log-out; an error where there is none."""
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring

        return WinVaultKeyring().with_properties(persist="session")
    if sys.platform == "darwin":
        raise NotImplementedError("the keychain keeps everything for good")
    from keyring.backends.SecretService import Keyring

    make: Callable[[], Any] = Keyring
    return make().with_properties(preferred_collection=SESSION_COLLECTION)


def _delete(keyring: Any, token_id: str) -> None:
    from keyring.errors import PasswordDeleteError

    try:
        keyring.delete_password(SERVICE, token_id)
    except PasswordDeleteError:
        return  # it was not there


def in_own_thread(work: Callable[[], T]) -> Future[T]:
    """A daemon: one that hangs does not keep the program from ending."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            result = work()
        except BaseException as problem:  # noqa: BLE001 - handed to whoever waits
            future.set_exception(problem)
        else:
            future.set_result(result)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return future
