"""The assistant's dialogs as a person meets them: found by their title on the screen, worked with keys."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from tests.displays import VirtualDisplay

PATIENCE = 60.0
BETWEEN_LOOKS = 0.05
"""X has no event that says "a window with this title is there and its button lives": it is looked for again."""


class Dialogs:
    def __init__(self, display: VirtualDisplay) -> None:
        self._display = display

    def wait_for(self, title: str) -> str:
        """Window id of the visible window whose title contains `title`, active and ready for keys."""
        end = time.monotonic() + PATIENCE
        while not (found := self._find(title)):
            assert time.monotonic() < end, f"no window {title!r}; there are {self.titles()}"
            time.sleep(BETWEEN_LOOKS)
        self._display.run("xdotool", "windowactivate", "--sync", found[-1])
        return found[-1]

    def wait_gone(self, title: str) -> None:
        end = time.monotonic() + PATIENCE
        while self._find(title):
            assert time.monotonic() < end, f"{title!r} is still there"
            time.sleep(BETWEEN_LOOKS)

    def type_pin(self, title: str, pin: str) -> None:
        """Type into the dialog and press Enter until it takes it: the button lives only after half a second."""
        window = self.wait_for(title)
        self._display.run("xdotool", "type", "--clearmodifiers", pin)
        self.press_until_gone(window, "Return")

    def press_until_gone(self, window: str, key: str) -> None:
        end = time.monotonic() + PATIENCE
        while self._is_there(window):
            assert time.monotonic() < end, f"{key} does not close the dialog"
            if self._try("xdotool", "getactivewindow").strip() == window:  # else the key would be the browser's
                self._display.run("xdotool", "key", key)
            time.sleep(BETWEEN_LOOKS)

    def accept(self, title: str) -> None:
        """Click the button in the lower right corner, which agrees, until the dialog takes it."""
        window = self.wait_for(title)
        end = time.monotonic() + PATIENCE
        while self._is_there(window):
            assert time.monotonic() < end, f"{title!r} cannot be accepted"
            self._click_corner(window)
            time.sleep(BETWEEN_LOOKS)

    def cancel(self, title: str) -> None:
        self.press_until_gone(self.wait_for(title), "Escape")

    def titles(self) -> list[str]:
        names = (self._try("xdotool", "getwindowname", each).strip() for each in self._find(""))
        return [name for name in names if name]

    def environment(self) -> dict[str, str]:
        return self._display.environment()

    def screenshot(self, path: Path) -> Path:
        return self._display.screenshot(path)

    def photograph(self, window: str, path: Path) -> Path:
        """One window as a picture file."""
        subprocess.run(["import", "-window", window, str(path)], check=True, env=self._display.environment())
        return path

    def _find(self, title: str) -> list[str]:
        return self._try("xdotool", "search", "--onlyvisible", "--name", title).split()

    def _click_corner(self, window: str) -> None:
        told = self._try("xdotool", "getwindowgeometry", "--shell", window)
        place = {name: int(value) for name, value in (line.split("=") for line in told.split())}
        if place:
            corner = (str(place["WIDTH"] - 60), str(place["HEIGHT"] - 36))
            self._try("xdotool", "mousemove", "--window", window, *corner, "click", "1")

    def _try(self, *command: str) -> str:
        """Output of a command about a window that may go this moment."""
        environment = self._display.environment()
        return subprocess.run(command, env=environment, check=False, capture_output=True, text=True).stdout

    def _is_there(self, window: str) -> bool:
        return window in self._find("")
