"""The computer this program runs on, as `surroundings.Machine`."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path

import psutil

from hebca_helper.checks import libraries, popups, windows
from hebca_helper.checks.surroundings import Program, Proxy, UsbDevice
from hebca_helper.texts import bracketed, tr
from hebca_helper.tokens.catalogue import System
from hebca_helper.tokens.discovery import system as this_system

_PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy")
_SMART_CARD_CLASS = "0b"
_LOCAL_ADDRESSES = frozenset({"127.0.0.1", "::1", "0.0.0.0", "::"})  # noqa: S104 -- compared, never bound


class ThisMachine:
    """Made anew for each run: what runs is looked up once. `root` stands before the system's own paths."""

    def __init__(self, environment: Mapping[str, str] = os.environ, root: Path = Path("/")) -> None:
        self._environment = environment
        self._root = root

    @property
    def system(self) -> System:
        return this_system()

    def programs(self) -> Sequence[Program]:
        return self._programs

    @cached_property
    def _programs(self) -> list[Program]:
        return [_program(process) for process in psutil.process_iter(["name", "cmdline", "username"])]

    def listener(self, port: int) -> Program | None:
        """Two programs may hold the two loopback addresses: then the one that is not ours is told."""
        found = [program for number in _listening(port) if (program := _running(number)) is not None]
        if found:
            return min(found, key=lambda program: program.ours and not program.user)
        if _is_free(port):
            return None
        return self._closed_listener(port) or self._listener_of_others(port) or Program("", 0)

    def _closed_listener(self, port: int) -> Program | None:
        """Our own program lets nobody see what it holds (`hebca_helper.hardening`): a port that this user listens on and
        that no process shows is its, where it runs. Which of its processes it is cannot be told."""
        runs = any(each.ours and each.number != os.getpid() for each in self._programs)
        if self.system is System.LINUX and runs and os.geteuid() in _listening_users(port):
            return Program("", 0, ours=True)
        return None

    def _listener_of_others(self, port: int) -> Program | None:
        """Whose it is stands in the kernel's table, though not which process: ours if that user has ours open."""
        others = sorted(_listening_users(port) - {os.geteuid()}) if self.system is System.LINUX else []
        for user in map(_user_name, others):
            return Program("", 0, any(each.ours and each.user == user for each in self._programs), user)
        return None

    def addresses(self, name: str) -> Sequence[str]:
        try:
            found = socket.getaddrinfo(name, None, proto=socket.IPPROTO_TCP)
        except OSError:
            return []
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    def usb_devices(self) -> Sequence[UsbDevice] | None:
        if self.system is not System.LINUX:
            return None
        folder = self._root / "sys/bus/usb/devices"
        if not folder.is_dir():
            return None
        return [device for path in sorted(folder.iterdir()) if (device := _usb_device(path)) is not None]

    def free_bytes(self, folder: Path) -> int:
        return shutil.disk_usage(folder).free

    def missing_libraries(self) -> Sequence[str]:
        if self.system is not System.LINUX:
            return []
        return [bracketed(library.name, library.package) for library in libraries.missing(self._environment)]

    def has_chinese_font(self) -> bool:
        return self.system is not System.LINUX or libraries.has_chinese_font()

    def installed(self, names: Sequence[str]) -> Path | None:
        if self.system is System.WINDOWS:
            return windows.registered_program(windows.registry(), names)
        if self.system is System.MACOS:
            folders = (self._root / f"Applications/{name}.app" for name in names)
            return next((folder for folder in folders if folder.exists()), None)
        path = self._environment.get("PATH", "")
        return next((Path(found) for name in names if (found := shutil.which(name, path=path))), None)

    def restart_pending(self) -> str | None:
        if self.system is System.WINDOWS:
            return windows.restart_pending(windows.registry())
        if self.system is System.MACOS:
            return None
        return _waiting_packages(self._root / "var/run")

    def proxies(self) -> Sequence[Proxy]:
        named = [
            name for name in _PROXY_VARIABLES if self._environment.get(name) or self._environment.get(name.upper())
        ]
        exceptions = self._environment.get("no_proxy") or self._environment.get("NO_PROXY") or ""
        found = [Proxy("、".join(named), tuple(exceptions.replace(" ", "").split(",")))] if named else []
        if self.system is System.WINDOWS:
            found += windows.proxies(windows.registry())
        return found

    def browsers_without_popups(self) -> Sequence[str]:
        return popups.blocked_in(popups.profiles(self._environment, self.system))

    def refused_sites(self) -> Mapping[str, frozenset[str]]:
        return popups.refused_in(popups.profiles(self._environment, self.system))


def _running(number: int) -> Program | None:
    """None for one that ended meanwhile."""
    with suppress(psutil.Error):
        process = psutil.Process(number)
        process.info = process.as_dict(["name", "cmdline", "username"])
        return _program(process)
    return None


def _program(process: psutil.Process) -> Program:
    information = process.info
    name, command = information["name"] or "", information["cmdline"] or []
    ours = process.pid == os.getpid() or "hebca_helper" in command or name.lower().startswith("hebca-helper")
    user = information["username"] or ""
    return Program(name, process.pid, ours or _is_our_script(command), "" if user == _own_name() else user)


@cache
def _own_name() -> str:
    return str(psutil.Process().username())


def _user_name(number: int) -> str:
    """As psutil has it: the number where the system has no name."""
    import pwd  # not on Windows

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _is_our_script(command: Sequence[str]) -> bool:
    """An installed console script runs as `python …/bin/hebca-helper`."""
    return any(Path(word).name == "hebca-helper" for word in command[:2])


def _listening(port: int) -> list[int]:
    """Process ids; empty where the system does not tell."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.Error:
        return []
    return [
        each.pid
        for each in connections
        if each.status == psutil.CONN_LISTEN and each.pid and _is_reached_through_loopback(tuple(each.laddr), port)
    ]


def _listening_users(port: int) -> set[int]:
    """User ids of who listens on the port (proc(5), /proc/net/tcp: local address, state 0A, user)."""
    tables = [table for table in map(Path, ("/proc/net/tcp", "/proc/net/tcp6")) if table.exists()]
    lines = [line.split() for table in tables for line in table.read_text("ascii").splitlines()]
    return {int(line[7]) for line in lines if line[1].endswith(f":{port:04X}") and line[3] == "0A"}


def _is_reached_through_loopback(address: tuple[object, ...], port: int) -> bool:
    return address[1:] == (port,) and address[0] in _LOCAL_ADDRESSES


def _is_free(port: int) -> bool:
    """Nobody answers on either loopback address."""
    return not any(_answers(address, port) for address in ("127.0.0.1", "::1"))


def _answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=1.0):
            return True
    except OSError:
        return False


def _usb_device(path: Path) -> UsbDevice | None:
    """A device of sysfs; None for interfaces and hubs' roots without ids (Linux, Documentation/ABI/stable/sysfs-bus-usb)."""
    vendor, product = _line(path / "idVendor"), _line(path / "idProduct")
    if not vendor or not product:
        return None
    kinds = {_line(interface) for interface in path.glob("*/bInterfaceClass")}
    name = " ".join(filter(None, (_line(path / "manufacturer"), _line(path / "product"))))
    return UsbDevice(f"{vendor}:{product}".lower(), name, _SMART_CARD_CLASS in kinds)


def _line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _waiting_packages(folder: Path) -> str:
    """Debian's update-notifier-common leaves these two files (its notify-reboot-required)."""
    if not (folder / "reboot-required").exists():
        return ""
    return tr("、").join(dict.fromkeys(_line(folder / "reboot-required.pkgs").split())) or "reboot-required"
