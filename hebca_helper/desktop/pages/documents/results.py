"""What became of each file of a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QProgressBar, QVBoxLayout, QWidget

from hebca_helper.desktop.look.widgets import button, label, row
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.stamping.sealing import StampResult


class BatchList(QWidget):
    """The files with their results; stop and resume."""

    def __init__(self, stop: Callable[[], object], resume: Callable[[], object]) -> None:
        super().__init__()
        self._items: dict[Path, QListWidgetItem] = {}
        self._said = label("", "batchLine")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("盖章进度"))
        self._list = QListWidget()
        self._list.setObjectName("batchList")
        self._list.setAccessibleName(tr("要盖章的文件"))
        self._list.setFixedHeight(84)
        self.stop = button(tr("停止"), "stopBatchButton", stop)
        self.resume = button(tr("继续"), "resumeBatchButton", resume)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(row(self._said, None, self.stop, self.resume))
        box.addWidget(self._bar)
        box.addWidget(self._list)

    def use(self, files: Sequence[Path]) -> None:
        self._list.clear()
        self._items = {}
        for each in files:
            item = QListWidgetItem(each.name)
            self._list.addItem(item)
            self._items[each] = item
        self._bar.setRange(0, len(files))
        self._bar.setValue(0)
        self._said.setText(tr("共 {n} 个文件").format(n=len(files)))
        self.tell_running(False, waiting=0)

    def tell_running(self, running: bool, waiting: int) -> None:
        self.stop.setVisible(running)
        self.resume.setVisible(not running and waiting > 0)
        self._bar.setVisible(running)

    def tell(self, done: int, of: int, result: StampResult) -> None:
        from hebca_helper.assistant.stamping.notes import told

        problem = result.problem
        self._bar.setValue(done)
        self._said.setText(tr("已处理 {done} / {of}").format(done=done, of=of))
        if (item := self._items.get(result.file.source)) is not None:
            outcome = tr("已盖章") if problem is None else problem.text
            item.setText(f"{result.file.source.name}  {outcome}")
            notes = [told(note) for note in result.notes]
            item.setToolTip(str(problem) if problem else "\n".join([str(result.file.target), *notes]))
            item.setData(Qt.ItemDataRole.UserRole, problem is None)
            self._list.scrollToItem(item)
