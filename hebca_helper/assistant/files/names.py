"""Paths that a page names, judged by their letters alone, before anything is touched (house rule 7). Security core."""

from __future__ import annotations

import ntpath
import posixpath
import re

from hebca_helper.errors import Code, HelperError

LONGEST_PATH = 4096
_SPECIAL_FOLDERS = ("/dev", "/proc", "/sys", "/run")
"""Where POSIX systems keep what are no files."""
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?:[. ].*)?", re.IGNORECASE)
"""Windows takes these for devices, whatever follows the dot and in every folder."""
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')
"""Control and invisible characters, and what Windows forbids or gives a meaning (streams, patterns)."""
_POSIX_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def require_plain_path(text: str, *, windows: bool) -> None:
    """HelperError(BAD_REQUEST) unless it is an absolute path of an ordinary local file, written without detours."""
    plain = _is_plain_on_windows(text) if windows else _is_plain_on_posix(text)
    if not plain or len(text) > LONGEST_PATH:
        raise HelperError(Code.BAD_REQUEST)


def _is_plain_on_posix(text: str) -> bool:
    if not text.startswith("/") or _POSIX_FORBIDDEN.search(text) or posixpath.normpath(text) != text:
        return False
    special = any(text == folder or text.startswith(folder + "/") for folder in _SPECIAL_FOLDERS)
    return text != "/" and not text.startswith("//") and not special


def _is_plain_on_windows(text: str) -> bool:
    r"""No `\\server\share`, `\\?\` or `\\.\`; no stream; no device; no name that Windows would quietly shorten."""
    rest = text[3:]
    if not _DRIVE.match(text) or _FORBIDDEN.search(rest) or not rest:
        return False
    names = rest.replace("/", "\\").split("\\")
    if any(not name or name.endswith((" ", ".")) or _DEVICE.fullmatch(name) for name in names):
        return False
    return ntpath.normpath(text) == text.replace("/", "\\")
