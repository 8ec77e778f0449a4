"""A missing system library or font, named in one readable line, before Qt can abort the process over it. No Qt in here."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr


@dataclass(frozen=True, slots=True)
class Library:
    """`name` as the dynamic linker knows it, `package` as Debian 12 calls it."""

    name: str
    package: str


# What QtGui is linked with on Linux (PySide6-Essentials 6.12, `ldd`).
ALWAYS = (
    Library("libEGL.so.1", "libegl1"),
    Library("libGL.so.1", "libgl1"),
    Library("libfontconfig.so.1", "libfontconfig1"),
    Library("libdbus-1.so.3", "libdbus-1-3"),
    Library("libglib-2.0.so.0", "libglib2.0-0"),
    Library("libxkbcommon.so.0", "libxkbcommon0"),
)
# What its platform plugin for X11 is linked with (`ldd libqxcb.so`).
X11 = (
    Library("libxcb-cursor.so.0", "libxcb-cursor0"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4"),
    Library("libxcb-image.so.0", "libxcb-image0"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0"),
    Library("libxcb-shape.so.0", "libxcb-shape0"),
)
CHINESE_FONT = Library("中文字体", "fonts-wqy-microhei")


_WITHOUT_SERVER = frozenset({"offscreen", "minimal", "minimalegl", "vnc", "linuxfb", "eglfs", "vkkhrdisplay"})
"""Qt's platforms that show a window, or pretend to, without one."""


def has_display(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody says where a window can be shown."""
    if sys.platform != "linux":
        return True
    named = any(each in _WITHOUT_SERVER for each in _platforms(environment))
    return named or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def display_answers(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a window can be shown there: what a session before left in the environment would have Qt abort."""
    if sys.platform != "linux":
        return True
    platforms = _platforms(environment)
    if any(each in _WITHOUT_SERVER for each in platforms):
        return True
    ways = [way for name, way in _WAYS.items() if not platforms or name in platforms]
    return any(way(environment) for way in ways)


def _platforms(environment: Mapping[str, str]) -> list[str]:
    """Qt's platforms that the person names, in the order in which it tries them; empty for its own choice."""
    named = environment.get("QT_QPA_PLATFORM", "").split(";")
    return [name for each in named if (name := each.partition(":")[0])]


def _x11(environment: Mapping[str, str]) -> bool:
    """As Qt's plugin connects, cookie (XAUTHORITY) included. Where libxcb is missing, that is what has to be told."""
    name = environment.get("DISPLAY", "")
    if not name:
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(os.fsencode(name), None))
    refused = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused


def _wayland(environment: Mapping[str, str]) -> bool:
    """The socket as libwayland looks for it (wl_display_connect)."""
    name = environment.get("WAYLAND_DISPLAY", "")
    if not name:
        return False
    try:
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(_PATIENCE)
            caller.connect(str(Path(environment.get("XDG_RUNTIME_DIR", ""), name)))
    except OSError:
        return False
    return True


_WAYS = {"xcb": _x11, "wayland": _wayland, "wayland-egl": _wayland}
_PATIENCE = 5.0
"""Seconds."""


def problem(
    environment: Mapping[str, str] = os.environ,
    loads: Callable[[str], bool] | None = None,
    has_font: Callable[[], bool] | None = None,
) -> HelperError | None:
    """SYSTEM_LIBRARY_MISSING naming each missing library with its Debian package, or None when a window can be shown."""
    if sys.platform != "linux":
        return None
    lacking = missing(environment, loads)
    if not lacking and not (has_font or has_chinese_font)():
        lacking = [CHINESE_FONT]
    return HelperError(Code.SYSTEM_LIBRARY_MISSING, _line(lacking)) if lacking else None


def missing(environment: Mapping[str, str], loads: Callable[[str], bool] | None = None) -> list[Library]:
    """Libraries of Linux that a window needs and that do not load."""
    return [library for library in _needed(environment) if not (loads or _loads)(library.name)]


def _line(missing: Iterable[Library]) -> str:
    names = list(missing)
    packages = " ".join(dict.fromkeys(library.package for library in names))
    told = tr("、").join(library.name for library in names)
    return tr("{libraries}；{command}").format(libraries=told, command=f"apt-get install {packages}")


def _needed(environment: Mapping[str, str]) -> tuple[Library, ...]:
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    x11 = bool(environment.get("DISPLAY")) and platform in {"", "xcb"}
    return ALWAYS + X11 if x11 else ALWAYS


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_chinese_font() -> bool:
    """Asks fontconfig, which Qt loads anyway: its configuration is read once for both (fontconfig developer's guide)."""
    fontconfig = ctypes.CDLL("libfontconfig.so.1")
    for function in ("FcNameParse", "FcObjectSetCreate", "FcFontList"):
        getattr(fontconfig, function).restype = ctypes.c_void_p
    if not fontconfig.FcInit():
        return False
    pattern, names = fontconfig.FcNameParse(b":lang=zh-cn"), fontconfig.FcObjectSetCreate()
    fonts = fontconfig.FcFontList(None, ctypes.c_void_p(pattern), ctypes.c_void_p(names))
    found = bool(fonts) and ctypes.c_int.from_address(fonts).value > 0  # FcFontSet begins with int nfont
    fontconfig.FcFontSetDestroy(ctypes.c_void_p(fonts))
    fontconfig.FcObjectSetDestroy(ctypes.c_void_p(names))
    fontconfig.FcPatternDestroy(ctypes.c_void_p(pattern))
    return found
