"""Browsers on this computer: which are there, and opening an address in one. Argument lists only, never a shell."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.catalogue import BrowserNeed, Portal

CHROME_DOWNLOAD = "https://www.google.cn/chrome/"


class BrowserKind(StrEnum):
    """Kinds in the order in which one is taken when any will do."""

    CHROME = "chrome"
    CHROMIUM = "chromium"
    EDGE = "edge"
    FIREFOX = "firefox"


CHROME_LIKE = frozenset({BrowserKind.CHROME, BrowserKind.CHROMIUM})
"""Good enough for a portal that asks for 谷歌浏览器."""

_NAMES: Mapping[BrowserKind, tuple[str, ...]] = {
    BrowserKind.CHROME: ("google-chrome", "google-chrome-stable", "chrome"),
    BrowserKind.CHROMIUM: ("chromium", "chromium-browser"),
    BrowserKind.EDGE: ("microsoft-edge", "microsoft-edge-stable", "msedge"),
    BrowserKind.FIREFOX: ("firefox", "firefox-esr"),
}
_LINUX_PATHS: Mapping[BrowserKind, tuple[str, ...]] = {
    BrowserKind.CHROME: ("/opt/google/chrome/google-chrome",),
    BrowserKind.CHROMIUM: ("/usr/lib/chromium/chromium", "/snap/bin/chromium"),
    BrowserKind.EDGE: ("/opt/microsoft/msedge/microsoft-edge",),
    BrowserKind.FIREFOX: ("/usr/lib/firefox-esr/firefox-esr", "/snap/bin/firefox"),
}
_WINDOWS_PATHS: Mapping[BrowserKind, tuple[str, ...]] = {
    BrowserKind.CHROME: (r"Google\Chrome\Application\chrome.exe",),
    BrowserKind.CHROMIUM: (r"Chromium\Application\chrome.exe",),
    BrowserKind.EDGE: (r"Microsoft\Edge\Application\msedge.exe",),
    BrowserKind.FIREFOX: (r"Mozilla Firefox\firefox.exe",),
}
_WINDOWS_FOLDERS = ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")
_WINDOWS_PROGRAMS = {
    BrowserKind.CHROME: "chrome.exe",
    BrowserKind.EDGE: "msedge.exe",
    BrowserKind.FIREFOX: "firefox.exe",
}
_APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"


@dataclass(frozen=True, slots=True)
class Browser:
    kind: BrowserKind
    path: Path


def find_browsers(
    environment: Mapping[str, str] | None = None, usual: Callable[[BrowserKind], Iterator[str]] | None = None
) -> list[Browser]:
    """At most one browser of each kind: from the registry (Windows), PATH, then the usual folders."""
    environment = os.environ if environment is None else environment
    found = []
    for kind in BrowserKind:
        places = (usual or _usual_places)(kind)
        path = _registered(kind) or _on_path(kind, environment) or next(filter(_is_program, places), None)
        if path:
            found.append(Browser(kind, Path(path)))
    return found


def browser_for(portal: Portal, browsers: list[Browser]) -> Browser | None:
    """The first browser that this portal works with."""
    fits = CHROME_LIKE if portal.browser is BrowserNeed.CHROME else frozenset(BrowserKind)
    return next((browser for browser in browsers if browser.kind in fits), None)


def command(browser: Browser, address: str) -> list[str]:
    """Argument list that opens `address`, which cannot be taken for an option: it begins with http."""
    if not address.startswith(("http://", "https://")):
        raise HelperError(Code.BAD_REQUEST, address)
    return [str(browser.path), address]


def launch(browser: Browser, address: str) -> None:
    """Open `address` and let go of the browser: it lives on after us. EXECUTION_FAILED when it cannot be started."""
    try:
        started = subprocess.Popen(
            command(browser, address),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as problem:
        raise HelperError(Code.EXECUTION_FAILED, f"{browser.path}: {problem.strerror}") from None
    threading.Thread(target=started.wait, name="browser", daemon=True).start()  # leaves no zombie


def _on_path(kind: BrowserKind, environment: Mapping[str, str]) -> str | None:
    path = environment.get("PATH", "")
    return next(filter(None, (shutil.which(name, path=path) for name in _NAMES[kind])), None)


def _usual_places(kind: BrowserKind) -> Iterator[str]:
    if sys.platform == "win32":
        folders = [os.environ[name] for name in _WINDOWS_FOLDERS if name in os.environ]
        yield from (str(Path(folder, path)) for folder in folders for path in _WINDOWS_PATHS[kind])
    else:
        yield from _LINUX_PATHS[kind]


def _is_program(path: str) -> bool:
    return Path(path).is_file() and os.access(path, os.X_OK)


def _registered(kind: BrowserKind) -> str | None:
    """Path from "App Paths" (Microsoft: Application Registration), the person's own before the machine's."""
    program = _WINDOWS_PROGRAMS.get(kind)
    if sys.platform == "win32" and program:
        import winreg

        for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
            with contextlib.suppress(OSError):
                path = str(winreg.QueryValue(root, rf"{_APP_PATHS}\{program}")).strip('"')
                if _is_program(path):
                    return path
    return None
