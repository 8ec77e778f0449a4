"""The same policies in the Windows registry (HKLM\\SOFTWARE\\Policies), where each list is a key with values "1", "2", …

Written from the documentation of Chrome, Edge and Firefox policies; not tested on Windows yet. `plan` is tested here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from hebca_helper.bridge.policies.record import PolicyRecord
from hebca_helper.bridge.policies.wording import FIREFOX, INSECURE, LOOPBACK, SKIP, chromium_policies, firefox_domains
from hebca_helper.bridge.policies.wording import pattern as pattern_of

ROOT = r"SOFTWARE\Policies"
KEYS: Mapping[str, str] = {
    "Chrome": rf"{ROOT}\Google\Chrome",
    "Chromium": rf"{ROOT}\Chromium",
    "Edge": rf"{ROOT}\Microsoft\Edge",
    "Firefox": rf"{ROOT}\Mozilla\Firefox",
}


def lists_for(title: str, origins: Iterable[str]) -> dict[str, list[str]]:
    """Key of each list and what is to stand in it."""
    chosen = list(origins)
    if title == "Firefox":
        return {rf"{KEYS[title]}\{FIREFOX}\{SKIP}": firefox_domains(chosen)}
    return {rf"{KEYS[title]}\{name}": values for name, values in chromium_policies(chosen).items()}


def plan(there: Mapping[str, str], wanted: Iterable[str]) -> dict[str, str]:
    """Values to add to a list: what is missing, under the next free numbers. What is there is left alone."""
    missing = [value for value in wanted if value not in there.values()]
    free = (str(number) for number in range(1, len(there) + len(missing) + 1) if str(number) not in there)
    return dict(zip(free, missing, strict=False))


class RegistryPolicies:
    """One browser. The record names "KEY\\value" of everything that is ours."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.path = Path(KEYS[title])

    def install(self, origins: Iterable[str], record: PolicyRecord) -> None:
        for key, wanted in lists_for(self.title, origins).items():
            added = plan(_values(key), wanted)
            record.will_write(self.path, [rf"{key}\{name}" for name in added])
            _add(key, added)

    def remove(self, record: PolicyRecord) -> None:
        for place in record.added(self.path):
            key, _, name = place.rpartition("\\")
            _delete(key, name)
        record.undo_folders(self.path)

    def allows(self, origin: str) -> bool:
        if self.title == "Firefox":
            [(key, domains)] = lists_for(self.title, [origin]).items()
            return set(domains) <= set(_values(key).values())
        insecure = not origin.startswith("http:") or origin in _values(rf"{self.path}\{INSECURE}").values()
        wanted = {origin, pattern_of(origin)}
        return insecure and any(wanted & set(_values(rf"{self.path}\{name}").values()) for name in LOOPBACK)


def registry_policies() -> Iterator[RegistryPolicies]:
    yield from map(RegistryPolicies, KEYS)


if sys.platform == "win32":
    import contextlib
    import winreg

    def _values(key: str) -> dict[str, str]:
        found: dict[str, str] = {}
        with contextlib.suppress(OSError), winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as handle:
            for number in range(winreg.QueryInfoKey(handle)[1]):
                name, value, kind = winreg.EnumValue(handle, number)
                if kind == winreg.REG_SZ:
                    found[name] = value
        return found

    def _add(key: str, values: Mapping[str, str]) -> None:
        with winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, key) as handle:
            for name, value in values.items():
                winreg.SetValueEx(handle, name, 0, winreg.REG_SZ, value)

    def _delete(key: str, name: str) -> None:
        with (
            contextlib.suppress(FileNotFoundError),
            winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key, 0, winreg.KEY_SET_VALUE) as handle,
        ):
            winreg.DeleteValue(handle, name)
else:

    def _values(key: str) -> dict[str, str]:
        return {}

    def _add(key: str, values: Mapping[str, str]) -> None:
        raise NotImplementedError

    def _delete(key: str, name: str) -> None:
        raise NotImplementedError
