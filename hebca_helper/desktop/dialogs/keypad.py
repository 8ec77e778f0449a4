"""Keys on the screen for a secret: for touch screens, and for who fears that keys are listened to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QPushButton, QVBoxLayout, QWidget

from hebca_helper.desktop.dialogs.parts import SecretEdit
from hebca_helper.desktop.look.widgets import button, panel
from hebca_helper.texts import tr

ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm-_")
SHIFTED = dict(zip("1234567890-_", "!@#$%^&*()+=", strict=True))
"""What Shift makes of keys that are no letters: a PIN may have any of them."""
KEY_HEIGHT = 34


class Keypad(QWidget):
    """A button that unfolds the keys; what they say goes to the field that was last in use. `unfolded` comes after each
    change of height."""

    def __init__(self, edits: Sequence[SecretEdit], unfolded: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("keypad")
        self._edits = edits
        self._unfolded = unfolded
        self._keys: QWidget | None = None
        self._characters: dict[QPushButton, str] = {}
        self._upper = False
        self._last = edits[0]
        QApplication.instance().focusObjectChanged.connect(self._focus_moved)  # type: ignore[union-attr]
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)
        self._toggle = button(tr("屏幕键盘"), "keypadButton", self._switch, "link")
        self._toggle.setCheckable(True)
        self._box.addWidget(self._toggle, 0, Qt.AlignmentFlag.AlignLeft)

    def _focus_moved(self, now: object) -> None:
        if now in self._edits:
            self._last = now  # type: ignore[assignment]

    def _switch(self) -> None:
        if self._keys is None:
            self._keys = self._make_keys()
            self._box.addWidget(self._keys)
        self._keys.setVisible(self._toggle.isChecked())
        self._last.setFocus()
        self._unfolded()

    def _make_keys(self) -> QWidget:
        area = panel("keypadKeys")
        grid = QGridLayout(area)
        grid.setContentsMargins(8, 8, 8, 8)
        grid.setSpacing(4)
        for line, characters in enumerate(ROWS):
            for place, character in enumerate(characters):
                grid.addWidget(self._character(character), line, place)
        grid.addWidget(self._key("⌫", "keyBackspace", tr("退格"), lambda: self._last.backspace()), 2, 9)
        grid.addWidget(self._key("⇧", "keyShift", tr("大小写"), self._shift), 3, 9)
        grid.addWidget(self._key(tr("清空"), "keyClear", tr("清空"), lambda: self._last.forget()), 4, 0, 1, 10)
        return area

    def _character(self, character: str) -> QPushButton:
        made = self._key(character, f"key-{character}", character, lambda: self._last.insert(made.accessibleName()))
        self._characters[made] = character
        return made

    def _key(self, text: str, name: str, told: str, pressed: Callable[[], object]) -> QPushButton:
        """The field keeps the focus: keys of both kinds may be mixed."""
        made = button(text, name, pressed, "key")
        made.setAccessibleName(told)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setFixedHeight(KEY_HEIGHT)
        made.setMinimumWidth(KEY_HEIGHT)
        return made

    def _shift(self) -> None:
        self._upper = not self._upper
        for key, plain in self._characters.items():
            shown = SHIFTED.get(plain, plain.upper()) if self._upper else plain
            key.setText(shown.replace("&", "&&"))  # a single one would underline the next
            key.setAccessibleName(shown)
