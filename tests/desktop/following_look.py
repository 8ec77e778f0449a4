"""A window on a desktop whose look changes: prints the colour of its ground each time, as JSON (test_theme.py)."""

from __future__ import annotations

import json

from jeepney import DBusAddress, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from hebca_helper.desktop.application import make_application
from hebca_helper.desktop.look.icons import icon_label
from hebca_helper.desktop.look.theme import Theme
from hebca_helper.desktop.look.widgets import column, label, panel

PORTAL = "org.freedesktop.portal.Desktop"
SETTINGS = DBusAddress("/org/freedesktop/portal/desktop", PORTAL, "org.freedesktop.portal.Settings")
NUMBERS = {Qt.ColorScheme.Dark: 1, Qt.ColorScheme.Light: 2}
"""Of `color-scheme` (XDG Desktop Portal, Settings)."""
PATIENCE = 60_000


def main() -> None:
    application = make_application("system", 100)
    theme = application.findChild(Theme)
    assert isinstance(theme, Theme)
    window = panel("page")
    window.setLayout(column(label("文字", "pageTitle"), icon_label("globe", 24)))
    window.show()
    seen = {}
    with open_dbus_connection("SESSION") as bus:
        bus.send_and_get_reply(message_bus.RequestName(PORTAL))
        for choice, scheme, name in (
            ("system", Qt.ColorScheme.Light, "system, light desktop"),
            ("system", Qt.ColorScheme.Dark, "system, dark desktop"),
            ("system", Qt.ColorScheme.Light, "system, light again"),
            ("light", Qt.ColorScheme.Dark, "light, dark desktop"),
            ("dark", Qt.ColorScheme.Light, "dark, light desktop"),
        ):
            theme.use(choice, 100)
            _change(application, bus, scheme)
            seen[name] = window.grab().toImage().pixelColor(2, 2).name()
    print(json.dumps(seen))


def _change(application: QApplication, bus: DBusConnection, scheme: Qt.ColorScheme) -> None:
    """As the desktop's settings do it; back when Qt has heard."""
    hints = application.styleHints()
    heard = QEventLoop()
    hints.colorSchemeChanged.connect(heard.quit)
    QTimer.singleShot(PATIENCE, heard, heard.quit)
    told = ("org.freedesktop.appearance", "color-scheme", ("u", NUMBERS[scheme]))
    bus.send(new_signal(SETTINGS, "SettingChanged", "ssv", told))
    if hints.colorScheme() is not scheme:
        heard.exec()
    assert hints.colorScheme() is scheme
    application.processEvents()


if __name__ == "__main__":
    main()
