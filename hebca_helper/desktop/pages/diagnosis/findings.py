"""How the findings of 故障检测 look."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from hebca_helper.checks.model import Finding, Fix, Outcome
from hebca_helper.checks.report import MARKS, Report
from hebca_helper.desktop.look.icons import icon_label
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import Tell, badge, button, column, label, row, separator
from hebca_helper.errors import Code
from hebca_helper.pki.moments import beijing_text
from hebca_helper.texts import tr

TITLE_WIDTH = 180
_ICONS = {
    Outcome.OK: "good",
    Outcome.WARNING: "warning",
    Outcome.PROBLEM: "problem",
    Outcome.NOT_APPLICABLE: "information",
}
_LEVELS = {Outcome.OK: "good", Outcome.WARNING: "amber", Outcome.PROBLEM: "red", Outcome.NOT_APPLICABLE: "grey"}
_RENEW, _RESET, _DRIVERS = ("renew", "办理延期"), ("reset-pin", "重置证书密码"), ("support-downloads", "去下载驱动")
_LINKS = {
    Code.CERTIFICATE_EXPIRED: _RENEW,
    Code.CERTIFICATE_EXPIRING: _RENEW,
    Code.PIN_LOCKED: _RESET,
    Code.DRIVER_MISSING: _DRIVERS,
    Code.DRIVER_MISMATCH: _DRIVERS,
    Code.USBKEY_WITHOUT_DRIVER: _DRIVERS,
    Code.USBKEY_UNKNOWN: _DRIVERS,
}
"""Quick links (resources/portals.toml) that help, by failure."""
Mend = Callable[[Fix], None]


class Progress(QWidget):
    """What is being looked at, how far it is, and a way to give up."""

    def __init__(self, stop: Callable[[], None]) -> None:
        super().__init__()
        self._said = label(tr("正在读取 USBKEY…"), "emptyText")
        self._said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(320)
        self._bar.setAccessibleName(tr("检测进度"))
        self.give_up = button(tr("停止"), "stopChecksButton", stop)
        self.setLayout(column(96, self._said, row(None, self._bar, None), 8, row(None, self.give_up, None), spacing=12))

    def say(self, words: str) -> None:
        self._said.setText(words)

    def tell(self, done: int, of: int, title: str) -> None:
        self._bar.setRange(0, of)
        self._bar.setValue(done)
        words = tr("正在检测：{title}（{number}/{of}）")
        self._said.setText(words.format(title=title, number=done + 1, of=of))


def summary(report: Report) -> QWidget:
    """One line: is everything well?"""
    level = "red" if report.count(Outcome.PROBLEM) else "amber" if report.count(Outcome.WARNING) else "good"
    words = tr("{summary}（共 {count} 项，{time}）")
    text = words.format(summary=report.summary, count=len(report.findings), time=beijing_text(report.at)[11:16])
    made = Tell(text, level)
    made.setAccessibleName(text)
    return made


def trouble_card(finding: Finding, mend: Mend, open_link: Callable[[str], None]) -> QWidget:
    """A problem or warning: what is wrong, what was seen, what to do, and the button that does it."""
    level = _LEVELS[finding.outcome]
    card = QFrame()
    card.setObjectName("card")
    card.setProperty("level", level)
    card.setProperty("check", finding.check.id)
    title = row(badge(tr(MARKS[finding.outcome]), level), label(finding.cause, "portalTitle", wrap=True))
    title.setStretch(1, 1)
    said = column(title, spacing=4)
    seen = "  ".join(filter(None, (finding.title, finding.seen.told)))
    said.addWidget(label(seen, "fieldName", wrap=True, selectable=True))
    said.addWidget(
        label(tr("解决办法：{remedy}").format(remedy=finding.remedy), "fieldValue", wrap=True, selectable=True)
    )
    line = QHBoxLayout(card)
    line.setContentsMargins(16, 12, 16, 12)
    line.setSpacing(12)
    line.addWidget(icon_label(_ICONS[finding.outcome], 24), 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(said, 1)
    if (action := _action(finding, mend, open_link)) is not None:
        line.addWidget(action, 0, Qt.AlignmentFlag.AlignVCenter)
    return card


def _action(finding: Finding, mend: Mend, open_link: Callable[[str], None]) -> QPushButton | None:
    """The button that mends it here, else the one that leads to the site where it is mended."""
    if finding.seen.fix is not None:
        return _fix_button(finding, finding.seen.fix, mend)
    if finding.seen.code not in _LINKS:
        return None
    portal, title = _LINKS[finding.seen.code]
    made = button(tr(title), f"link-{portal}", lambda: open_link(portal))
    made.setAccessibleName(f"{finding.title} {tr(title)}")
    return made


def group_card(findings: Sequence[Finding], mend: Mend) -> QWidget:
    """What is well, line under line."""
    card = QFrame()
    card.setObjectName("card")
    inside = QVBoxLayout(card)
    inside.setContentsMargins(16, 6, 16, 6)
    inside.setSpacing(0)
    for number, finding in enumerate(findings):
        if number:
            inside.addWidget(separator())
        inside.addWidget(_line(finding, mend))
    return card


def _line(finding: Finding, mend: Mend) -> QWidget:
    made = QWidget()
    made.setProperty("check", finding.check.id)
    title = label(finding.title, "fieldValue", wrap=True)
    title.setFixedWidth(scaled(TITLE_WIDTH))
    line = QHBoxLayout(made)
    line.setContentsMargins(0, 7, 0, 7)
    line.setSpacing(12)
    line.addWidget(icon_label(_ICONS[finding.outcome], 18), 0, Qt.AlignmentFlag.AlignVCenter)
    line.addWidget(title)
    line.addWidget(label(finding.seen.told, "fieldName", wrap=True, selectable=True), 1)
    if finding.outcome is Outcome.NOT_APPLICABLE:
        line.addWidget(badge(tr(MARKS[finding.outcome]), "grey"))
    if finding.seen.fix is not None:
        line.addWidget(_fix_button(finding, finding.seen.fix, mend, "link"))
    return made


def _fix_button(finding: Finding, fix: Fix, mend: Mend, kind: str = "") -> QPushButton:
    made = button(tr(fix.title), f"fix-{fix.id}", lambda: mend(fix), kind)
    made.setAccessibleName(f"{finding.title} {tr(fix.title)}")
    return made
