"""Start with the desktop: one file of the person's own (freedesktop.org Desktop Application Autostart, version 0.5)."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from hebca_helper.children import own_command
from hebca_helper.files import of_file, write_atomically

FILE_NAME = "hebca-helper.desktop"


class Autostart(StrEnum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"
    """The file is there and starts nothing."""


def autostart_file(environment: Mapping[str, str]) -> Path:
    """`$XDG_CONFIG_HOME/autostart/…`, a relative or missing one meaning `~/.config` (XDG Base Directory, version 0.8)."""
    chosen = environment.get("XDG_CONFIG_HOME", "")
    folder = Path(chosen) if Path(chosen).is_absolute() else Path("~/.config").expanduser()
    return folder / "autostart" / FILE_NAME


def read_autostart(environment: Mapping[str, str]) -> Autostart:
    try:
        lines = autostart_file(environment).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return Autostart.OFF
    except (OSError, UnicodeDecodeError):
        return Autostart.BROKEN
    entries = dict(line.split("=", 1) for line in lines if "=" in line)
    if entries.get("Hidden", "").strip() == "true":
        return Autostart.OFF
    return Autostart.ON if _starts(entries.get("Exec", ""), environment) else Autostart.BROKEN


def _starts(line: str, environment: Mapping[str, str]) -> bool:
    try:
        program = next(iter(shlex.split(line)), "")
    except ValueError:
        return False
    return shutil.which(program, path=environment.get("PATH")) is not None


def turn_on(environment: Mapping[str, str]) -> None:
    """HelperError(FILE_UNREADABLE) when the file cannot be written."""
    path = autostart_file(environment)
    words = " ".join(_quoted(word) for word in own_command("run", "--background"))
    content = f"[Desktop Entry]\nType=Application\nName=HEBCA Helper\nName[zh_CN]=河北CA数字证书助手\nExec={words}\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, f"{content}X-GNOME-Autostart-enabled=true\n".encode())
    except OSError as failure:
        raise of_file(failure, path) from None


def turn_off(environment: Mapping[str, str]) -> None:
    path = autostart_file(environment)
    try:
        path.unlink(missing_ok=True)
    except OSError as failure:
        raise of_file(failure, path) from None


def _quoted(word: str) -> str:
    """A word of `Exec` (Desktop Entry Specification 1.5, "The Exec key"): quoted, and `%` doubled."""
    escaped = "".join(f"\\{character}" if character in '"`$\\' else character for character in word)
    return f'"{escaped}"'.replace("\\", "\\\\").replace("%", "%%")
