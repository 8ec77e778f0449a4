"""What only the registry of Windows tells. Read only; a value that is missing or of another type is no answer.

Not run on Windows yet: the tests drive it through a double of `Registry`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from hebca_helper.checks.surroundings import Proxy
from hebca_helper.texts import tr

MACHINE, PERSON = "HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"
_CURRENT = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
_APP_PATHS = rf"{_CURRENT}\App Paths"
_INTERNET = rf"{_CURRENT}\Internet Settings"
# Microsoft tells these places one by one: servicing stack, Windows Update, MoveFileEx(MOVEFILE_DELAY_UNTIL_REBOOT).
_SERVICING = rf"{_CURRENT}\Component Based Servicing\RebootPending"
_UPDATE = rf"{_CURRENT}\WindowsUpdate\Auto Update\RebootRequired"
_SESSION_MANAGER = r"SYSTEM\CurrentControlSet\Control\Session Manager"


class Registry(Protocol):
    def has_key(self, root: str, path: str) -> bool: ...

    def value(self, root: str, path: str, name: str) -> object:
        """None when there is no such key or value. The empty name is the key's default value."""


class NoRegistry:
    """Every other system."""

    def has_key(self, root: str, path: str) -> bool:
        del root, path
        return False

    def value(self, root: str, path: str, name: str) -> object:
        del root, path, name
        return None


def registry() -> Registry:
    if sys.platform == "win32":
        return _WindowsRegistry()
    return NoRegistry()


if sys.platform == "win32":
    import winreg

    class _WindowsRegistry:
        """The 64-bit view, whatever this process is."""

        def has_key(self, root: str, path: str) -> bool:
            try:
                winreg.CloseKey(self._open(root, path))
            except OSError:
                return False
            return True

        def value(self, root: str, path: str, name: str) -> object:
            try:
                with self._open(root, path) as key:
                    return winreg.QueryValueEx(key, name)[0]
            except OSError:
                return None

        def _open(self, root: str, path: str) -> winreg.HKEYType:
            return winreg.OpenKey(getattr(winreg, root), path, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY)


def restart_pending(registry: Registry) -> str:
    waiting = []
    if registry.has_key(MACHINE, _SERVICING):
        waiting.append("Windows 组件")
    if registry.has_key(MACHINE, _UPDATE):
        waiting.append("Windows 更新")
    if registry.value(MACHINE, _SESSION_MANAGER, "PendingFileRenameOperations"):
        waiting.append("待替换的文件")
    return tr("、").join(waiting)


def registered_program(registry: Registry, names: Sequence[str]) -> Path | None:
    """From "App Paths" (Microsoft: Application Registration), the person's own before the machine's."""
    for name in names:
        for root in (PERSON, MACHINE):
            path = registry.value(root, rf"{_APP_PATHS}\{name}.exe", "")
            if isinstance(path, str) and Path(path.strip('"')).is_file():
                return Path(path.strip('"'))
    return None


def proxies(registry: Registry) -> list[Proxy]:
    """The person's WinINet proxy. Browsers leave loopback alone unless `<-loopback>` is among its exceptions."""
    if registry.value(PERSON, _INTERNET, "ProxyEnable") != 1:
        return []
    listed = registry.value(PERSON, _INTERNET, "ProxyOverride")
    exceptions = str(listed).split(";") if isinstance(listed, str) else []
    if "<-loopback>" not in exceptions:
        exceptions += ["localhost", "127.0.0.1"]
    return [Proxy("Windows", tuple(exceptions))]
