"""Quitting with a USBKEY still in the computer: one word about it, and nobody has to answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget

from hebca_helper.desktop.link import Link
from hebca_helper.desktop.presence.leaving import LeavingBox
from hebca_helper.desktop.token_state import TokenState
from tests.desktop.person import Person
from tests.desktop.questions import TOKEN

pytestmark = pytest.mark.desktop


@pytest.fixture
def state(link: Link) -> TokenState:
    made = TokenState(link)
    made.tokens, made.known = [TOKEN], True
    return made


@pytest.fixture
def left() -> list[str]:
    return []


@pytest.fixture
def box(person: Person, state: TokenState, left: list[str]) -> Iterator[LeavingBox]:
    parent = QWidget()
    made = LeavingBox(parent, state, lambda: left.append("left"))
    made.open()
    yield person.window(LeavingBox)
    parent.deleteLater()


def test_it_says_what_to_do_and_leaves_at_a_click(box: LeavingBox, person: Person, left: list[str]) -> None:
    assert "拔下 USBKEY" in box.informativeText()
    person.click(box, "leaveNowButton")
    assert left == ["left"]


def test_pulling_it_out_is_the_answer(box: LeavingBox, state: TokenState, left: list[str]) -> None:
    state.changed.emit()
    assert left == []
    state.tokens = []
    state.changed.emit()
    assert left == ["left"]
    assert not box.isVisible()
