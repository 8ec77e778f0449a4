"""One line of 设置: what is set, one sentence about it, the control, and beside it what is wrong with the input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget

from hebca_helper.desktop.look.widgets import column, label, panel, row, separator
from hebca_helper.settings_rules import RANGES, is_web_address, wrong_address
from hebca_helper.texts import tr

CONTROL_WIDTH = 168
ADDRESS_WIDTH = 280


class SettingRow(QWidget):
    """`changed` carries what the person has chosen, as the setting's value."""

    changed = Signal(object)

    def __init__(self, name: str, title: str, hint: str, control: QWidget) -> None:
        """`name` is the setting's; `hint` one line that says what it does."""
        super().__init__()
        self.setObjectName(f"{name}Row")
        self.name = name
        self.control = control
        self._problem = label("", "settingProblem", wrap=True)
        self._problem.hide()
        control.setObjectName(f"{name}Field")
        control.setAccessibleName(title)
        control.setAccessibleDescription(hint)
        control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        control.installEventFilter(self)
        heading = label(title, "settingTitle", wrap=True)
        words = column(heading, label(hint, "hint", wrap=True), self._problem, spacing=2)
        line = row(spacing=16)
        line.addLayout(words, 1)
        line.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(line)

    def show_value(self, value: Any) -> None:
        """Without telling that it changed."""
        self.control.blockSignals(True)
        self._show(value)
        self.control.blockSignals(False)

    def _show(self, value: Any) -> None:
        raise NotImplementedError

    def tell(self, problem: str) -> None:
        """Beside the field; empty takes it away. The field says it too, for those who hear instead of see."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel moves the page, and a value only where the keyboard is."""
        if event.type() == QEvent.Type.Wheel and not self.control.hasFocus():
            event.ignore()
            return True
        return False


class Switch(SettingRow):
    def __init__(self, name: str, title: str, hint: str) -> None:
        self._box = QCheckBox(tr("启用"))
        super().__init__(name, title, hint, self._box)
        self._box.toggled.connect(self.changed.emit)

    def _show(self, value: Any) -> None:
        self._box.setChecked(bool(value))


class Choice(SettingRow):
    def __init__(self, name: str, title: str, hint: str, choices: Sequence[tuple[Any, str]]) -> None:
        """`choices`: values and how they are called."""
        self._box = QComboBox()
        self._box.setMinimumWidth(CONTROL_WIDTH)
        for value, word in choices:
            self._box.addItem(word, value)
        super().__init__(name, title, hint, self._box)
        self._box.currentIndexChanged.connect(lambda place: self.changed.emit(self._box.itemData(place)))

    def _show(self, value: Any) -> None:
        """A value that came from the file and is none of the choices stands as it is."""
        if self._box.findData(value) < 0:
            self._box.addItem(str(value), value)
        self._box.setCurrentIndex(self._box.findData(value))


class Number(SettingRow):
    """`unit` is a word behind the number, `factor` what one of it is in the setting's own unit (60 for minutes)."""

    def __init__(self, name: str, title: str, hint: str, unit: str, factor: int = 1) -> None:
        self._box = QSpinBox()
        self._box.setFixedWidth(CONTROL_WIDTH)
        self._box.setRange(RANGES[name].lowest // factor, RANGES[name].highest // factor)
        self._box.setSuffix(f" {unit}")
        self._box.setKeyboardTracking(False)
        self._box.lineEdit().setTextMargins(8, 0, 0, 0)
        self._factor = factor
        super().__init__(name, title, hint, self._box)
        self._box.valueChanged.connect(lambda value: self.changed.emit(value * factor))

    def _show(self, value: Any) -> None:
        self._box.setValue(round(value / self._factor))


class Typed(SettingRow):
    """Something to be typed: told when it is none, sent when the person leaves the field."""

    def __init__(self, name: str, title: str, hint: str, width: int) -> None:
        self._field = QLineEdit()
        self._field.setFixedWidth(width)
        super().__init__(name, title, hint, self._field)
        self._shown: str | None = ""
        """What the setting is; None after something was refused, which may also be emptied."""
        self._field.editingFinished.connect(self._edited)

    def _value(self, text: str) -> Any:
        """The setting's value, None for what is none."""
        raise NotImplementedError

    def _wrong(self) -> str:
        raise NotImplementedError

    def _show(self, value: Any) -> None:
        text = self._shown = str(value)
        self._field.setText(text)

    def tell(self, problem: str) -> None:
        """What was refused may be sent again: a taken port may be free by now."""
        super().tell(problem)
        if problem:
            self._shown = None

    def _edited(self) -> None:
        text = self._field.text().strip()
        if text == self._shown:
            super().tell("")
        elif (value := self._value(text)) is not None:
            self._shown = text
            self.changed.emit(value)
        else:
            self.tell(self._wrong())


class Port(Typed):
    def __init__(self, name: str, title: str, hint: str) -> None:
        super().__init__(name, title, hint, CONTROL_WIDTH)
        self._field.setMaxLength(5)
        self._field.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)

    def _value(self, text: str) -> Any:
        return int(text) if text.isascii() and text.isdigit() and RANGES[self.name].holds(int(text)) else None

    def _wrong(self) -> str:
        return wrong_number(self.name)


class Address(Typed):
    """The address of a service, or nothing."""

    def __init__(self, name: str, title: str, hint: str) -> None:
        super().__init__(name, title, hint, ADDRESS_WIDTH)
        self._field.setPlaceholderText(tr("不使用"))
        self._field.setInputMethodHints(Qt.InputMethodHint.ImhUrlCharactersOnly)

    def _value(self, text: str) -> Any:
        return text if not text or is_web_address(text) else None

    def _wrong(self) -> str:
        return wrong_address()


def wrong_number(name: str) -> str:
    allowed = RANGES[name]
    return tr("请填写 {lowest} 到 {highest} 之间的数").format(lowest=allowed.lowest, highest=allowed.highest)


def section(title: str, *items: QWidget, after: QWidget | None = None) -> QWidget:
    """A card with a heading and its lines; `after` comes and goes below them."""
    area = panel("card")
    lines: list[QWidget] = []
    for item in items:
        if lines:
            lines.append(separator())
        lines.append(item)
    box = column(label(title, "groupTitle"), 4, *lines, spacing=10)
    if after is not None:
        box.addWidget(after)
    box.setContentsMargins(20, 16, 20, 16)
    area.setLayout(box)
    return area


def acting(title: str, hint: str, act: QWidget) -> QWidget:
    """A line whose control does something at once instead of setting a value."""
    words = column(label(title, "settingTitle", wrap=True), label(hint, "hint", wrap=True), spacing=2)
    line = row(spacing=16)
    line.addLayout(words, 1)
    line.addWidget(act, 0, Qt.AlignmentFlag.AlignVCenter)
    made = QWidget()
    made.setLayout(line)
    return made
