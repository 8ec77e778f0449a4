"""Browsers on this computer: which are there, and opening an address in one. Argument lists only, never a shell."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hebca_helper.errors import Code, HelperError
from hebca_helper.portals.entries import origin_of
from hebca_helper.portals.portal import BrowserNeed, Portal

CHROME_DOWNLOAD = "https://www.google.cn/chrome/"


class BrowserKind(StrEnum):
    """Kinds in the order in which one is taken when any will do."""

    CHROME = "chrome"
    CHROMIUM = "chromium"
    EDGE = "edge"
    FIREFOX = "firefox"


CHROME_LIKE = frozenset({BrowserKind.CHROME, BrowserKind.CHROMIUM})
"""Good enough for a portal that asks for 谷歌浏览器."""
CHROMIUM_BASED = CHROME_LIKE | {BrowserKind.EDGE}
"""Built on Chromium: the same options and the same rules about who may reach this computer."""
TITLES: Mapping[BrowserKind, str] = {
    BrowserKind.CHROME: "Chrome",
    BrowserKind.CHROMIUM: "Chromium",
    BrowserKind.EDGE: "Edge",
    BrowserKind.FIREFOX: "Firefox",
}

_NAMES: Mapping[BrowserKind, tuple[str, ...]] = {
    BrowserKind.CHROME: ("google-chrome", "google-chrome-stable", "chrome"),
    BrowserKind.CHROMIUM: ("chromium", "chromium-browser"),
    BrowserKind.EDGE: ("microsoft-edge", "microsoft-edge-stable", "msedge"),
    BrowserKind.FIREFOX: ("firefox", "firefox-esr"),
}


def _flatpak(name: str) -> tuple[str, ...]:
    """Where flatpak puts the programs of applications: the machine's and the person's own."""
    return (f"/var/lib/flatpak/exports/bin/{name}", f"~/.local/share/flatpak/exports/bin/{name}")


_LINUX_PATHS: Mapping[BrowserKind, tuple[str, ...]] = {
    BrowserKind.CHROME: ("/opt/google/chrome/google-chrome", *_flatpak("com.google.Chrome")),
    BrowserKind.CHROMIUM: (
        "/usr/lib/chromium/chromium",
        "/usr/lib/chromium-browser/chromium-browser",
        "/snap/bin/chromium",
        *_flatpak("org.chromium.Chromium"),
    ),
    BrowserKind.EDGE: ("/opt/microsoft/msedge/microsoft-edge", *_flatpak("com.microsoft.Edge")),
    BrowserKind.FIREFOX: (
        "/usr/lib/firefox-esr/firefox-esr",
        "/usr/lib/firefox/firefox",
        "/snap/bin/firefox",
        *_flatpak("org.mozilla.firefox"),
    ),
}
_CONFINED = ("/snap/", "/flatpak/exports/")
"""Parts of the paths of browsers that see no folder of ours."""
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

    @property
    def confined(self) -> bool:
        """In a box of its own (snap, flatpak): cannot use a profile under our home."""
        return any(part in str(self.path) for part in _CONFINED)


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


def suitable(portal: Portal, browsers: Sequence[Browser]) -> list[Browser]:
    """Those that this portal works with."""
    fits = CHROME_LIKE if portal.browser is BrowserNeed.CHROME else frozenset(BrowserKind)
    return [browser for browser in browsers if browser.kind in fits]


def declared_secure(home: Path, origin: str) -> list[str]:
    """Options of a Chromium window of its own profile, under our home, that takes this one plain http origin for secure:
    then it asks the person whether the site may reach this computer, as it does for https sites. No other origin, and
    nothing in the person's own profile, is changed. HelperError(BAD_REQUEST) for what is no http origin."""
    if not origin.startswith("http://") or origin != origin_of(origin) or "," in origin:
        raise HelperError(Code.BAD_REQUEST, origin)
    profile = home / "browsers" / hashlib.sha256(origin.encode()).hexdigest()[:16]
    profile.mkdir(mode=0o700, parents=True, exist_ok=True)
    return [
        f"--user-data-dir={profile}",
        f"--unsafely-treat-insecure-origin-as-secure={origin}",
        "--no-first-run",
        "--no-default-browser-check",
    ]


def command(browser: Browser, address: str, options: Sequence[str] = ()) -> list[str]:
    """Argument list that opens `address`, which cannot be taken for an option: it begins with http."""
    if not address.startswith(("http://", "https://")):
        raise HelperError(Code.BAD_REQUEST, address)
    return [str(browser.path), *options, address]


def launch(browser: Browser, address: str, options: Sequence[str] = ()) -> None:
    """Open `address` and let go of the browser: it lives on after us. EXECUTION_FAILED when it cannot be started."""
    try:
        started = subprocess.Popen(
            command(browser, address, options),
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
        yield from map(os.path.expanduser, _LINUX_PATHS[kind])


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
