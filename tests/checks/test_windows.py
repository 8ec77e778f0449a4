"""What Windows' registry would tell, from a double of it: this code has not run on Windows."""

from __future__ import annotations

from pathlib import Path

from hebca_helper.checks import windows
from hebca_helper.checks.surroundings import Proxy

INTERNET = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings"


class StatedRegistry:
    """Keys by (root, path, name); the value of None makes the key exist."""

    def __init__(self, **_: object) -> None:
        self.values: dict[tuple[str, str, str], object] = {}

    def put(self, root: str, path: str, name: str = "", value: object = None) -> StatedRegistry:
        self.values[root, path, name] = value
        return self

    def has_key(self, root: str, path: str) -> bool:
        return any(key[:2] == (root, path) for key in self.values)

    def value(self, root: str, path: str, name: str) -> object:
        return self.values.get((root, path, name))


def test_every_reason_for_a_restart_is_told() -> None:
    registry = StatedRegistry()
    assert windows.restart_pending(registry) == ""
    registry.put(
        windows.MACHINE, r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired"
    ).put(windows.MACHINE, r"SYSTEM\CurrentControlSet\Control\Session Manager", "PendingFileRenameOperations", ["x"])
    assert windows.restart_pending(registry) == "Windows 更新、待替换的文件"


def test_programs_are_found_by_their_registration_when_the_file_is_there(tmp_path: Path) -> None:
    program = tmp_path / "EXCEL.EXE"
    path = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
    registry = StatedRegistry().put(windows.MACHINE, path, "", f'"{program}"')
    assert windows.registered_program(registry, ["et", "excel"]) is None
    program.touch()
    assert windows.registered_program(registry, ["et", "excel"]) == program
    registry.put(windows.PERSON, path, "", 5)
    assert windows.registered_program(registry, ["excel"]) == program


def test_a_proxy_takes_loopback_only_when_told_to() -> None:
    registry = StatedRegistry()
    assert windows.proxies(registry) == []
    registry.put(windows.PERSON, INTERNET, "ProxyEnable", 1)
    assert windows.proxies(registry) == [Proxy("Windows", ("localhost", "127.0.0.1"))]
    registry.put(windows.PERSON, INTERNET, "ProxyOverride", "*.local;<-loopback>")
    assert windows.proxies(registry) == [Proxy("Windows", ("*.local", "<-loopback>"))]


def test_other_systems_have_an_empty_one() -> None:
    assert windows.restart_pending(windows.registry()) == ""
    assert windows.proxies(windows.registry()) == []
    assert windows.registered_program(windows.registry(), ["excel"]) is None
