"""One connection: a page's socket, the window, or a terminal command. Logins belong to it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from hebca_helper.assistant.asker.asking import Asker


@dataclass(eq=False, slots=True)
class Connection:
    """`id` is 128 random bits in hex. `admitted` means that the person (or a rule) let it in."""

    asker: Asker
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    admitted: bool = False
    refused: bool = False
    closed: bool = False
    agreed: set[tuple[str, str, str]] = field(default_factory=set)
    """Kind, token and name of each data object that the person agreed to for this connection."""
    endings: list[Callable[[], None]] = field(default_factory=list)
    """Called when it is closed."""
