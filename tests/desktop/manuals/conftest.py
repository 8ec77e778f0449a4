"""The desk that a manual's clerk sits down at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from hebca_helper.desktop.link import Link
from tests.desktop.desk import NotingChrome, open_desk
from tests.desktop.manuals.clerk import Clerk, SitDown
from tests.desktop.person import Person
from tests.practice_homes import put_practice_usbkey


@pytest.fixture
def sit_down(
    person: Person, link: Link, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SitDown]:
    """The keys of a practice USBKEY of a scenario, in a token that counts as a real one."""
    with ExitStack() as stack:

        def open_it(scenario: str = "fresh", **settings: Any) -> Clerk:
            drawer = tmp_path / "drawer"
            drawer.mkdir()
            put_practice_usbkey(drawer, scenario)
            monkeypatch.setenv("SOFTHSM2_CONF", str(drawer / "practice" / "softhsm2.conf"))
            chrome = NotingChrome(tmp_path, monkeypatch.setenv)
            desk = stack.enter_context(open_desk(person, link, home, None, **settings))
            assert not any(token.practice for token in desk.window.state.tokens)
            return Clerk(desk, chrome, stack.enter_context(ExitStack()))

        yield open_it
