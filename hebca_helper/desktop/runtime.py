"""What the window needs of the rest of the program; `app` builds it, on a loop in a background thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hebca_helper.errors import HelperError

if TYPE_CHECKING:  # the first page is shown before any of these is imported
    import asyncio
    from pathlib import Path

    from hebca_helper.assistant.asker.connection import Connection
    from hebca_helper.assistant.assistant import Assistant
    from hebca_helper.portals.catalogue import Portal
    from hebca_helper.settings import Settings
    from hebca_helper.tokens.discovery import ModuleState

RESTART = 87
"""Exit status of a window that wants to be started again."""


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """A service for browsers. `url` is empty while it does not listen; `problem` says why."""

    name: str
    url: str
    problem: HelperError | None = None


class Runtime(Protocol):
    """Read from Qt's thread. The assistant's methods are called on `loop` only (see `desktop.link`)."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop: ...

    @property
    def assistant(self) -> Assistant: ...

    @property
    def connection(self) -> Connection:
        """The window's own: its asker is the person at this computer."""

    @property
    def settings(self) -> Settings: ...

    @property
    def home(self) -> Path: ...

    async def change_settings(self, new: Settings) -> None:
        """On the loop: check, write and use `dataclasses.replace(runtime.settings, …)`. Then nothing has
        changed where it raises HelperError(BAD_REQUEST, PORT_TAKEN, FILE_UNREADABLE)."""

    def services(self) -> Sequence[ServiceStatus]: ...

    def practice_portals(self) -> tuple[Portal, ...]:
        """Quick links of the practice hall that runs in this program; empty without one."""

    async def start_practice(self) -> None:
        """On the loop: have a practice USBKEY and the practice hall, which stop with the program. HelperError as
        `practice.usbkey.init`."""

    def problems(self) -> Sequence[HelperError]:
        """Damaged files that were set aside, to be told once."""

    def modules(self) -> Sequence[ModuleState]: ...

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """`callback` comes on any thread whenever a service or a module changes; the result ends it."""

    def quit(self) -> None:
        """Called once, in the main thread, after Qt's loop: blocks until the services and all children are gone."""
