"""One palette for two looks, which change while the program runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from hebca_helper.desktop.look import theme
from hebca_helper.desktop.look.theme import Theme, colours, style_sheet
from hebca_helper.places import shipped
from tests.desktop.gallery.layout import LEAST_CONTRAST, contrast
from tests.displays import VirtualDisplay

pytestmark = pytest.mark.desktop

ROOT = Path(__file__).resolve().parents[2]
GROUNDS = ("ground", "ground-side", "ground-soft", "ground-hover")
TEXTS = ("text", "title", "text-soft", "muted", "link", "brand", "red", "good", "amber")
PAIRS = (
    [(text, ground) for text in TEXTS for ground in GROUNDS]
    + [("on-accent", "accent"), ("on-accent", "accent-hover"), ("on-accent", "accent-pressed"), ("on-accent", "toast")]
    + [("good", "good-ground"), ("amber", "amber-ground"), ("red", "red-ground"), ("practice", "practice-ground")]
    + [("amber", "amber-tell"), ("red", "red-tell"), ("text", "tell-ground"), ("brand", "brand-ground")]
    + [("text-soft", "grey-ground"), ("brand", "selected"), ("text", "menu-hover"), ("text", "checked")]
)


@pytest.fixture
def looks(application: QApplication) -> Iterator[Theme]:
    """The application's own, light again afterwards."""
    found = application.findChild(Theme)
    assert isinstance(found, Theme)
    yield found
    found.use("light", 100)


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_can_be_read_on_every_ground_it_may_stand_on(dark: bool) -> None:
    named = {name: int(value[1:], 16) for name, value in colours(dark).items()}
    weak = {pair: contrast(named[pair[0]], named[pair[1]]) for pair in PAIRS}
    assert {pair: found for pair, found in weak.items() if found < LEAST_CONTRAST} == {}


def test_both_looks_have_every_colour_and_nothing_else_names_one() -> None:
    assert colours(True).keys() == colours(False).keys()
    literal = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b|\brgba?\(")
    assert not literal.search(shipped("resources", "style.qss").read_text("utf-8"))
    sources = shipped("resources").parent.joinpath("hebca_helper", "desktop").rglob("*.py")
    assert [path.name for path in sources if re.search(r"""["']#[0-9a-fA-F]{3,8}["']""", path.read_text("utf-8"))] == []


def test_icons_use_colours_that_the_dark_look_can_replace() -> None:
    plain = {"#fff", "#ffffff", "#000", "#12699e"}  # the product's own mark, and ticks on a coloured ground
    allowed = theme._tables()["icons"].keys() | plain
    for path in shipped("resources", "icons").glob("*.svg"):
        if not path.name.startswith("assistant"):
            used = set(re.findall(r"#[0-9a-f]{3,6}\b", path.read_text("utf-8")))
            assert used <= allowed, path.name


def test_a_style_sheet_has_no_name_left_and_its_texts_grow() -> None:
    sheet = style_sheet(dark=True, percent=150)
    assert "@" not in sheet
    assert "font-size: 15.75pt" in sheet
    assert sheet.count("8px") == style_sheet(dark=True, percent=100).count("8px")


def test_windows_that_are_open_change_with_the_look_of_the_desktop() -> None:
    """On a desktop that has looks, which a bare display has not."""
    with VirtualDisplay(session_bus=True) as display:
        environment = display.environment(XDG_CURRENT_DESKTOP="GNOME")
        command = [sys.executable, "-m", "tests.desktop.following_look"]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    light, dark = colours(False)["ground"], colours(True)["ground"]
    assert json.loads(done.stdout) == {
        "system, light desktop": light,
        "system, dark desktop": dark,
        "system, light again": light,
        "light, dark desktop": light,
        "dark, light desktop": dark,
    }


def test_a_chosen_size_holds_for_every_window(looks: Theme, application: QApplication) -> None:
    looks.use("dark", 130)
    assert looks.dark
    assert "font-size: 13.65pt" in application.styleSheet()
