"""The tokens now present, and what happened to them since the parent was last told."""

from __future__ import annotations

from pkcs11 import Token, TokenFlag

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.host.counting import Counting
from hebca_helper.tokens.host.logins import Logins, lenient_text
from hebca_helper.tokens.host.module import Module
from hebca_helper.tokens.messages import Tokens
from hebca_helper.tokens.model import EventKind, TokenEvent, TokenInfo


class Roster:
    def __init__(self, module: Module, counting: Counting, logins: Logins, driver: str, practice: bool) -> None:
        self._module = module
        self._counting = counting
        self._logins = logins
        self._driver = driver
        self._practice = practice
        self._tokens: dict[str, Token] = {}
        self._infos: dict[str, TokenInfo] = {}
        self._slots: list[int] = []
        self._events: list[TokenEvent] = []

    @property
    def infos(self) -> list[TokenInfo]:
        return list(self._infos.values())

    def token(self, token_id: str) -> Token:
        """Raises TOKEN_REMOVED."""
        try:
            return self._tokens[token_id]
        except KeyError:
            raise HelperError(Code.TOKEN_REMOVED) from None

    def info(self, token_id: str) -> TokenInfo:
        """Raises TOKEN_REMOVED."""
        self.token(token_id)
        return self._infos[token_id]

    def poll(self) -> None:
        """Look for changes as cheaply as the library allows: slots only, tokens when the slots differ."""
        changed = self._counting.changed()
        if self._module.stale() and not self._logins.any():
            self._module.reinitialize()
            changed = True
        slots = [slot.slot_id for slot in self._module.slots()]
        if changed or slots != self._slots:
            self.refresh()

    def refresh(self) -> None:
        """Read every token anew."""
        self._slots = [slot.slot_id for slot in self._module.slots()]
        tokens = self._present()
        infos = {token_id: self._describe(token_id, token) for token_id, token in tokens.items()}
        for token_id in self._infos.keys() - infos.keys():
            self.login_ended(token_id)
            self._tell(EventKind.UNPLUGGED, token_id)
        for token_id, info in infos.items():
            if token_id not in self._infos:
                self._tell(EventKind.PLUGGED, token_id)
            elif info != self._infos[token_id]:
                self._tell(EventKind.CHANGED, token_id)
        self._tokens, self._infos = tokens, infos

    def changed(self, token_id: str) -> None:
        """The token's content changed by our own doing."""
        self._tell(EventKind.CHANGED, token_id)

    def login_ended(self, token_id: str) -> None:
        """End the token's login, if any, and tell so."""
        if self._logins.end(token_id):
            self._tell(EventKind.LOGIN_ENDED, token_id)

    def all_logins_ended(self, token_ids: list[str]) -> None:
        """The library starts anew."""
        for token_id in token_ids:
            self._tell(EventKind.LOGIN_ENDED, token_id)

    def news(self) -> Tokens | None:
        """What happened since the last call; None when nothing did."""
        if not self._events:
            return None
        events, self._events = self._events, []
        return Tokens(self.infos, events)

    def _tell(self, kind: EventKind, token_id: str) -> None:
        event = TokenEvent(kind, token_id)
        if event not in self._events:
            self._events.append(event)

    def _present(self) -> dict[str, Token]:
        present: dict[str, Token] = {}
        for token in self._module.tokens():
            serial = lenient_text(token.serial)
            if self._counting.absent(serial):
                continue
            # A token without a serial is known by its slot: better than two of them taken for one.
            name = serial or f"slot-{token.slot.slot_id}"
            token_id = f"{self._driver}:{name}"
            present.setdefault(token_id, token)
        return present

    def _describe(self, token_id: str, token: Token) -> TokenInfo:
        serial = lenient_text(token.serial)
        state, left = self._counting.state(serial, token.flags)
        return TokenInfo(
            id=token_id,
            driver=self._driver,
            label=token.label,
            serial=serial,
            model=token.model,
            manufacturer=token.manufacturer_id,
            pin_state=state,
            tries_left=left,
            practice=self._practice,
            protected_path=bool(token.flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH),
        )
