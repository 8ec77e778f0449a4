"""`seals`: the electronic seals on the USBKEYs that are plugged in, checked; for people and for scripts."""

from __future__ import annotations

import argparse

from hebca_helper.cli.program import Program
from hebca_helper.errors import Code, HelperError


async def seals(options: argparse.Namespace, program: Program) -> int:
    """One line of JSON for each seal with --json, else a paragraph."""
    raise HelperError(Code.NOT_SUPPORTED)
