"""Targets that are written beside and renamed, on disks as people have them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hebca_helper.assistant.file_pair import Source, Target, Write
from hebca_helper.errors import Code, HelperError


def filling(data: bytes) -> Callable[[Write], None]:
    def fill(put: Write) -> None:
        put(data)

    return fill


def held(folder: Path) -> list[tuple[str, bytes]]:
    return [(each.name, each.read_bytes()) for each in folder.iterdir() if each.is_file()]


def write(path: Path, data: bytes) -> None:
    target = Target(str(path))
    try:
        target.write(filling(data))
    finally:
        target.close()


def no_links(*_: object, **__: object) -> None:
    """As a memory stick with FAT answers."""
    raise PermissionError(errno.EPERM, "Operation not permitted")


def test_a_disk_without_links_takes_the_file_and_nothing_is_left_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", no_links)
    write(tmp_path / "名册.pdf", b"first")
    write(tmp_path / "名册.pdf", b"second")
    assert held(tmp_path) == [("名册.pdf", b"second")]


def test_what_took_the_name_meanwhile_is_kept_there_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "名册.pdf"
    target = Target(str(path))
    path.write_bytes(b"somebody else's")
    with pytest.raises(HelperError):
        target.write(filling(b"ours"))
    target.close()
    assert held(tmp_path) == [("名册.pdf", b"somebody else's")]


@pytest.mark.parametrize(("number", "told"), [(errno.ENOSPC, "磁盘空间不足"), (errno.EROFS, "不能写入")])
def test_what_is_wrong_with_a_disk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HelperError) as caught:
        write(tmp_path / "a.pdf", b"x")
    assert caught.value.code is Code.FILE_UNREADABLE
    assert told in caught.value.detail
    assert held(tmp_path) == []


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(HelperError) as caught:
        Source(str(tmp_path / "none.pdf"))
    assert "不存在" in caught.value.detail
