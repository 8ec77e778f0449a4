"""How the program is doing, in one word: what the tray's icon shows."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from hebca_helper.desktop.link import Link
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.texts import tr

_LOCKED = "locked"
"""PinState.LOCKED; the tokens' room is imported after the window."""


class Condition(StrEnum):
    """The value is the icon's name in `resources/icons`."""

    NONE = "assistant-none"
    READY = "assistant"
    LOGGED_IN = "assistant-logged-in"
    PROBLEM = "assistant-problem"


class Status(QObject):
    """Read `condition` and `text` after each `changed`; `in_use` has the ids of tokens that somebody is logged in to."""

    changed = Signal()
    logged_in = Signal()
    """Somebody logged in, perhaps again."""
    logged_out = Signal()
    """The last login of any token ended."""

    def __init__(self, link: Link, state: TokenState) -> None:
        super().__init__()
        self._link = link
        self._state = state
        self._runtime: Runtime | None = None
        self.in_use: set[str] = set()
        state.changed.connect(self.changed)

    def attach(self, runtime: Runtime) -> None:
        self._runtime = runtime
        runtime.loop.call_soon_threadsafe(runtime.assistant.subscribe_logins, self._login_changed)
        runtime.subscribe(lambda: self._link.in_window(self.changed.emit))
        self.changed.emit()

    def _login_changed(self, token_id: str, held: bool) -> None:
        """On the loop."""
        self._link.in_window(lambda: self._note(token_id, held))

    def _note(self, token_id: str, held: bool) -> None:
        if held:
            self.in_use.add(token_id)
            self.logged_in.emit()
        else:
            self.in_use.discard(token_id)
            if not self.in_use:
                self.logged_out.emit()
        self.changed.emit()

    @property
    def condition(self) -> Condition:
        if self._trouble():
            return Condition.PROBLEM
        if not self._state.tokens:
            return Condition.NONE
        return Condition.LOGGED_IN if self.in_use else Condition.READY

    @property
    def text(self) -> str:
        trouble = self._trouble()
        if trouble:
            return trouble
        said = {
            Condition.NONE: tr("未插入 USBKEY"),
            Condition.READY: tr("已插入 USBKEY"),
            Condition.LOGGED_IN: tr("证书已登录"),
        }
        return said[self.condition]

    def _trouble(self) -> str:
        """What a person must do something about before the next login; empty when all is well."""
        for status in self._runtime.services() if self._runtime is not None else ():
            if status.problem is not None:
                return status.problem.text
        if self._state.problem is not None:
            return self._state.problem.text
        if any(token.pin_state == _LOCKED for token in self._state.tokens):
            return tr("证书密码已锁定")
        return self._expired()

    def _expired(self) -> str:
        from hebca_helper.pki.moments import Validity  # after the window

        current = [entry for entry in self._state.entries if not entry.replaced]
        return tr("证书已过期") if current and all(entry.validity is Validity.EXPIRED for entry in current) else ""
