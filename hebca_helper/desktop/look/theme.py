"""The look of the program: colours by name from `resources/palette.toml`, everything else from `resources/style.qss`."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from hebca_helper import tables
from hebca_helper.places import shipped

_DARK, _PERCENT = "darkLook", "textPercent"
_NAME = re.compile(r"@([a-z-]+)")
_POINTS = re.compile(r"(\d+(?:\.\d+)?)pt\b")
_ROLES = {
    QPalette.ColorRole.Window: "ground",
    QPalette.ColorRole.Base: "ground",
    QPalette.ColorRole.AlternateBase: "ground-soft",
    QPalette.ColorRole.Button: "ground",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.ToolTipBase: "toast",
    QPalette.ColorRole.ToolTipText: "on-accent",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on-accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "link",
    QPalette.ColorRole.Mid: "line-strong",
}
"""For what no line of the style sheet speaks of: file dialogs, place holders, focus frames."""


@cache
def _tables() -> dict[str, dict[str, str]]:
    return tables.read(
        shipped("resources", "palette.toml"), lambda table: {name: _words(table, name) for name in table}
    )


def _words(table: dict[str, Any], name: str) -> dict[str, str]:
    return {each: tables.word(value, f"{name}.{each}") for each, value in tables.typed(table[name], dict, name).items()}


def colours(dark: bool) -> dict[str, str]:
    """Name to #rrggbb."""
    return _tables()["dark" if dark else "light"]


def style_sheet(dark: bool, percent: int) -> str:
    """`percent` scales the sizes of texts, not the grid."""
    named = {**colours(dark), "icons": shipped("resources", "icons").as_posix()}
    text = shipped("resources", "style.qss").read_text("utf-8")
    text = _NAME.sub(lambda found: named[found[1]], text)
    return _POINTS.sub(lambda found: f"{float(found[1]) * percent / 100:g}pt", text)


def recoloured(drawing: bytes, dark: bool) -> bytes:
    """An icon's SVG for the look in use; it is drawn for the light one."""
    if not dark:
        return drawing
    named = colours(dark)
    for drawn, name in _tables()["icons"].items():
        drawing = drawing.replace(drawn.encode(), named[name].encode())
    return drawing


class Theme(QObject):
    """One for the application. With "system" it follows the desktop while the program runs."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: str = "system", percent: int = 100) -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        self._percent = percent
        self.dark = False
        application.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    def use(self, choice: str, percent: int) -> None:
        """`choice` is "system", "light" or "dark"."""
        if (choice, percent) != (self._choice, self._percent):
            self._choice, self._percent = choice, percent
            self._apply()

    def _apply(self) -> None:
        scheme = self._application.styleHints().colorScheme()
        follows = self._choice == "system"
        self.dark = scheme is Qt.ColorScheme.Dark if follows else self._choice == "dark"
        self._application.setProperty(_DARK, self.dark)
        self._application.setProperty(_PERCENT, self._percent)
        self._application.setPalette(_palette(self.dark))
        self._application.setStyleSheet(style_sheet(self.dark, self._percent))
        self.changed.emit()


def _palette(dark: bool) -> QPalette:
    named = colours(dark)
    made = QPalette()
    for role, name in _ROLES.items():
        made.setColor(role, QColor(named[name]))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(named["faint"]))
    return made


def text_scale() -> float:
    """How much larger than usual texts are; 1 before there is any look."""
    application = QApplication.instance()
    percent = application.property(_PERCENT) if application is not None else None
    return percent / 100 if isinstance(percent, int) else 1.0


def scaled(width: int) -> int:
    """A width that was measured for texts of the usual size; never narrower."""
    return round(width * max(text_scale(), 1.0))


def is_dark() -> bool:
    """Which look is in use; light before there is any."""
    application = QApplication.instance()
    return application is not None and bool(application.property(_DARK))
