"""A dialog that asks the person on behalf of somebody: in front of the browser, safe against clicks meant for a page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from hebca_helper.assistant.asker.asking import Asker
from hebca_helper.desktop.look.icons import icon, icon_label
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import badge, button, column, label, panel, row
from hebca_helper.texts import tr

FOCUS_MILLISECONDS = 500
"""A consenting button works only after the dialog has had the focus this long (house rule 6): a click or a key that
was meant for the page underneath does nothing."""
WIDTH = 520
SIDE = 24
"""Margin at the left and the right, in pixels."""
WIDTH_WITH_CONTENT = 640
LEAST_SEEN = 40
"""Pixels of what it is about that are seen on the smallest screen."""
_FRAME = 48
"""Pixels that a window manager may add above and below; it tells only after the dialog is shown."""


class ScrolledArea(QScrollArea):
    """Gives way to what stands above and below it, down to LEAST_SEEN."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setObjectName("questionArea")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(inside)
        self.setMinimumHeight(LEAST_SEEN)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        return QSize(0, LEAST_SEEN)


class QuestionDialog(QDialog):
    """`answered` carries the value given to `finish`; `refused` comes on cancel, Escape and close. One of them, once."""

    answered = Signal(object)
    refused = Signal()

    def __init__(self, title: str, picture: str) -> None:
        super().__init__(None, Qt.WindowType.Dialog | Qt.WindowType.WindowStaysOnTopHint)
        self.setWindowTitle(f"{title} - {tr('河北CA数字证书助手')}")
        self.setWindowIcon(icon("assistant"))
        self.setWindowModality(Qt.WindowModality.ApplicationModal)
        self.setMinimumWidth(scaled(WIDTH))
        self.resize(scaled(WIDTH), 0)
        self._guarded: list[QPushButton] = []
        self._armed = False
        self._open = True
        self.placed = False
        """Whether whoever shows it has chosen its place."""
        self._focus = QTimer(self, singleShot=True, interval=FOCUS_MILLISECONDS)
        self._focus.setTimerType(Qt.TimerType.PreciseTimer)  # a coarse one may come early
        self._focus.timeout.connect(self._arm)
        self.titles = row(icon_label(picture, 28), label(title, "dialogTitle"), None)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self.foot = QVBoxLayout()
        """What has to be filled in: seen with the buttons however long that is what it is about."""
        self.foot.setSpacing(12)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addStretch(1)
        inside = panel("pageBody")
        self._middle = QHBoxLayout(inside)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.setSpacing(16)
        self._middle.addLayout(column(self.body, None, spacing=0), 1)  # what stands beside may be higher
        self._seen = ScrolledArea(inside)
        outer = column(self.titles, self._seen, self.foot, 4, self.buttons, spacing=14)
        outer.setContentsMargins(SIDE, 20, SIDE, 20)
        outer.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)  # `fit` knows better: texts wrap
        self.setLayout(outer)

    def add_beside(self, widget: QWidget, width: int) -> None:
        """To the right of the body; the dialog grows by its width."""
        self._middle.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        self.resize(max(self.width(), scaled(WIDTH_WITH_CONTENT)) + width, self.height())

    def mark_practice(self) -> None:
        self.titles.addWidget(badge(tr("演练"), "practice"))

    def add_cancel(self, text: str) -> QPushButton:
        made = button(text, "cancelButton", self.reject)
        self.buttons.addWidget(made)
        return made

    def add_consent(self, made: QPushButton, *, default: bool = False) -> None:
        """A button that agrees to something: off until the dialog had the focus long enough and `ready()`."""
        made.setEnabled(False)
        made.setDefault(default)
        self._guarded.append(made)
        self.buttons.addWidget(made)

    def ready(self) -> bool:
        """Whether what was filled in may be sent. For dialogs to say."""
        return True

    def refresh_buttons(self) -> None:
        for guarded in self._guarded:
            guarded.setEnabled(self._armed and self.ready())

    def finish(self, value: object) -> None:
        """Answer with a consent; nothing happens before the dialog had the focus long enough."""
        if self._armed and self.ready():
            self.decline_with(value)

    def decline_with(self, value: object) -> None:
        """Answer with something that agrees to nothing: may be said at once."""
        if self._open:
            self._open = False
            self.answered.emit(value)
            self.accept()

    def withdraw(self) -> None:
        """Close without an answer: nobody waits for one any more. An answered dialog may be deleted already."""
        if self._open:
            self._open = False
            self.reject()

    def done(self, result: int) -> None:
        if self._open:
            self._open = False
            self.refused.emit()
        self._focus.stop()
        self.forget_secrets()
        super().done(result)
        self.deleteLater()

    def forget_secrets(self) -> None:
        """Clear every field that held a PIN. For dialogs that have such."""

    # In front, and armed by focus

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()
        if not self.placed:
            self._centre()
        self.raise_()
        self.activateWindow()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._focus_changed()

    def fit(self) -> None:
        """As high as its wrapped texts need at this width, never larger than the screen: the rest is scrolled to."""
        self.ensurePolished()
        outer, inside = self.layout(), self._seen.widget()
        layout = inside.layout() if inside is not None else None
        if outer is None or layout is None:
            return
        layout.activate()
        outer.activate()
        room = self.screen().availableGeometry()
        least = max(outer.totalMinimumSize().width(), layout.totalMinimumSize().width() + 2 * SIDE)
        width = min(max(self.width(), least), room.width())
        around = max(outer.totalHeightForWidth(width), outer.totalSizeHint().height()) - LEAST_SEEN
        frame = max(self.frameGeometry().height() - self.height(), _FRAME)
        height = around + max(layout.totalHeightForWidth(width - 2 * SIDE), LEAST_SEEN)
        self.resize(width, min(height, room.height() - frame))
        self._stay_on_screen()

    def _centre(self) -> None:
        """Of the screen where the person works: a window manager knows neither that nor how high we become."""
        screen = QGuiApplication.screenAt(QCursor.pos()) or self.screen()
        room = screen.availableGeometry()
        self.move(room.center() - QPoint(self.width() // 2, min(self.height(), room.height()) // 2))

    def _stay_on_screen(self) -> None:
        """A dialog that grew must not hide its buttons below the edge."""
        room = self.screen().availableGeometry()
        if self.isVisible() and self.frameGeometry().bottom() > room.bottom():
            self.move(self.x(), max(room.top(), room.bottom() - self.frameGeometry().height()))

    def _focus_changed(self) -> None:
        if self.isActiveWindow():
            self._focus.start()
        else:
            self._focus.stop()
            self._armed = False
            self.refresh_buttons()

    def _arm(self) -> None:
        self._armed = True
        self.refresh_buttons()


def asker_panel(asker: Asker, wish: str) -> QWidget:
    """Who asks, and what for."""
    area = panel("askerPanel")
    name = label(asker.name, "askerName", wrap=True, selectable=True)
    who = tr("网站") if asker.origin is not None else tr("您本人")
    line = QHBoxLayout(area)
    line.setContentsMargins(12, 10, 12, 10)
    line.setSpacing(10)
    line.addWidget(icon_label("globe" if asker.origin is not None else "people", 22), 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(column(label(who, "hint"), name, label(wish, "dialogReason", wrap=True), spacing=2), 1)
    return area


def screen_height() -> int:
    return QGuiApplication.primaryScreen().availableGeometry().height()
