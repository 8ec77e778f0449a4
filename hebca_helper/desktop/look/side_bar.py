"""Navigation at the left: the pages, and in one line whether browsers can reach us."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from hebca_helper.desktop.look.icons import icon, icon_label
from hebca_helper.desktop.look.pressing import ToolButton
from hebca_helper.desktop.look.widgets import column, label, restyle, row
from hebca_helper.texts import tr

WIDTH = 208


class SideBar(QWidget):
    chosen = Signal(str)

    def __init__(self, pages: list[tuple[str, str, str]]) -> None:
        """`pages`: (name, title, icon), in order. Ctrl+1, Ctrl+2 … choose them."""
        super().__init__()
        self.setObjectName("sideBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        names = column(label(tr("数字证书助手"), "productName"), label(tr("河北CA"), "productMaker"), spacing=0)
        head = row(icon_label("assistant", 36), spacing=10)
        head.addLayout(names, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 14, 12, 14)
        box.setSpacing(4)
        box.addLayout(head)
        box.addSpacing(18)
        for place, (name, title, picture) in enumerate(pages, 1):
            box.addWidget(self._button(name, title, picture, place))
        box.addStretch(1)
        self._services = label("", "serviceLine", wrap=True)
        self._services.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        box.addWidget(self._services)

    def _button(self, name: str, title: str, picture: str, place: int) -> QToolButton:
        made = ToolButton()
        made.setObjectName(f"{name}Button")
        made.setText(title)
        made.setIcon(icon(picture))
        made.setIconSize(QSize(22, 22))
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        made.setCheckable(True)
        made.setShortcut(f"Ctrl+{place}")
        made.setToolTip("")
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        made.clicked.connect(lambda: self.chosen.emit(name))
        self._group.addButton(made)
        self._buttons[name] = made
        return made

    def mark(self, name: str) -> None:
        """The keyboard comes along from another button here, and where it is nowhere; also while another program's window
        is in front."""
        self._buttons[name].setChecked(True)
        if self.window().focusWidget() in (None, *self._buttons.values()):
            self._buttons[name].setFocus()

    def tell_services(self, text: str, level: str) -> None:
        self._services.setText(text)
        restyle(self._services, level=level)
