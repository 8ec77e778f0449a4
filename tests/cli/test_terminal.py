"""Terminals that cannot show every character, and readers that go away: no traceback, and JSON stays JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from hebca_helper.cli.terminal import FAILED

SEAL = Path(__file__).parents[1] / "data" / "seals" / "ofdrw-UserV4.esl"


def checked(encoding: str, *arguments: str) -> tuple[bytes, bytes]:
    command = [sys.executable, "-m", "hebca_helper", "check", str(SEAL), *arguments]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}, timeout=100)
    assert done.returncode == FAILED, "its time is over"
    return done.stdout, done.stderr


def test_json_in_any_encoding(home: Path) -> None:
    for encoding in ("ascii", "gbk"):
        written, problems = checked(encoding, "--json")
        assert json.loads(written.decode(encoding))["seal"]["name"] == "OFD R&W 测试用印章"
        assert problems == b""
    assert "印章已过有效期" in checked("gbk")[0].decode("gbk")


COMMANDS = [
    ("check", str(SEAL)),
    ("check", *[str(SEAL)] * 80),
    ("tokens",),
    ("certificates", "--json"),
    ("doctor", "--json"),
    ("tokens", "--help"),
    ("--version",),
]


def buffered() -> dict[str, str]:
    """As clerks have it: output that waits to be written until the end."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONUNBUFFERED", "DISPLAY")}


def started(output: int | IO[bytes], errors: int, arguments: tuple[str, ...]) -> tuple[int, bytes]:
    """Exit status and what stood on standard error, if that is a pipe of our own."""
    command = [sys.executable, "-m", "hebca_helper", *arguments]
    done = subprocess.run(command, stdout=output, stderr=errors, env=buffered(), timeout=100)
    return done.returncode, done.stderr or b""


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda words: f"{words[0]} {len(words)}")
def test_a_reader_that_goes_away(home: Path, arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as broken:
        assert started(broken, subprocess.PIPE, arguments) == (1, b"")
        assert started(broken, subprocess.STDOUT, arguments)[0] == 1


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda words: f"{words[0]} {len(words)}")
def test_a_disk_without_room(home: Path, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        status, told = started(full, subprocess.PIPE, arguments)
    assert status == 1
    assert len(told.splitlines()) == 1
    assert b"[file-unreadable]" in told
