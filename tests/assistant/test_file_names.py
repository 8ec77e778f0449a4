"""Paths are judged by their letters before anything is touched."""

from __future__ import annotations

import pytest

from hebca_helper.assistant.files.names import LONGEST_PATH, require_plain_path
from hebca_helper.errors import Code, HelperError


def is_plain(path: str, *, windows: bool) -> bool:
    try:
        require_plain_path(path, windows=windows)
    except HelperError as refusal:
        assert refusal.code is Code.BAD_REQUEST
        return False
    return True


@pytest.mark.parametrize("path", ["/home/li/申报表.pdf", "/tmp/a b", "/home/li/CON", "/device/x", "/home/li/a:b"])
def test_ordinary_files(path: str) -> None:
    assert is_plain(path, windows=False)


@pytest.mark.parametrize(
    "path",
    [
        "", "a", "./a", "~/a", "/", "//server/share/a", "/tmp/../etc/passwd", "/tmp/./a", "/tmp//a", "/tmp/a/",
        "/dev/sda", "/dev", "/proc/self/mem", "/sys/x", "/run/x", "/tmp/a\0b", "/tmp/a\nb", "/tmp/a\u202eb",
        "/tmp/\u200ba", "file:///tmp/a", "C:\\a", "/" + "a" * LONGEST_PATH,
    ],
)  # fmt: skip
def test_everything_else_on_posix(path: str) -> None:
    assert not is_plain(path, windows=False)


@pytest.mark.parametrize("path", ["C:\\数据\\申报表.pdf", "d:/data/a.txt", "C:\\a\\console.txt", "C:\\a\\COMET1"])
def test_ordinary_files_on_windows(path: str) -> None:
    assert is_plain(path, windows=True)


@pytest.mark.parametrize(
    "path",
    [
        "", "C:", "C:\\", "C:a", "a", "\\a", "/tmp/a", "\\\\server\\share\\a", "//server/share/a", "\\\\?\\C:\\a",
        "\\\\.\\PhysicalDrive0", "C:\\a:stream", "C:\\CON", "C:\\a\\nul.txt", "C:\\com1", "C:\\COM¹.x", "C:\\a\\LPT9 .b",
        "C:\\a\\..\\b", "C:\\a\\.\\b", "C:\\a\\\\b", "C:\\a.", "C:\\a ", "C:\\a*", "C:\\a?", "C:\\a\0", "C:\\a\u202eb",
        "C:\\a\\conout$",
    ],
)  # fmt: skip
def test_everything_else_on_windows(path: str) -> None:
    assert not is_plain(path, windows=True)
