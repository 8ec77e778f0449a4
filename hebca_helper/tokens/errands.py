"""What the tokens are busy with: told to whoever shows progress, who may give it up for the person."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens import messages as m

T = TypeVar("T")


class Errand:
    """One call to a token. On the loop only."""

    def __init__(self, work: m.Work, task: asyncio.Task[Any]) -> None:
        self.work = work
        self.given_up = False
        self._task = task

    def give_up(self) -> None:
        """Whoever waits for it hears USER_CANCELLED; the token's host ends by its own time limit where it hangs."""
        self.given_up = self._task.cancel()


ErrandListener = Callable[[Errand, bool], None]
"""Called on the loop with True when an errand begins, with False when it is over."""


class Errands:
    def __init__(self) -> None:
        self._listeners: list[ErrandListener] = []

    def subscribe(self, listener: ErrandListener) -> Callable[[], None]:
        """Returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def watched(self, request: m.Request, work: Coroutine[Any, Any, T]) -> T:
        """`work`'s result. A log-out is nobody's to give up."""
        if not self._listeners or isinstance(request, m.Logout):
            return await work
        task = asyncio.ensure_future(work)
        errand = Errand(request.work, task)
        self._tell(errand, begins=True)
        try:
            return await task
        except asyncio.CancelledError:
            if errand.given_up and not _cancelled_itself():
                raise HelperError(Code.USER_CANCELLED) from None
            raise
        finally:
            self._tell(errand, begins=False)

    def _tell(self, errand: Errand, *, begins: bool) -> None:
        for listener in list(self._listeners):
            listener(errand, begins)


def _cancelled_itself() -> bool:
    """Whether it is the one who waits that was cancelled, too."""
    waiting = asyncio.current_task()
    return waiting is not None and waiting.cancelling() > 0
