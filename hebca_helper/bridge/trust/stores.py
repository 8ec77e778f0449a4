"""Every kind of place that keeps trusted certificates. `remove` of what is not there is no failure."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from hebca_helper.bridge.trust import tools
from hebca_helper.bridge.trust.authority import Authority


class StoreKind(StrEnum):
    NSS = "nss"
    SYSTEM = "system"
    WINDOWS = "windows"
    MACOS = "macos"


@dataclass(frozen=True, slots=True)
class Place:
    """`path` is the folder (NSS), the root of the file system (SYSTEM), or the keychain (MACOS); `title` for people."""

    kind: StoreKind
    path: Path
    title: str


class Store(Protocol):
    def has(self, authority: Authority) -> bool: ...
    def install(self, authority: Authority) -> None: ...
    def remove(self, authority: Authority) -> None: ...


def store_at(place: Place) -> Store:
    """TOOL_MISSING when the program that keeps it is not installed."""
    match place.kind:
        case StoreKind.NSS:
            return NssStore(place.path)
        case StoreKind.SYSTEM:
            from hebca_helper.bridge.trust.system_store import SystemStore

            return SystemStore(place.path)
        case StoreKind.WINDOWS:
            return WindowsStore()
        case StoreKind.MACOS:
            return MacStore(place.path)


class NssStore:
    """A database of Chromium or a Firefox profile (certutil(1) of NSS). Browsers read it when they start."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tool = tools.find("certutil", "libnss3-tools / nss-tools")

    def has(self, authority: Authority) -> bool:
        """There, and trusted to issue for TLS servers ("C" first)."""
        listed = tools.output(self._command("-L"))
        rows = (line.rsplit(None, 1) for line in (listed or b"").decode(errors="replace").splitlines())
        flags = {row[0].strip(): row[1] for row in rows if len(row) == 2}
        return "C" in flags.get(authority.nickname, "").partition(",")[0]

    def install(self, authority: Authority) -> None:
        if not (self._folder / "cert9.db").exists():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            tools.do(self._command("-N", "--empty-password"))
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(authority.pem)
            file.flush()
            tools.do(self._command("-A", "-n", authority.nickname, "-t", "C,,", "-i", file.name))

    def remove(self, authority: Authority) -> None:
        if (self._folder / "cert9.db").exists() and tools.output(self._command("-L", "-n", authority.nickname)):
            tools.do(self._command("-D", "-n", authority.nickname))

    def _command(self, action: str, *more: str) -> list[str]:
        return [self._tool, "-d", f"sql:{self._folder}", action, *more]


class WindowsStore:
    """The person's own root store (Microsoft: certutil), which Edge, Chrome and Firefox read. Windows asks the person
    before it takes a root certificate. Written from the documentation, not tested on Windows yet."""

    def __init__(self) -> None:
        # NSS has a program of the same name, but none that ends in .exe outside of Windows
        self._tool = tools.find("certutil.exe", "Windows")

    def has(self, authority: Authority) -> bool:
        return tools.output([self._tool, "-user", "-verifystore", "Root", authority.thumbprint]) is not None

    def install(self, authority: Authority) -> None:
        with tempfile.TemporaryDirectory() as folder:  # an open file could not be read by another program
            path = Path(folder, "localhost.pem")
            path.write_text(authority.pem, "ascii")
            tools.do([self._tool, "-user", "-addstore", "Root", str(path)])

    def remove(self, authority: Authority) -> None:
        if self.has(authority):
            tools.do([self._tool, "-user", "-delstore", "Root", authority.thumbprint])


class MacStore:
    """The login keychain (security(1)), which Safari and Chrome read. Not tested on macOS yet."""

    def __init__(self, keychain: Path) -> None:
        self._keychain = str(keychain)
        self._tool = tools.find("security", "macOS")

    def has(self, authority: Authority) -> bool:
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(authority.pem)
            file.flush()
            return tools.output([self._tool, "verify-cert", "-c", file.name, "-p", "ssl", "-l"]) is not None

    def install(self, authority: Authority) -> None:
        self._with_file(authority, "add-trusted-cert", "-r", "trustRoot", "-p", "ssl", "-k", self._keychain)

    def remove(self, authority: Authority) -> None:
        found = tools.output([self._tool, "find-certificate", "-a", "-Z", self._keychain]) or b""
        if authority.thumbprint.upper().encode() in found:
            self._with_file(authority, "remove-trusted-cert")
            tools.do([self._tool, "delete-certificate", "-Z", authority.thumbprint.upper(), self._keychain])

    def _with_file(self, authority: Authority, *action: str) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(authority.pem)
            file.flush()
            tools.do([self._tool, *action, file.name])
