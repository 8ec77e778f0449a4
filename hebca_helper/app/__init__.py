"""Composition root: builds the parts, hands them to each other, starts them and stops them.

`parts` (App) is the program for one home: settings, token service and assistant. `window` runs it behind the window, on a
loop in a thread of its own (Background, a `desktop.runtime.Runtime`), and needs of it only a `Program`; `issuer` says which
online services are believed. Everything may be imported here, but nothing may import this room.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hebca_helper.errors import HelperError


def main(arguments: Sequence[str]) -> int:
    """The whole program. Exit statuses are those of `hebca_helper.cli.terminal`."""
    from hebca_helper import places
    from hebca_helper.app.parts import App
    from hebca_helper.cli.main import main as command_line
    from hebca_helper.files import of_file

    try:
        home = places.home()
    except OSError as problem:
        return _homeless(of_file(problem), arguments)
    return command_line(arguments, App(home))


def _homeless(problem: HelperError, arguments: Sequence[str]) -> int:
    from hebca_helper.cli.parser import WINDOW_COMMANDS
    from hebca_helper.cli.terminal import FAILED, tell

    if not arguments or arguments[0] in WINDOW_COMMANDS:
        from hebca_helper.app.window import tell_trouble

        return tell_trouble(problem)
    tell(problem)
    return FAILED
