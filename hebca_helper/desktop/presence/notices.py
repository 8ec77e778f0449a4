"""What the program says unasked: in the window, and beside the tray's icon when the person does not look at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hebca_helper.desktop.window import MainWindow
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.person.prompts import Notice
    from hebca_helper.desktop.presence.tray import Tray


class Notices:
    """`tray` is set when there is one."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.tray: Tray | None = None

    def tell(self, text: str) -> None:
        from hebca_helper.assistant.person.prompts import Notice

        self.notify(Notice(text))

    def notify(self, notice: Notice) -> None:
        self._everywhere(notice.text, lambda: self._window.tell_notice(notice))

    def tell_ending(self, text: str) -> None:
        """A certificate ends soon: with the way to renew it."""
        renew = (tr("办理延期"), lambda: self._window.open_link("renew"))
        self._everywhere(text, lambda: self._window.toast.tell(text, *renew))

    def tell_outside(self, text: str) -> None:
        """What the window shows in a way of its own."""
        self._beside(text, self._window.bring_to_front)

    def _everywhere(self, text: str, show: Callable[[], object]) -> None:
        """A click beside the tray leads to the window."""

        def lead_there() -> None:
            self._window.bring_to_front()
            show()

        show()
        self._beside(text, lead_there)

    def _beside(self, text: str, clicked: Callable[[], object]) -> None:
        if self.tray is not None and not self._window.isActiveWindow():
            self.tray.notify(text, clicked)
