"""Targets that are written beside and renamed, on disks as people have them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hebca_helper.assistant.files.pair import Source, Target, Write
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


def test_another_file_under_the_name_is_not_the_one_that_was_confirmed(tmp_path: Path) -> None:
    path = tmp_path / "名册.pdf"
    path.write_bytes(b"confirmed")
    target = Target(str(path))
    path.rename(tmp_path / "kept.pdf")
    path.write_bytes(b"another")
    with pytest.raises(HelperError):
        target.write(filling(b"ours"))
    target.close()
    assert sorted(held(tmp_path)) == [("kept.pdf", b"confirmed"), ("名册.pdf", b"another")]


def test_a_file_that_was_to_be_replaced_and_went_is_not_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "名册.pdf"
    path.write_bytes(b"confirmed")
    target = Target(str(path))
    path.unlink()
    with pytest.raises(HelperError):
        target.write(filling(b"ours"))
    target.close()
    assert held(tmp_path) == []


def test_the_longest_name_a_disk_takes_is_written(tmp_path: Path) -> None:
    name = "名" * 83 + ".pdf"  # 253 octets of 255
    write(tmp_path / name, b"x")
    assert held(tmp_path) == [(name, b"x")]
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for take in (Source, Target):
        with pytest.raises(HelperError) as refused:
            take(str(pipe))
        assert refused.value.code is Code.FILE_UNREADABLE


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="a folder that only Linux has")
def test_a_folder_that_leads_to_the_systems_own_is_judged_by_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/proc/self")
    with pytest.raises(HelperError) as refused:
        Source(str(tmp_path / "link" / "status"))
    assert refused.value.code is Code.BAD_REQUEST
    (tmp_path / "shm").symlink_to("/dev/shm")
    with pytest.raises(HelperError) as refused:
        Target(str(tmp_path / "shm" / "a.pdf"))
    assert refused.value.code is Code.BAD_REQUEST


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL, errno.EMLINK])
def test_whatever_a_disk_says_for_no_links_the_file_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def without(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", without)
    write(tmp_path / "a.pdf", b"x")
    assert held(tmp_path) == [("a.pdf", b"x")]


def test_another_failure_of_linking_is_told_and_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(HelperError) as refused:
        write(tmp_path / "a.pdf", b"x")
    assert "磁盘空间不足" in refused.value.detail
    assert held(tmp_path) == []
