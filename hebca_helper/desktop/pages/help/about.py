"""Version, licences, and what a help desk asks for."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from hebca_helper import __version__
from hebca_helper.desktop.file_dialogs import file_to_save
from hebca_helper.desktop.files import write_file
from hebca_helper.desktop.link import Call
from hebca_helper.desktop.look.icons import icon, icon_label
from hebca_helper.desktop.look.pressing import PushButton
from hebca_helper.desktop.look.widgets import button, card_of, column, fields, label, row
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.desktop.pages.page import Surroundings
    from hebca_helper.desktop.runtime import Runtime


class About(QWidget):
    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        box = column(_program(around), SupportCard(around), LicenceCard(), spacing=12)
        self.setLayout(box)


def _program(around: Surroundings) -> QWidget:
    facts = [(tr("版本"), __version__)]
    if (runtime := around.runtime()) is not None:
        facts.append((tr("数据文件夹"), str(runtime.home)))
        facts += [(status.name, status.url or str(status.problem)) for status in runtime.services()]
    copy = button(tr("复制"), "copyVersionButton", lambda: around.actions.copy_facts(facts))
    names = column(
        label(tr("河北CA数字证书助手"), "cardTitle"),
        label(tr("河北省电子认证有限公司证书的使用助手"), "fieldName"),
        spacing=2,
    )
    head = row(icon_label("assistant", 40), spacing=14)
    head.addLayout(names, 1)
    head.addWidget(copy)
    return _card(column(head, fields(facts), spacing=12))


def _card(box: QVBoxLayout) -> QFrame:
    box.setContentsMargins(18, 14, 18, 14)
    return card_of(box)


class SupportCard(QFrame):
    """Log and report in one file for the help desk."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self.setObjectName("card")
        self._around = around
        self._call: Call | None = None
        self._button = button(tr("导出日志"), "exportLogButton", self._ask_where)
        said = tr("把运行日志和故障检测报告存成一个文件，发给客服。其中没有密码和签名内容。")
        words = column(label(tr("给客服的文件"), "portalTitle"), label(said, "fieldName", wrap=True), spacing=2)
        line = row(spacing=12)
        line.addLayout(words, 1)
        line.addWidget(self._button)
        line.setContentsMargins(18, 14, 18, 14)
        self.setLayout(line)
        self._button.setEnabled(around.runtime() is not None)

    def _ask_where(self) -> None:
        suggested = Path.home() / tr("证书助手日志.zip")
        path = file_to_save(self, tr("导出日志"), suggested, tr("压缩文件 (*.zip)"))
        if path is not None:
            self.export(path)

    def export(self, path: Path) -> None:
        """Runs the checks, then packs."""
        runtime = self._around.runtime()
        if runtime is None or self._call is not None:
            return
        self._button.setText(tr("正在导出…"))
        self._button.setEnabled(False)
        work = _export(runtime, path)
        self._call = self._around.link.submit(runtime.loop, work, lambda _: self._done(path), self._failed)

    def _done(self, path: Path) -> None:
        self._ready()
        self._around.actions.tell(tr("已导出到 {path}").format(path=path))

    def _failed(self, problem: HelperError) -> None:
        self._ready()
        self._around.actions.tell(str(problem))

    def _ready(self) -> None:
        self._call = None
        self._button.setText(tr("导出日志"))
        self._button.setEnabled(True)


async def _export(runtime: Runtime, path: Path) -> None:
    """On the loop."""
    from hebca_helper.checks.report import support_file
    from hebca_helper.desktop.pages.diagnosis.page import examine

    report = await examine(runtime, lambda done, of, check: None)
    await asyncio.to_thread(lambda: write_file(path, support_file(report, runtime.home)))


class LicenceCard(QFrame):
    """Unfolds to the packages this program is built of."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("helpCard")
        self._list: QWidget | None = None
        self._head = PushButton(tr("开放源代码许可"))
        self._head.setObjectName("helpHead")
        self._head.setIcon(icon("expand"))
        self._head.setCheckable(True)
        self._head.setAutoDefault(False)
        self._head.toggled.connect(self._toggled)
        self._box = column(self._head, spacing=0)
        self.setLayout(self._box)

    def _toggled(self, unfolded: bool) -> None:
        self._head.setIcon(icon("collapse" if unfolded else "expand"))
        if self._list is None:
            self._list = _licences()
            self._box.addWidget(self._list)
        self._list.setVisible(unfolded)


def _licences() -> QWidget:
    from hebca_helper.desktop.pages.help.licences import packages

    grid = QGridLayout()
    grid.setContentsMargins(42, 2, 18, 14)
    grid.setHorizontalSpacing(16)
    own = [("hebca-helper", __version__, "MIT")]
    for line, (name, version, licence) in enumerate([*own, *packages()]):
        for place, (text, look) in enumerate(((name, "fieldValue"), (version, "fieldName"), (licence, "fieldName"))):
            grid.addWidget(label(text, look, selectable=True), line, place)
    grid.setColumnStretch(2, 1)
    made = QWidget()
    made.setLayout(grid)
    return made
