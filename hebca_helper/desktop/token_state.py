"""What is plugged in, as the window last heard it: one place that asks the assistant, many that look."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from hebca_helper.desktop.link import Call, Link
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.certificates.entries import CertificateEntry
    from hebca_helper.tokens.model import TokenInfo

    _Found = tuple[list[TokenInfo], list[CertificateEntry], list[HelperError]]


class TokenState(QObject):
    """Read `known`, `tokens`, `entries`, `problem`, `busy` after each `changed`. Asks anew at every token event."""

    changed = Signal()

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link
        self._runtime: Runtime | None = None
        self._call: Call | None = None
        self._again = False
        self._waiting: list[Callable[[], object]] = []
        self._stop: Callable[[], None] | None = None
        self.known = False
        """False until the first answer: nothing is said about USBKEYs before."""
        self.tokens: list[TokenInfo] = []
        self.entries: list[CertificateEntry] = []
        self.unusable: list[HelperError] = []
        """What is plugged in and cannot be used."""
        self.problem: HelperError | None = None

    @property
    def busy(self) -> bool:
        return self._call is not None

    def attach(self, runtime: Runtime) -> None:
        self._runtime = runtime
        runtime.loop.call_soon_threadsafe(self._subscribe, runtime)
        self.refresh()

    def _subscribe(self, runtime: Runtime) -> None:
        """On the loop. Events come there too."""
        self._stop = runtime.assistant.subscribe(lambda event: self._link.in_window(self.refresh))

    def refresh(self) -> None:
        """Ask the assistant; while an answer is awaited, remember to ask once more."""
        if self._runtime is None:
            return
        if self._call is not None:
            self._again = True
            return
        work = _look(self._runtime)
        told = tr("正在读取 USBKEY…")
        self._call = self._link.submit(self._runtime.loop, work, self._heard, self.failed, told=told)
        self.changed.emit()

    def when_settled(self, action: Callable[[], object]) -> None:
        """Do it once with what is known when nothing is being asked: at once, or after the answer."""
        if self.busy:
            self._waiting.append(action)
        else:
            action()

    def _heard(self, found: _Found) -> None:
        self.tokens, self.entries, self.unusable = found
        self.known, self.problem = True, None
        self._settled()

    def failed(self, problem: HelperError) -> None:
        """Also when the person did not want to wait: what was known before stays."""
        self.known, self.problem = True, problem
        self._settled()

    def _settled(self) -> None:
        self._call = None
        again, self._again = self._again, False
        if again:
            self.refresh()
            return
        self.changed.emit()
        waiting, self._waiting = self._waiting, []
        for action in waiting:
            action()

    def rescan(self) -> None:
        """Look for USBKEYs again (they may have been plugged in without a word from the driver)."""
        if self._runtime is not None:
            runtime = self._runtime
            self._link.submit(runtime.loop, runtime.assistant.rescan(), lambda _: self.refresh(), self.failed)


async def _look(runtime: Runtime) -> _Found:
    """On the loop: every token, every certificate, the replaced ones too."""
    tokens = await runtime.assistant.tokens()
    entries = await runtime.assistant.entries(runtime.connection, all_of_them=True)
    return tokens, entries, await runtime.assistant.inventory.problems()
