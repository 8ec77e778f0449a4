"""The checklist before a quick link opens: shown only when something is wrong, each line with what mends it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hebca_helper.desktop.look.dialog import Dialog
from hebca_helper.desktop.look.icons import icon_label
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import Tell, badge, button, column, empty, label, panel, row
from hebca_helper.portals.portal import Portal
from hebca_helper.portals.preflight import Fix, Line, State
from hebca_helper.texts import tr

WIDTH = 560
_PICTURES = {State.FINE: "good", State.TELL: "warning", State.WRONG: "problem"}
WAYS = (Fix.INSTALL_POLICY, Fix.USE_FIREFOX, Fix.OWN_WINDOW)
"""Told with a sentence each: the person chooses one of them."""


class PreflightDialog(Dialog):
    """`show_lines` may come again while it is open: a line turns green when its trouble is gone."""

    wants_open = Signal()
    wants_fix = Signal(object)
    """A Fix."""

    def __init__(self, portal: Portal, parent: QWidget) -> None:
        super().__init__(parent, "preflightDialog", tr("打开前检查"))
        self.portal = portal
        title = label(tr("打开“{title}”之前").format(title=portal.shown_title), "dialogTitle", wrap=True)
        head = row(icon_label("links-on", 28), spacing=10)
        head.addWidget(title, 1)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(12)
        self._told = QVBoxLayout()
        cancel = button(tr("取消"), "cancelButton", self.reject)
        self._open = button("", "openButton", self.wants_open.emit)
        buttons = row(None, cancel, self._open)
        outer = column(head, self._lines, self._told, None, buttons, spacing=16)
        outer.setContentsMargins(24, 20, 24, 20)
        outer.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self.setLayout(outer)
        self.setMinimumWidth(scaled(WIDTH))

    def show_lines(self, lines: Sequence[Line], *, openable: bool) -> None:
        """`openable`: there is a browser at all."""
        empty(self._lines)
        for line in lines:
            self._put(self._lines, self._row(line))
        wrong = any(line.state is State.WRONG for line in lines)
        self._open.setText(tr("仍然打开") if wrong else tr("打开"))
        self._open.setVisible(openable)
        self._open.setProperty("kind", "" if wrong else "primary")
        self._open.setDefault(not wrong)
        self._open.style().polish(self._open)
        self.fit(max(self.width(), WIDTH))

    def tell(self, text: str, level: str) -> None:
        """What came of mending."""
        empty(self._told)
        self._put(self._told, Tell(text, level))
        self.fit(max(self.width(), WIDTH))

    def _put(self, place: QVBoxLayout, widget: QWidget) -> None:
        """Qt counts a new child as hidden until its next turn, and would leave no room for it."""
        place.addWidget(widget)
        widget.show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit(max(self.width(), WIDTH))

    def _row(self, line: Line) -> QWidget:
        area = panel("checkLine")
        area.setProperty("level", line.state.value)
        area.setAccessibleName(line.text)
        ways = [fix for fix in line.fixes if fix in WAYS]
        text = label(line.text, "checkText", wrap=True)
        head = row(icon_label(_PICTURES[line.state], 20), spacing=10)
        head.addWidget(text, 1)
        buttons = [self._button(fix) for fix in line.fixes if fix not in WAYS]
        if len(buttons) == 1:
            head.addWidget(buttons[0])
        box = QVBoxLayout(area)
        box.setContentsMargins(12, 8, 12, 8)
        box.setSpacing(8)
        box.addLayout(head)
        if len(buttons) > 1:
            box.addLayout(row(30, *buttons, None))
        for place, fix in enumerate(ways):
            box.addLayout(self._way(fix, first=place == 0))
        return area

    def _way(self, fix: Fix, *, first: bool) -> QHBoxLayout:
        title = row(spacing=6)
        title.addWidget(label(_names()[fix], "wayTitle", wrap=True), 1)
        if first:
            title.addWidget(badge(tr("推荐"), "good"), 0, Qt.AlignmentFlag.AlignTop)
        line = row(30, spacing=0)
        line.addLayout(column(title, label(_ways()[fix], "hint", wrap=True), spacing=2), 1)
        line.addSpacing(12)
        line.addWidget(self._button(fix, tr("去设置") if fix is Fix.INSTALL_POLICY else tr("打开")))
        return line

    def _button(self, fix: Fix, text: str = "") -> QWidget:
        made = button(text or _names()[fix], f"{fix.value}Button", partial(self.wants_fix.emit, fix))
        made.setAccessibleName(_names()[fix])
        return made


def _names() -> dict[Fix, str]:
    return {
        Fix.INSTALL_CHROME: tr("下载谷歌浏览器"),
        Fix.USE_OTHER: tr("用其他浏览器打开"),
        Fix.INSTALL_POLICY: tr("允许目录中的网站连接本机"),
        Fix.USE_FIREFOX: tr("用 Firefox 打开"),
        Fix.OWN_WINDOW: tr("用单独的浏览器窗口打开"),
        Fix.MY_CERTIFICATES: tr("我的证书"),
        Fix.RENEW: tr("老用户延期"),
        Fix.APPLY_SEAL: tr("申请印章"),
        Fix.DIAGNOSIS: tr("故障检测"),
    }


def _ways() -> dict[Fix, str]:
    return {
        Fix.INSTALL_POLICY: tr("只对快捷链接目录中的网站有效，设置一次，以后直接打开；需要管理员密码"),
        Fix.USE_FIREFOX: tr("Firefox 会询问是否允许访问本机，请点“允许”"),
        Fix.OWN_WINDOW: tr("只在这个窗口中信任这一个网站，与平时的浏览器分开；浏览器询问时请点“允许”"),
    }
