"""Announcements of practice services: believed as long as the process that wrote them lives and is ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hebca_helper.practice.announcement import CA, HALL, AnnouncedOrigins, announce, withdraw

ORIGIN = "http://localhost:17280"


@pytest.fixture(params=[HALL, CA])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _written(home: Path, name: str, process: object, origins: object = (ORIGIN,)) -> AnnouncedOrigins:
    (home / "practice").mkdir(exist_ok=True)
    content = {"origins": list(origins) if isinstance(origins, tuple) else origins, "pid": process}
    (home / "practice" / name).write_text(json.dumps(content))
    return AnnouncedOrigins(home, name)


def test_a_running_service_is_believed_until_it_takes_its_word_back(home: Path, name: str) -> None:
    announced = AnnouncedOrigins(home, name)
    assert announced() == frozenset()
    announce(home, name, ORIGIN)
    assert announced() == {ORIGIN}
    withdraw(home, name, ORIGIN)
    assert announced() == frozenset()


def test_one_service_does_not_take_back_the_word_of_another(home: Path, name: str) -> None:
    announce(home, name, ORIGIN)
    withdraw(home, name, "http://localhost:1")
    assert AnnouncedOrigins(home, name)() == {ORIGIN}


def test_a_killed_service_is_not_believed_any_more(home: Path, name: str) -> None:
    """Its file stays; another program may get its port."""
    script = f"""
import sys, time
from pathlib import Path
from hebca_helper.practice.announcement import announce
announce(Path({str(home)!r}), {name!r}, {ORIGIN!r})
print("announced", flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as service:
        assert service.stdout is not None
        assert service.stdout.readline() == b"announced\n"
        announced = AnnouncedOrigins(home, name)
        assert announced() == {ORIGIN}
        service.kill()
        service.wait(60)
    assert (home / "practice" / name).exists()
    assert announced() == frozenset()
    assert AnnouncedOrigins(home, name)() == frozenset()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="another user's process is needed")
def test_the_process_of_another_user_is_not_ours(home: Path, name: str) -> None:
    """The number of a process that is gone is given away again."""
    with subprocess.Popen(["sleep", "600"], user="nobody") as stranger:
        try:
            assert _written(home, name, stranger.pid)() == frozenset()
        finally:
            stranger.kill()


@pytest.mark.parametrize("process", [0, -1, 2**40, None, "1", [], True])
def test_what_is_no_process_is_not_believed(home: Path, name: str, process: object) -> None:
    assert _written(home, name, process)() == frozenset()


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"pid": 1}', '{"origins": ["http://localhost:1"]}'])
def test_a_damaged_announcement_is_none(home: Path, name: str, content: str) -> None:
    (home / "practice").mkdir()
    (home / "practice" / name).write_text(content)
    assert AnnouncedOrigins(home, name)() == frozenset()


def test_origins_that_are_no_list_are_none(home: Path, name: str) -> None:
    assert _written(home, name, os.getpid(), ORIGIN)() == frozenset()
