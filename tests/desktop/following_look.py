"""A window on a desktop whose look changes: prints the colour of its ground each time, as JSON (test_theme.py)."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from hebca_helper.desktop.application import make_application
from hebca_helper.desktop.look.icons import icon_label
from hebca_helper.desktop.look.theme import Theme
from hebca_helper.desktop.look.widgets import column, label, panel


def main() -> None:
    application = make_application("system", 100)
    theme = application.findChild(Theme)
    assert isinstance(theme, Theme)
    window = panel("page")
    window.setLayout(column(label("文字", "pageTitle"), icon_label("globe", 24)))
    window.show()
    seen = {}
    for choice, scheme, name in (
        ("system", Qt.ColorScheme.Light, "system, light desktop"),
        ("system", Qt.ColorScheme.Dark, "system, dark desktop"),
        ("system", Qt.ColorScheme.Light, "system, light again"),
        ("light", Qt.ColorScheme.Dark, "light, dark desktop"),
        ("dark", Qt.ColorScheme.Light, "dark, light desktop"),
    ):
        theme.use(choice, 100)
        seen[name] = _ground(application, window, scheme)
    print(json.dumps(seen))


def _ground(application: QApplication, window: QWidget, scheme: Qt.ColorScheme) -> str:
    application.styleHints().setColorScheme(scheme)
    application.processEvents()
    return window.grab().toImage().pixelColor(2, 2).name()


if __name__ == "__main__":
    main()
