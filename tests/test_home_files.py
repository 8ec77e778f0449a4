"""The home's files when they are damaged, withheld, or the disk is full: told in words, nothing lost, never in the way."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hebca_helper.assistant.journal.book import FILE_NAME as JOURNAL
from hebca_helper.assistant.journal.book import Journal, JournalEntry
from hebca_helper.errors import Code, HelperError
from hebca_helper.files import of, of_file
from hebca_helper.places import HOME_VARIABLE
from hebca_helper.settings import FILE_NAME as SETTINGS
from hebca_helper.settings import load, save

ROW = JournalEntry("2026-11-21T00:00:00.000+00:00", "window", "", "sign")


def mount(*words: str) -> None:
    if subprocess.run(["mount", *words], capture_output=True).returncode != 0:
        pytest.skip("nothing can be mounted here")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 512 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=512k,mode=700", "tmpfs", str(folder))
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    with (folder / "filling").open("wb", buffering=0) as filling, pytest.raises(OSError, match="No space"):
        while True:
            filling.write(bytes(4096))


def read_only(folder: Path) -> None:
    mount("-o", "remount,ro", str(folder))


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, HOME_VARIABLE: str(home)}
    command = [sys.executable, "-m", "hebca_helper", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)


def test_a_full_disk_costs_the_row_that_is_written_and_none_before(small_disk: Path) -> None:
    journal = Journal(small_disk)
    for _ in range(10):
        journal.write(ROW)
    fill(small_disk)
    with pytest.raises(HelperError) as full:
        for _ in range(5000):
            journal.write(ROW)
    assert (full.value.code, "磁盘空间不足" in full.value.detail) == (Code.DISK_FULL, True)
    kept = journal.count()
    assert kept >= 10
    journal.close()
    again = Journal(small_disk)
    assert (again.count(), again.damaged) == (kept, None)
    again.close()


def test_a_sound_journal_is_not_set_aside_for_the_disk_s_sake(small_disk: Path) -> None:
    journal = Journal(small_disk)
    journal.write(ROW)
    journal.close()
    before = (small_disk / JOURNAL).read_bytes()
    for make_it, code in ((fill, Code.DISK_FULL), (read_only, Code.FILE_UNREADABLE)):
        make_it(small_disk)
        try:
            Journal(small_disk).close()
        except HelperError as told:
            assert told.code is code
        assert (small_disk / JOURNAL).read_bytes() == before
        assert not list(small_disk.glob("*.damaged-*"))


def test_settings_that_find_no_room_stay_as_they_were(small_disk: Path) -> None:
    (small_disk / SETTINGS).write_text("seal_port = 0\n")
    fill(small_disk)
    settings, _ = load(small_disk)
    with pytest.raises(OSError, match="No space"):
        save(small_disk, settings)
    assert (small_disk / SETTINGS).read_text() == "seal_port = 0\n"
    assert len(list(small_disk.iterdir())) == 2


def test_fault_finding_names_the_full_disk(small_disk: Path) -> None:
    fill(small_disk)
    told = run(small_disk, "doctor")
    assert told.returncode == 1
    assert f"磁盘空间不足，记录和设置可能无法保存 [{Code.DISK_FULL}]" in told.stdout
    assert "Traceback" not in told.stderr + told.stdout


@pytest.mark.parametrize(
    "words", [("tokens",), ("practice", "init"), ("doctor",), ("trust", "install"), ("certificates",)]
)
@pytest.mark.parametrize("make_it", [fill, read_only])
def test_no_command_ends_in_a_traceback(
    small_disk: Path, words: tuple[str, ...], make_it: Callable[[Path], None]
) -> None:
    make_it(small_disk)
    told = run(small_disk, *words)
    assert told.returncode in (0, 1)
    assert "Traceback" not in told.stderr + told.stdout
    assert "磁盘" in told.stderr + told.stdout


DAMAGES = ["\udcff\udcfe", "oops", "a = " + "[" * 100_000, "origins = 7\nportal = 7\nseal_port = 'x'\n"]


@pytest.mark.parametrize("damage", DAMAGES, ids=["no UTF-8", "no TOML", "too deep", "of wrong types"])
@pytest.mark.parametrize("name", [SETTINGS, "origins.toml", "links.toml"])
def test_a_damaged_table_is_told_by_its_name_and_kept(home: Path, name: str, damage: str) -> None:
    content = damage.encode("utf-8", "surrogateescape")
    (home / name).write_bytes(content)
    told = run(home, "tokens")
    assert told.returncode == 0
    assert "Traceback" not in told.stderr
    if name != "links.toml":  # read by the window
        assert f"{name}" in told.stderr and f"[{Code.SETTINGS_DAMAGED}]" in told.stderr
        [aside] = home.glob(f"{name}.damaged-*")
        assert aside.read_bytes() == content


@pytest.mark.parametrize("name", [SETTINGS, "origins.toml"])
def test_a_table_that_is_a_folder_is_told_and_kept(home: Path, name: str) -> None:
    (home / name).mkdir()
    told = run(home, "tokens")
    assert told.returncode == 0
    assert "这是文件夹" in told.stderr
    assert [each.is_dir() for each in home.glob(f"{name}.damaged-*")] == [True]


def test_a_damaged_journal_is_told_as_the_journal(home: Path) -> None:
    (home / JOURNAL).write_bytes(b"no database at all" * 100)
    told = run(home, "tokens")
    assert told.returncode == 0
    assert f"[{Code.JOURNAL_DAMAGED}]" in told.stderr
    assert "设置" not in told.stderr


@pytest.mark.parametrize("name", ["a b", "50%", "张三", "#1", "a=b", "new\nline", "q?&"])
def test_a_home_of_any_name(tmp_path: Path, name: str) -> None:
    home = tmp_path / name / "home"
    for words in (("tokens",), ("practice", "init")):
        told = run(home, *words)
        assert "Traceback" not in told.stderr
        if told.returncode:
            assert words == ("practice", "init") and any(
                sign in told.stderr for sign in ("中有 #", "中有 =", "中有 换行")
            )
            assert len(told.stderr.splitlines()) == 1


def test_whatever_fails_is_a_row_of_the_table() -> None:
    assert of(OSError(28, "No space left on device", "x")).code is Code.DISK_FULL
    assert of_file(FileNotFoundError(2, "No such file", "/a/b")).detail == "/a/b: 文件或文件夹不存在"
    assert of(sqlite3.OperationalError("x")).code is Code.EXECUTION_FAILED
    problem = HelperError(Code.PIN_LOCKED)
    assert of(problem) is problem
