"""Two hundred certificates: the first are there at once, the others when the person gets near them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFrame, QScrollArea

from hebca_helper.desktop.link import Link
from hebca_helper.desktop.window import MainWindow
from hebca_helper.portals import catalogue
from tests.benchmarks.bench_pages import plug_many
from tests.desktop.person import Person

pytestmark = pytest.mark.desktop


def test_cards_come_as_the_person_scrolls(person: Person, link: Link, tmp_path: Path) -> None:
    window = MainWindow(link, catalogue.load(), lambda: True)
    window.show()
    person.window(MainWindow)
    person.click(window, "certificatesButton")
    plug_many(window, tmp_path, 40)
    page = window._pages["certificates"]

    def cards() -> int:
        return len(page.findChildren(QFrame, "card"))

    def more_than(count: int) -> bool:
        return cards() > count

    at_first = cards()
    assert 0 < at_first < 20
    bar = person.find(page, QScrollArea, "").verticalScrollBar()
    while cards() < 40:
        before = cards()
        person.wait(lambda: bar.maximum() > bar.value())
        bar.setValue(bar.maximum())
        person.wait(partial(more_than, before))
    assert cards() == 40
