"""The log that a help desk gets: small, private, without libraries' lines and without secrets."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hebca_helper import log_file
from hebca_helper.checks.report import Report, support_file


@pytest.fixture
def handler(home: Path) -> Iterator[log_file.LogFile]:
    made = log_file.start(home, "info")
    yield made
    log_file.stop(made)
    logging.getLogger("hebca_helper").setLevel(logging.NOTSET)


def test_only_our_lines_of_the_level_are_written_for_the_owner_alone(handler: log_file.LogFile) -> None:
    logging.getLogger("hebca_helper.tests").info("seen")
    logging.getLogger("hebca_helper.tests").debug("not seen")
    logging.getLogger("elsewhere").error("not ours")
    log_file.use_level("debug")
    logging.getLogger("hebca_helper.tests").debug("seen too")
    lines = handler.path.read_text().splitlines()
    assert [line.partition(": ")[2] for line in lines[-2:]] == ["seen", "seen too"]
    assert "not" not in "".join(lines[-2:])
    assert handler.path.stat().st_mode & 0o077 == 0


def test_two_files_at_most_are_kept_and_packed(home: Path, handler: log_file.LogFile) -> None:
    handler.maxBytes = 200
    for number in range(20):
        logging.getLogger("hebca_helper.tests").info("line %d in %s", number, Path.home())
    assert [path.stat().st_size <= 200 for path in log_file.files(home)] == [True, True]
    packed = zipfile.ZipFile(io.BytesIO(support_file(Report([], [], datetime.now(UTC)), home)))
    assert packed.namelist() == ["doctor.txt", "doctor.json", "hebca-helper.log.1", "hebca-helper.log"]
    assert "line 19 in ~" in packed.read("hebca-helper.log").decode()


def test_a_full_disk_costs_the_line_only(handler: log_file.LogFile) -> None:
    handler.baseFilename = str(handler.path / "no" / "folder")
    logging.getLogger("hebca_helper.tests").info("lost")
