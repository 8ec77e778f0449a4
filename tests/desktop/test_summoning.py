"""A second start, `show PAGE` and p11 links: what they may say to the running window, and what comes of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from hebca_helper.desktop.pages.places import later_pages
from hebca_helper.desktop.presence.single_instance import RAISE_SECONDS, SingleInstance, wanted_page
from hebca_helper.pages import PageName
from tests.desktop.person import Person
from tests.desktop.test_attention import Clock

pytestmark = pytest.mark.desktop


class Running:
    """The first start, and what was asked of it."""

    def __init__(self, home: Path) -> None:
        self.clock = Clock()
        self.asked: list[str] = []
        self.first = SingleInstance(home, self.clock)
        assert self.first.claim()
        self.first.listen(self.asked.append)


@pytest.fixture
def running(application: QApplication, home: Path) -> Iterator[Running]:
    made = Running(home)
    yield made
    made.first.close()


def start_again(person: Person, home: Path, page: str = "") -> bool:
    """Another process's part, in a thread: the window's thread answers."""
    with ThreadPoolExecutor(1) as thread:
        return person.result(thread.submit(SingleInstance(home).raise_first, page))


def test_show_leads_to_the_page_each_time(running: Running, person: Person, home: Path) -> None:
    for page in ("seals", "seals", "diagnosis"):
        assert start_again(person, home, page)
    assert running.asked == ["seals", "seals", "diagnosis"]


def test_links_in_a_loop_raise_it_once_in_three_seconds(running: Running, person: Person, home: Path) -> None:
    """Old pages follow p11: links again and again while they are refused."""
    for _ in range(5):
        assert start_again(person, home)
        running.clock.seconds += 0.5
    assert running.asked == [""]
    running.clock.seconds += RAISE_SECONDS
    assert start_again(person, home)
    assert running.asked == ["", ""]


@pytest.mark.parametrize(
    "said", [b"show ../../etc\n", b"run\n", b"show seals; rm\n", b"x" * 5000, b"\n", b"SHOW seals\n"]
)
def test_words_it_does_not_know_do_nothing(running: Running, person: Person, said: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as caller, ThreadPoolExecutor(1) as thread:
        caller.connect(running.first._address)
        caller.sendall(said)
        assert person.result(thread.submit(caller.recv, 10)) == b"ok\n"
    assert running.asked == []


def test_every_page_of_the_window_can_be_shown_by_its_name() -> None:
    names = {place.name for place in later_pages()} | {"links"}
    assert names <= set(PageName)
    for name in PageName:
        assert wanted_page(f"show {name}\n".encode()) == name
