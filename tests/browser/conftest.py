"""Opens a clerk's desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.browser.desk import PORT_OPTIONS, Desk, browser, free_port, running_hall, window
from tests.browser.dialogs import Dialogs
from tests.displays import VirtualDisplay
from tests.practice_homes import put_practice_usbkey


@pytest.fixture
def desk(home: Path) -> Iterator[Callable[..., Desk]]:
    """Open a desk with a practice USBKEY in a given state."""
    with ExitStack() as stack:

        def open_desk(scenario: str = "fresh") -> Desk:
            put_practice_usbkey(home, scenario)
            display = stack.enter_context(VirtualDisplay(window_manager=True, tray=True))
            ports = [free_port() for _ in PORT_OPTIONS]
            stack.enter_context(window(display, ports))
            hall = stack.enter_context(running_hall(ports))
            page = stack.enter_context(browser(display))
            return Desk(home, hall, page, Dialogs(display), f"ws://localhost:{ports[0]}/test")

        yield open_desk
