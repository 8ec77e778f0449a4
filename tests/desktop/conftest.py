"""Real windows on a display of our own, with a window manager and a tray; a loop in a thread as the program has it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication

from hebca_helper.assistant.person.prompts import Notice
from hebca_helper.desktop.application import make_application, speak
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.icons import drawn, icon
from hebca_helper.desktop.prompts import QtPrompts
from tests.desktop.person import LoopThread, Person
from tests.desktop.questions import Office, make_office
from tests.displays import VirtualDisplay


@pytest.fixture(scope="session")
def display() -> Iterator[VirtualDisplay]:
    with VirtualDisplay(window_manager=True, tray=True) as running:
        yield running


@pytest.fixture(scope="session")
def application(display: VirtualDisplay) -> Iterator[QApplication]:
    """Ends before its display does: Qt ends the process when that is gone."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in display.environment().items():
            patch.setitem(os.environ, name, value)
        made = make_application()
        speak(made)
        yield made
        icon.cache_clear()
        drawn.cache_clear()
        shiboken6.delete(made)


@pytest.fixture
def person(application: QApplication) -> Iterator[Person]:
    yield Person()
    for window in application.topLevelWidgets():
        if shiboken6.isValid(window) and window.parent() is None:
            window.hide()
            window.deleteLater()
    application.sendPostedEvents(None, 0)
    application.processEvents()


@pytest.fixture
def background() -> Iterator[LoopThread]:
    made = LoopThread()
    yield made
    made.close()


@pytest.fixture
def link(application: QApplication) -> Iterator[Link]:
    made = Link()
    yield made
    made.close()


@pytest.fixture
def notices() -> list[Notice]:
    return []


@pytest.fixture
def prompts(link: Link, notices: list[Notice]) -> QtPrompts:
    return QtPrompts(link, notices.append)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return make_office(Path(tmp_path_factory.mktemp("office")))
