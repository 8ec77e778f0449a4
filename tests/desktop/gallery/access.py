"""Rules for those who work without a mouse or without seeing the window."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPlainTextEdit, QWidget

MOST_STEPS = 400


def controls(window: QWidget) -> list[QWidget]:
    """What the Tab key leads to, but for Qt's own inner parts."""
    return [
        w
        for w in window.findChildren(QWidget)
        if w.isVisible()
        and w.isEnabled()
        and w.focusPolicy() & Qt.FocusPolicy.TabFocus
        and w.focusProxy() is None
        and not w.objectName().startswith("qt_")
        and w.window() is window
    ]


def examine(window: QWidget) -> Iterator[str]:
    for control in controls(window):
        named = QAccessible.queryAccessibleInterface(control)
        name = named.text(QAccessible.Text.Name) if named is not None else ""
        told = f"{type(control).__name__} {control.objectName()!r}"
        if not control.objectName():
            yield f"{told} {name!r}: has no object name"
        if not name.strip():
            yield f"{told}: has no accessible name"
    yield from _unreachable(window)


def _unreachable(window: QWidget) -> Iterator[str]:
    """Tab pressed until it comes round: who was not visited?"""
    wanted = {id(w): w for w in controls(window) if _takes_part(w)}
    if not wanted:
        return
    next(iter(wanted.values())).setFocus(Qt.FocusReason.TabFocusReason)
    seen: set[int] = set()
    before: QWidget | None = None
    for _ in range(MOST_STEPS):
        at = QApplication.focusWidget()
        if at is None or (id(at) in seen and at is not before):  # a date has three parts to step through
            break
        seen.add(id(at))
        before = at
        QTest.keyClick(at, Qt.Key.Key_Tab)
    for key in wanted.keys() - seen:
        yield f"{type(wanted[key]).__name__} {wanted[key].objectName()!r}: Tab does not lead there"


def _takes_part(widget: QWidget) -> bool:
    """Of buttons that exclude each other Tab leads to the pressed one, arrow keys to the others."""
    if isinstance(widget, QAbstractButton) and (group := widget.group()) is not None and group.exclusive():
        return widget.isChecked()
    return not isinstance(widget, QPlainTextEdit) or widget.tabChangesFocus()
