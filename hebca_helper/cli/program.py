"""What the command line needs of the composition root, which stands above it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

if TYPE_CHECKING:  # `run` shows its window before any of these is imported
    from hebca_helper.assistant.assistant import Assistant
    from hebca_helper.bridge.ports import WantedPorts
    from hebca_helper.settings import Settings
    from hebca_helper.tokens.service import TokenService


@dataclass(frozen=True, slots=True)
class Core:
    """The parts every command works with, started."""

    home: Path
    settings: Settings
    tokens: TokenService
    assistant: Assistant


class Program(Protocol):
    """app.py implements this."""

    home: Path
    settings: Settings
    problems: list[HelperError]
    """Damaged files found so far, to be told to the person."""
    on_problem: Callable[[HelperError], None]
    """Called for each one found later."""

    def core(self, trusted_origins: Sequence[str] = ()) -> AbstractAsyncContextManager[Core]:
        """Build and start token service and assistant; stop them at the end."""
        ...

    def run_window(self, *, ports: WantedPorts, practice: bool, background: bool = False) -> int:
        """Show the window (with `background` only the tray's icon) until the person quits. Exit status."""
        ...

    def show_window(self, page: str) -> int:
        """Have the running window come to the front, on this page (`hebca_helper.pages`) unless it is empty; without one
        start it there. Exit status."""
        ...


def require_unattended(options: argparse.Namespace, *names: str) -> None:
    """These options mean nothing without `--unattended`. HelperError(BAD_REQUEST)."""
    for name in names:
        if getattr(options, name) and not options.unattended:
            given = f"--{name.replace('_', '-')}"
            raise HelperError(Code.BAD_REQUEST, tr("{option} 与 --unattended 一起使用").format(option=given))


def wanted_ports(options: argparse.Namespace) -> WantedPorts:
    from hebca_helper.bridge.ports import WantedPorts

    names = ("certificate_port", "seal_port", "https_port")
    return WantedPorts(*(getattr(options, name, None) for name in names))
