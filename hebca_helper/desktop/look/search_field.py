"""The field in which a person searches a page: 快捷链接, 签名记录, 帮助."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QToolButton

from hebca_helper.desktop.look.icons import icon
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.texts import tr


class SearchField(QLineEdit):
    """`wanted` comes when the person has stopped typing, and at once on `search_for`. Ctrl+F leads here."""

    wanted = Signal()

    def __init__(self, told: str, examples: str, *, width: int = 0, pause: int = 0) -> None:
        """`told` is the accessible name, `examples` what stands in the empty field. `width` in pixels for texts of the
        usual size, 0 as wide as there is room; `pause` in milliseconds after the last key."""
        super().__init__()
        self.setObjectName("searchEdit")
        self.setPlaceholderText(examples)
        self.setAccessibleName(told)
        self.setClearButtonEnabled(True)
        self.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        for tool, name in zip(self.findChildren(QToolButton), (tr("清除"), tr("搜索")), strict=True):
            tool.setAccessibleName(name)
        if width:
            self.setFixedWidth(scaled(width))
        self._typing = QTimer(self, singleShot=True, interval=pause)
        self._typing.timeout.connect(self.wanted)
        self._quiet = False
        self.textChanged.connect(self._typed)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self).activated.connect(self._begin)

    @property
    def words(self) -> str:
        return self.text().strip()

    def search_for(self, words: str) -> None:
        """As if the person had typed them, without the pause."""
        self.set_quietly(words)
        self.wanted.emit()

    def set_quietly(self, words: str) -> None:
        """Nobody is told: whoever calls shows the rest himself."""
        self._quiet = True
        self.setText(words)
        self._quiet = False
        self._typing.stop()

    def _typed(self) -> None:
        """Not by blocking signals: the field's own button that clears it listens too."""
        if self._quiet:
            return
        if self._typing.interval():
            self._typing.start()
        else:
            self.wanted.emit()

    def _begin(self) -> None:
        self.setFocus()
        self.selectAll()
