"""PINs that pages supply never spend a USBKEY's last tries (design, rule 2).

One counter per token, kept in `pin-guard.json` of the home so that a restart does not give a page another guess.
"""

from __future__ import annotations

import json
from pathlib import Path

from hebca_helper.errors import Code, HelperError
from hebca_helper.settings import set_aside, write_atomically
from hebca_helper.tokens.model import PinState, TokenInfo

FILE_NAME = "pin-guard.json"
WRONG_PINS_ALLOWED = 1
"""A page-supplied PIN is refused after this many wrong ones, until the person has logged in through our dialog."""


class PinGuard:
    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._wrong = self._read()

    def spend(self, token: TokenInfo) -> None:
        """Count a page's PIN before it is tried. HelperError(PIN_PAGE_REFUSED) unless a page may try one now."""
        if token.pin_state is PinState.LOCKED:
            raise HelperError(Code.PIN_LOCKED)
        wrong = self._wrong.get(token.id, 0)
        if token.pin_state is not PinState.FINE or wrong >= WRONG_PINS_ALLOWED:
            raise HelperError(Code.PIN_PAGE_REFUSED)
        self._wrong[token.id] = wrong + 1
        self._write()

    def right_pin(self, token_id: str) -> None:
        """A page's PIN was right: what it spent is given back."""
        self.person_logged_in(token_id)

    def person_logged_in(self, token_id: str) -> None:
        if self._wrong.pop(token_id, None) is not None:
            self._write()

    def _write(self) -> None:
        write_atomically(self._path, json.dumps(self._wrong).encode())

    def _read(self) -> dict[str, int]:
        try:
            counts = json.loads(self._path.read_bytes())
            return {str(token): int(count) for token, count in counts.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, AttributeError, TypeError):
            set_aside(self._path)
            return {}
