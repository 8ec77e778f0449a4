"""Whose certificates the program vouches for when it checks seals and documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Authorities(NamedTuple):
    """CA certificates and revocation lists, each DER."""

    trusted: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


AuthoritiesFor = Callable[[bool], Authorities]
"""Asked with True for what is on a practice token: only there the practice CA counts (design, rule 10)."""


def nobody(practice: bool) -> Authorities:
    del practice
    return Authorities()
