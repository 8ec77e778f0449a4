"""Tells at plug-in that a certificate ends soon or has ended. Qt-free."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.entries import CertificateEntry
    from hebca_helper.tokens.model import TokenInfo


class PlugNotices:
    """`look` after every change of what is plugged in; each plugging-in is told once."""

    def __init__(self, tell: Callable[[str], None], tell_ending: Callable[[str], None] | None = None) -> None:
        """`tell_ending` where renewing helps; without it `tell`."""
        self._tell = tell
        self._tell_ending = tell_ending or tell
        self._seen: set[str] = set()

    def look(self, tokens: Sequence[TokenInfo], entries: Sequence[CertificateEntry]) -> None:
        from hebca_helper.desktop import words

        new = {token.id for token in tokens} - self._seen
        self._seen = {token.id for token in tokens}
        for token_id in sorted(new):
            urgent = words.most_urgent([entry for entry in entries if entry.token.id == token_id])
            if urgent is not None and not urgent.replaced and (said := words.validity(urgent)).text:
                tell = self._tell if urgent.validity == "not-yet-valid" else self._tell_ending
                tell(tr("{holder}：{text}").format(holder=urgent.certificate.holder, text=said.text))
