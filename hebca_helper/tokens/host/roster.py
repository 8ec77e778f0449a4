"""The tokens now present, and what happened to them since the parent was last told.

A slot's number says nothing about whose USBKEY is in it: what is there is compared at each look, and again behind each
session that is opened, before anything goes through it (house rule 2).
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress

from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.host.ckr import LOST, failure_of
from hebca_helper.tokens.host.counting import Counting
from hebca_helper.tokens.host.cryptoki import CryptokiError, Session, TokenFlag, TokenRecord
from hebca_helper.tokens.host.logins import Logins
from hebca_helper.tokens.host.module import Module
from hebca_helper.tokens.messages import Loaded, Tokens
from hebca_helper.tokens.model import EventKind, SlotTrouble, TokenEvent, TokenInfo


class Roster:
    def __init__(self, module: Module, counting: Counting, logins: Logins, driver: str, practice: bool) -> None:
        self._module = module
        self._counting = counting
        self._logins = logins
        self._driver = driver
        self._practice = practice
        self._records: dict[str, TokenRecord] = {}
        self._infos: dict[str, TokenInfo] = {}
        self._troubles: list[SlotTrouble] = []
        self._doubted: set[int] = set()
        self._events: list[TokenEvent] = []

    @property
    def infos(self) -> list[TokenInfo]:
        return list(self._infos.values())

    def record(self, token_id: str) -> TokenRecord:
        """Raises TOKEN_REMOVED."""
        try:
            return self._records[token_id]
        except KeyError:
            raise HelperError(Code.TOKEN_REMOVED) from None

    def info(self, token_id: str) -> TokenInfo:
        """Raises TOKEN_REMOVED."""
        self.record(token_id)
        return self._infos[token_id]

    def open(self, token_id: str, *, rw: bool = False) -> Session:
        """A session with this very token. Raises TOKEN_REMOVED where another one is in its slot.

        Compared after the session is open: whatever is changed from then on ends the session, and a PIN that is sent
        through it reaches nothing (PKCS#11 v2.40, section 2.6.7)."""
        session = self._module.open(self.record(token_id).slot, rw=rw)
        try:
            self.require_same(token_id)
        except (CryptokiError, HelperError):
            with suppress(CryptokiError):
                session.close()
            raise
        return session

    def require_same(self, token_id: str) -> None:
        """Raises TOKEN_REMOVED where another token is in its slot."""
        known = self.record(token_id)
        if self._module.token(known.slot).identity != known.identity:
            self.refresh()
            raise HelperError(Code.TOKEN_REMOVED)

    def poll(self) -> None:
        """Look for changes."""
        self._counting.changed()
        if self._module.stale() and not self._logins.any():
            self._module.reinitialize()
        self.refresh()
        for token_id, session in self._logins.sessions():
            try:
                session.check()
            except CryptokiError as problem:
                if problem.number in LOST:
                    self.login_ended(token_id)

    def refresh(self) -> None:
        """Read every token anew."""
        records = self._present()
        infos = {token_id: self._describe(token_id, record) for token_id, record in records.items()}
        same = {
            token_id
            for token_id, record in records.items()
            if token_id in self._records and self._records[token_id].identity == record.identity
        }
        for token_id in self._records.keys() - same:
            self.login_ended(token_id)
            self._tell(EventKind.UNPLUGGED, token_id)
        for token_id, info in infos.items():
            if token_id not in same:
                self._tell(EventKind.PLUGGED, token_id)
            elif info != self._infos[token_id]:
                self._tell(EventKind.CHANGED, token_id)
        self._records, self._infos = records, infos

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

    def loaded(self) -> Loaded:
        """What the parent hears first."""
        self.news()
        return Loaded(self._module.description, self.infos, self._troubles)

    def news(self) -> Tokens | None:
        """What happened since the last call; None when nothing did."""
        if not self._events:
            return None
        events, self._events = self._events, []
        return Tokens(self.infos, events, self._troubles)

    def _tell(self, kind: EventKind, token_id: str) -> None:
        event = TokenEvent(kind, token_id)
        if event not in self._events:
            self._events.append(event)

    def _present(self) -> dict[str, TokenRecord]:
        records, unread = self._module.tokens()
        records += self._given_another_look(unread)
        blank = [each for each in records if not each.flags & TokenFlag.TOKEN_INITIALIZED]
        troubles = [
            *(SlotTrouble(slot, Code.TOKEN_UNREADABLE, failure_of(why.number).detail) for slot, why in unread.items()),
            *(_blank(each) for each in blank if not self._module.is_offer(each)),
        ]
        if troubles != self._troubles:
            self._troubles = troubles
            self._tell(EventKind.SLOTS, self._driver)
        names = {each: self._name(each) for each in records if each not in blank}
        present = {each: name for each, name in names.items() if not self._counting.absent(lenient_text(each.serial))}
        shared = {name for name, count in Counter(present.values()).items() if count > 1}
        # Two of one name, or without any: their slots tell them apart, or one PIN would go to either.
        return {f"{name}@{each.slot}" if name in shared else name: each for each, name in present.items()}

    def _given_another_look(self, unread: dict[int, CryptokiError]) -> list[TokenRecord]:
        """Tokens that cannot be read this once count as still there; `unread` keeps the rest."""
        known = {record.slot: record for record in self._records.values()}
        again = [known[slot] for slot in unread if slot in known and slot not in self._doubted]
        self._doubted = set(unread)
        for record in again:
            del unread[record.slot]
        return again

    def _name(self, record: TokenRecord) -> str:
        return f"{self._driver}:{lenient_text(record.serial) or f'slot-{record.slot}'}"

    def _describe(self, token_id: str, record: TokenRecord) -> TokenInfo:
        serial = lenient_text(record.serial)
        state, left = self._counting.state(serial, record.flags)
        return TokenInfo(
            id=token_id,
            driver=self._driver,
            label=lenient_text(record.label),
            serial=serial,
            model=lenient_text(record.model),
            manufacturer=lenient_text(record.manufacturer),
            pin_state=state,
            tries_left=left,
            practice=self._practice,
            protected_path=bool(record.flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH),
        )


def lenient_text(data: bytes) -> str:
    """Text as real tokens have it: UTF-8 or GB18030, perhaps cut in the middle of a character; else each octet for itself."""
    data = data.rstrip(b"\0")
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            text = codecs.getincrementaldecoder(encoding)().decode(data, final=False)
            if text or not data:
                return text
    return data.decode("latin-1")


def _blank(record: TokenRecord) -> SlotTrouble:
    names: Mapping[bytes, None] = dict.fromkeys(filter(None, (record.label, record.model, record.serial)))
    return SlotTrouble(record.slot, Code.TOKEN_BLANK, " ".join(map(lenient_text, names)))
