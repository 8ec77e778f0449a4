"""A person before real windows, who looks, waits, clicks and types; and the program's other thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

T = TypeVar("T")
W = TypeVar("W", bound=QWidget)
PATIENCE = 60_000
"""Milliseconds: only a deadline, far beyond what a busy machine needs."""


class Person:
    """Looks at windows, waits for what appears, clicks and types."""

    def wait(self, seen: Callable[[], T | bool | None]) -> T:
        """What `seen` returns once that is something; looked at after each thing Qt does, and now and then, since other
        threads tell Qt nothing."""
        loop = QEventLoop()
        heart = QTimer(interval=20)
        heart.timeout.connect(lambda: None)
        heart.start()
        late = QTimer(singleShot=True, interval=PATIENCE)
        late.timeout.connect(loop.quit)
        late.start()
        try:
            while not (found := seen()):
                assert late.isActive(), "it does not come"
                loop.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            return found  # type: ignore[return-value]
        finally:  # a failure's traceback keeps them, and a timer that outlives the application ends the process
            heart.stop()
            late.stop()

    def result(self, future: Future[T]) -> T:
        """What another thread has promised, while Qt goes on."""
        self.wait(future.done)
        return future.result()

    def window(self, kind: type[W]) -> W:
        """The window of this kind, when it is there and active."""
        return self.wait(lambda: next((w for w in self.windows(kind) if w.isActiveWindow()), None))

    def windows(self, kind: type[W]) -> list[W]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]

    def find(self, inside: QWidget, kind: type[W], name: str) -> W:
        found = inside.findChild(kind, name)
        assert isinstance(found, kind), f"there is no {name}"
        return found

    def type(self, inside: QWidget, name: str, text: str) -> None:
        """With keys; Chinese as an input method hands it over."""
        field = self.find(inside, QWidget, name)
        if text.isascii():
            QTest.keyClicks(field, text)
        else:
            handed_over = QInputMethodEvent()
            handed_over.setCommitString(text)
            QApplication.sendEvent(field, handed_over)

    def click(self, inside: QWidget, name: str) -> None:
        """As soon as the button lives."""
        button = self.find(inside, QWidget, name)
        self.wait(button.isEnabled)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def texts(self, inside: QWidget) -> str:
        """Everything that can be read there."""
        labels = [w.text() for w in inside.findChildren(QWidget) if w.isVisible() and hasattr(w, "text")]
        return "\n".join(labels)


class LoopThread:
    """The program's other thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()
