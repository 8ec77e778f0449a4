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

    def require_allowed(self, token: TokenInfo) -> None:
        """HelperError(PIN_PAGE_REFUSED) unless a page may try a PIN on this token now."""
        if token.pin_state is PinState.LOCKED:
            raise HelperError(Code.PIN_LOCKED)
        if token.pin_state is not PinState.FINE or self._wrong.get(token.id, 0) >= WRONG_PINS_ALLOWED:
            raise HelperError(Code.PIN_PAGE_REFUSED)

    def count_wrong(self, token_id: str) -> None:
        self._wrong[token_id] = self._wrong.get(token_id, 0) + 1
        self._write()

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
