"""PINs that pages supply never spend a USBKEY's last tries (house rule 2).

One counter per token, kept in `pin-guard.json` of the home: neither a restart nor a second program of the same home gives
a page another guess. Each change is one step among all processes.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from hebca_helper.errors import Code, HelperError
from hebca_helper.files import locked, set_aside, write_atomically
from hebca_helper.tokens.model import PinState, TokenInfo

FILE_NAME = "pin-guard.json"
LOCK_NAME = "pin-guard.lock"
WRONG_PINS_ALLOWED = 1
"""A page-supplied PIN is refused after this many wrong ones, until the person has logged in through our dialog."""

_ANY = "*"
"""In the file: what counts for every token that has no count of its own, after the file was damaged."""


class PinGuard:
    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._lock = folder / LOCK_NAME

    def spend(self, token: TokenInfo) -> None:
        """Count a page's PIN before it is tried. HelperError(PIN_PAGE_REFUSED) unless a page may try one now; where it
        cannot be counted, none may."""
        if token.pin_state is PinState.LOCKED:
            raise HelperError(Code.PIN_LOCKED)
        if token.pin_state is not PinState.FINE:
            raise HelperError(Code.PIN_PAGE_REFUSED)
        try:
            with locked(self._lock):
                counts = self._read()
                wrong = counts.get(token.id, counts.get(_ANY, 0))
                if wrong >= WRONG_PINS_ALLOWED:
                    raise HelperError(Code.PIN_PAGE_REFUSED)
                self._write({**counts, token.id: wrong + 1})
        except OSError as problem:
            raise HelperError(Code.PIN_PAGE_REFUSED, f"{FILE_NAME}: {problem.strerror}") from None

    def right_pin(self, token_id: str) -> None:
        """A page's PIN was right: what it spent is given back."""
        self.person_logged_in(token_id)

    def person_logged_in(self, token_id: str) -> None:
        """Where that cannot be written, pages stay without a guess; the person's login is not held up."""
        with contextlib.suppress(OSError), locked(self._lock):
            counts = self._read()
            wanted = {token: count for token, count in counts.items() if token != token_id}
            if _ANY in counts:
                wanted[token_id] = 0
            if wanted != counts:
                self._write(wanted)

    def _write(self, counts: dict[str, int]) -> None:
        write_atomically(self._path, json.dumps(counts).encode())

    def _read(self) -> dict[str, int]:
        """Nobody knows what a damaged file counted: every token counts as spent, until its person logs in."""
        try:
            counts = json.loads(self._path.read_bytes())
            return {str(token): int(count) for token, count in counts.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, AttributeError, TypeError, RecursionError, OverflowError):
            set_aside(self._path)
            counts = {_ANY: WRONG_PINS_ALLOWED}
            self._write(counts)
            return counts
