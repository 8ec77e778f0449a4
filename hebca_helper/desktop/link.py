"""The one module that carries calls and answers between the window (Qt's main thread) and the loop (asyncio's thread)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from hebca_helper.errors import Code, HelperError
from hebca_helper.files import of
from hebca_helper.texts import tr

T = TypeVar("T")
log = logging.getLogger(__name__)


class Call:
    """A coroutine under way on the loop. After `cancel()` neither of its callbacks comes any more; after `give_up()`
    the one for failures comes with USER_CANCELLED. `told` is what the person reads while it lasts, empty for nothing."""

    def __init__(self, told: str = "") -> None:
        self.told = told
        self.cancelled = False
        self.given_up = False
        self._future: Future[Any] | None = None

    def follow(self, future: Future[Any]) -> None:
        self._future = future

    def cancel(self) -> None:
        self.cancelled = True
        self._end()

    def give_up(self) -> None:
        self.given_up = True
        self._end()

    def _end(self) -> None:
        if self._future is not None:
            self._future.cancel()


class Answer(Generic[T]):
    """Where a dialog, in Qt's thread, leaves what the person said. Only the first word counts."""

    def __init__(self, loop: asyncio.AbstractEventLoop, future: asyncio.Future[T]) -> None:
        self._loop = loop
        self._future = future

    def give(self, value: T) -> None:
        self._settle(lambda: self._future.set_result(value))

    def refuse(self, problem: HelperError) -> None:
        self._settle(lambda: self._future.set_exception(problem))

    def _settle(self, settle: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits
            self._loop.call_soon_threadsafe(lambda: None if self._future.done() else settle())


class Withdrawable(Protocol):
    def withdraw(self) -> None:
        """Close without an answer, because nobody waits for one any more. Does nothing when closed already."""


class Link(QObject):
    """Lives in Qt's thread; `in_window` and `ask` may be called from any other."""

    _posted = Signal(object)
    started = Signal(object)
    """A Call whose `told` is not empty began."""
    ended = Signal(object)
    """It ended, however."""

    def __init__(self) -> None:
        super().__init__()
        self._closed = False
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def close(self) -> None:
        """Nothing is carried any more; for the end of the program."""
        self._closed = True

    def in_window(self, action: Callable[[], object]) -> None:
        """Run `action` in Qt's thread, soon, in the order of the calls."""
        if not self._closed:
            self._posted.emit(action)

    @Slot(object)
    def _run(self, action: Callable[[], object]) -> None:
        if not self._closed:
            action()

    def submit(
        self,
        loop: asyncio.AbstractEventLoop,
        work: Coroutine[Any, Any, T],
        done: Callable[[T], object],
        failed: Callable[[HelperError], object],
        *,
        told: str | None = None,
    ) -> Call:
        """In Qt's thread: run `work` on the loop; then `done` or `failed` in Qt's thread.

        When it lasts, the window says `told` (usually that it is working) and offers to give up; "" says nothing, for
        work whose page shows its own progress.
        """
        call = Call(tr("正在处理，请稍候…") if told is None else told)
        try:
            future = asyncio.run_coroutine_threadsafe(work, loop)
        except RuntimeError:  # the loop is closed
            work.close()
            self.in_window(lambda: failed(HelperError(Code.SERVICE_STOPPING)))
            return call
        call.follow(future)
        if call.told:
            self.started.emit(call)
        future.add_done_callback(lambda ready: self.in_window(lambda: self._arrived(call, ready, done, failed)))
        return call

    def _arrived(
        self, call: Call, ready: Future[T], done: Callable[[T], object], failed: Callable[[HelperError], object]
    ) -> None:
        if call.told:
            self.ended.emit(call)
        _deliver(call, ready, done, failed)

    async def ask(self, show: Callable[[Answer[T]], Withdrawable]) -> T:
        """On the loop: open a dialog in Qt's thread and wait for its answer; being cancelled closes the dialog."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        answer = Answer(loop, future)
        shown: list[Withdrawable] = []
        if self._closed:
            raise HelperError(Code.SERVICE_STOPPING)
        self.in_window(lambda: shown.append(show(answer)))
        try:
            return await future
        finally:
            self.in_window(lambda: _withdraw(shown))


def _withdraw(shown: list[Withdrawable]) -> None:
    for dialog in shown:
        dialog.withdraw()


def _deliver(
    call: Call, ready: Future[T], done: Callable[[T], object], failed: Callable[[HelperError], object]
) -> None:
    if call.cancelled:
        return
    try:
        problem = ready.exception()
    except CancelledError:
        problem = HelperError(Code.USER_CANCELLED if call.given_up else Code.SERVICE_STOPPING)
    if problem is None:
        done(ready.result())
    elif isinstance(problem, HelperError):
        failed(problem)
    else:
        log.error("a call from the window failed", exc_info=problem)
        failed(of(problem))
