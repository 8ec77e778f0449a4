"""Which watch listens on this operating system."""

from __future__ import annotations

import sys

from hebca_helper.desktop.session.watch import SessionWatch


def make_watch() -> SessionWatch:
    """The one for this operating system."""
    if sys.platform == "win32":
        from hebca_helper.desktop.session.windows import WindowsWatch

        return WindowsWatch()
    if sys.platform == "darwin":
        from hebca_helper.desktop.session.macos import MacWatch

        return MacWatch()
    from hebca_helper.desktop.session.linux import BusWatch

    return BusWatch()
