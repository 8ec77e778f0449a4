"""Where things are: files shipped with the program, and the home of everything it writes."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from hebca_helper.texts import tr

HOME_VARIABLE = "HEBCA_HELPER_HOME"
_PACKAGE = Path(__file__).resolve().parent


def shipped(*parts: str) -> Path:
    """A file or folder under `resources/` or `drivers/`: in a frozen build, an installed wheel or a checkout."""
    frozen = getattr(sys, "_MEIPASS", None)
    roots = [Path(frozen)] if frozen else [_PACKAGE, _PACKAGE.parent]
    found = (root.joinpath(*parts) for root in roots)
    return next((path for path in found if path.exists()), roots[-1].joinpath(*parts))


def home() -> Path:
    """Folder of everything the program writes (0700): HEBCA_HELPER_HOME, else the platform's own folder.

    OSError, in words, where it cannot be made, or belongs to somebody else, who could read and replace what is in it.
    """
    chosen = os.environ.get(HOME_VARIABLE)
    folder = Path(chosen).expanduser().absolute() if chosen else _own_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform != "win32":
        _close_to_others(folder)
    return folder


def managed() -> Path:
    """Folder of what an administrator sets for everybody on this computer; nobody else may write there."""
    if sys.platform == "win32":  # not ProgramData, where everybody may make folders
        return Path(os.environ.get("PROGRAMFILES", r"C:\Program Files"), "hebca-helper", "managed")
    return Path("/etc/hebca-helper")


def _close_to_others(folder: Path) -> None:
    """A folder that everybody may write into (sticky, as /tmp) is no home: closing it would lock the others out."""
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise PermissionError(tr("文件夹 {path} 属于另一个用户").format(path=folder))
    if found.st_mode & stat.S_ISVTX:
        raise PermissionError(tr("文件夹 {path} 是所有用户共用的").format(path=folder))
    if found.st_mode & 0o077:
        folder.chmod(0o700)


def _own_folder() -> Path:
    import platformdirs  # costs milliseconds of every start with a chosen home

    return Path(platformdirs.user_data_dir("hebca-helper", False))
