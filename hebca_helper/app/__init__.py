"""Composition root: builds the parts, hands them to each other, starts them and stops them."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """The whole program. Exit statuses are those of `hebca_helper.cli.main`."""
    from hebca_helper import places
    from hebca_helper.app.parts import App
    from hebca_helper.cli.main import main as command_line

    return command_line(arguments, App(places.home()))
