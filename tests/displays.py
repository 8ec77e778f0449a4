"""A desktop without a monitor: Xvfb, and on it, if wanted, a window manager, a tray and a session bus.

No pytest in here: benchmarks and screenshots use it as well as tests.
"""

from __future__ import annotations

import os
import select
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

READY_SECONDS = 60.0
STOP_SECONDS = 30.0


class VirtualDisplay:
    """Context manager of one X display of our own, ready to show windows when entered.

    `with VirtualDisplay(window_manager=True, tray=True) as display: Popen(…, env=display.environment())`.
    `session_bus=True` adds a D-Bus session; without it programs are told that there is none, so that nothing
    launches a bus that outlives the test.
    """

    def __init__(
        self,
        *,
        size: str = "1280x900x24",
        window_manager: bool = False,
        tray: bool = False,
        session_bus: bool = False,
    ) -> None:
        self._size = size
        self._window_manager = window_manager
        self._tray = tray
        self._session_bus = session_bus
        self._bus_address = "disabled:"
        self._running = ExitStack()
        self.name = ""  # ":NUMBER" once entered

    def __enter__(self) -> Self:
        with ExitStack() as running:
            self._running = running
            self._start_server()
            if self._session_bus:
                self._start_bus()
            if self._window_manager:
                self._start_window_manager()
            if self._tray:
                self._start_tray()
            self._running = running.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def environment(self, **more: str) -> dict[str, str]:
        """The caller's environment with this display in it, for programs to be shown here."""
        kept = {key: value for key, value in os.environ.items() if key not in {"WAYLAND_DISPLAY", "XAUTHORITY"}}
        ours = {"DISPLAY": self.name, "DBUS_SESSION_BUS_ADDRESS": self._bus_address, "QT_QPA_PLATFORM": "xcb"}
        return {**kept, **ours, **more}

    def screenshot(self, path: Path) -> Path:
        """The whole screen as a picture file (ImageMagick chooses the format by the name)."""
        self.run("import", "-window", "root", str(path))
        return path

    def run(self, *command: str) -> str:
        """Output of a short command on this display, such as an xdotool call; fails if the command fails."""
        done = subprocess.run(
            command, env=self.environment(), check=True, capture_output=True, text=True, timeout=READY_SECONDS
        )
        return done.stdout

    def _start(self, *command: str, **options: Any) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        self._running.callback(_stop, process)
        return process

    def _start_server(self) -> None:
        """Xvfb chooses a free number and writes it to the descriptor when it accepts clients (Xserver(1), -displayfd)."""
        reader, writer = os.pipe()
        with os.fdopen(reader, "rb") as ready:
            try:
                options = ("-screen", "0", self._size, "-nolisten", "tcp", "-noreset", "-displayfd", str(writer))
                self._start("Xvfb", *options, stdout=subprocess.DEVNULL, pass_fds=(writer,))
            finally:
                os.close(writer)
            self.name = ":" + _first_line(ready.fileno(), "Xvfb")

    def _start_bus(self) -> None:
        bus = self._start("dbus-daemon", "--session", "--nofork", "--print-address=1", stdout=subprocess.PIPE)
        assert bus.stdout is not None
        self._running.callback(bus.stdout.close)
        self._bus_address = _first_line(bus.stdout.fileno(), "dbus-daemon")

    def _start_window_manager(self) -> None:
        """openbox(1) runs the command after --startup when it manages windows."""
        command = ("openbox", "--sm-disable", "--startup", "echo ready")
        manager = self._start(*command, env=self.environment(), stdout=subprocess.PIPE)
        assert manager.stdout is not None
        self._running.callback(manager.stdout.close)
        _first_line(manager.stdout.fileno(), "openbox")

    def _start_tray(self) -> None:
        place = ("--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", "24")
        self._start("trayer", *place, env=self.environment(), stdout=subprocess.DEVNULL)
        self.run("xdotool", "search", "--sync", "--onlyvisible", "--class", "trayer")


def _first_line(descriptor: int, program: str) -> str:
    """Next line of a pipe, read byte by byte so that nothing after it is lost; an error when none comes in time."""
    line = b""
    while not line.endswith(b"\n"):
        readable, _, _ = select.select([descriptor], [], [], READY_SECONDS)
        byte = os.read(descriptor, 1) if readable else b""
        if not byte:
            raise RuntimeError(f"{program} did not start")
        line += byte
    return line.decode().strip()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
