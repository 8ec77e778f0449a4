"""盖章: a document on the screen, the seal dragged to its place, stamped and saved beside the original."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from hebca_helper.desktop.file_dialogs import file_to_save, folder_to_save
from hebca_helper.desktop.link import Call, Link
from hebca_helper.desktop.look.widgets import Tell, button, column, empty, label, row
from hebca_helper.desktop.pages.documents.drop_area import DropArea, are_pictures
from hebca_helper.desktop.pages.documents.options import StampOptions
from hebca_helper.desktop.pages.documents.results import BatchList
from hebca_helper.desktop.pages.documents.viewer import DocumentViewer
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.documents.pdf.placement import Mode
from hebca_helper.documents.pdf.spots import MARGIN, MOST_SLICES, fitted
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.stamping.sealing import StampBatch, StampResult
    from hebca_helper.assistant.stamping.seals import TokenSeal
    from hebca_helper.assistant.stamping.views import DocumentView, FormField, Hit, Sheets

KINDS = "PDF (*.pdf);;JPG PNG (*.jpg *.jpeg *.png *.bmp *.tif *.tiff)"
TYPING_PAUSE = 300
"""Milliseconds after which a keyword is looked for."""


class StampTab(QWidget):
    def __init__(self, link: Link, runtime: Callable[[], Runtime | None], show_page: Callable[[str], None]) -> None:
        super().__init__()
        self._link, self._runtime, self._show_page = link, runtime, show_page
        self._view: DocumentView | None = None
        self._files: list[Path] = []
        self._target: Path | None = None
        self._own_spot: tuple[float, float] | None = None
        self._hits: list[Hit] = []
        self._fields: list[FormField] = []
        self._batch: StampBatch | None = None
        self._scratch: TemporaryDirectory[str] | None = None
        self._call: Call | None = None
        self.viewer = DocumentViewer(link)
        self.options = StampOptions()
        self.batch_list = BatchList(self._stop, self._go)
        self._told = QVBoxLayout()
        self._name = label("", "documentName")
        self._more = button(tr("再盖一处"), "stampAgainButton", self._go_on)
        self._resting = False
        self._typing = QTimer(self, singleShot=True, interval=TYPING_PAUSE)
        self._typing.timeout.connect(self._find)
        self._build()
        self.viewer.turned.connect(self._place)
        self.viewer.page.moved.connect(self._dragged)
        self.options.changed.connect(self._options_changed)
        self.options.stamp.connect(self._stamp)
        self.options.other_target.connect(self._ask_target)

    def _build(self) -> None:
        text = tr(
            "盖章后另存为新文件，原文件保持不变。\n图片会先合成一份 A4 大小的 PDF；可以一次放入多个文件批量盖章。"
        )
        self.drop = DropArea(tr("把 PDF 或图片拖到这里"), text, KINDS, self.open_files, "chooseDocumentButton")
        desk = QWidget()
        again = button(tr("换一个文件"), "otherDocumentButton", self._start_over)
        middle = row(self.viewer, self.options, spacing=12)
        middle.setStretch(0, 1)
        inside = column(row(self._name, None, self._more, again), self._told, self.batch_list, middle, spacing=8)
        inside.setStretch(3, 1)
        desk.setLayout(inside)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.drop)
        self._stack.addWidget(desk)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 12, 12)
        box.addWidget(self._stack)
        self.setAcceptDrops(False)

    # The document

    def open_files(self, files: list[Path]) -> None:
        runtime = self._runtime()
        if runtime is None or not files:
            return
        self._start_over()
        self._stack.setCurrentIndex(1)
        self._view = runtime.assistant.document_views.view()
        if are_pictures(files):
            self._scratch = TemporaryDirectory(prefix="hebca-helper-")
            made = Path(self._scratch.name) / f"{files[0].stem}.pdf"
            self._submit(self._view.collect(files, made), lambda path: self._open([path], files[0].parent))
            return
        self._open(files, files[0].parent)

    def _open(self, files: list[Path], folder: Path) -> None:
        if self._view is None:
            return
        self._files = files
        self._name.setText(files[0].name if len(files) == 1 else tr("{n} 个文件").format(n=len(files)))
        self.batch_list.setVisible(len(files) > 1)
        self.batch_list.use(files)
        self._target = _free(folder / f"{files[0].stem}{tr('-已盖章')}.pdf") if len(files) == 1 else folder
        self._show_target()
        self._submit(self._view.open(files[0]), self._opened)

    def _opened(self, sheets: Sheets) -> None:
        runtime = self._runtime()
        if runtime is not None and self._view is not None:
            self.viewer.show_document(runtime, self._view, sheets.pages)
            self.viewer.page.setFocus()
            self.look_for_seals()
            self._submit(self._view.fields(self._files[0]), self._use_fields, told="")

    def _use_fields(self, fields: list[FormField]) -> None:
        self._fields = fields
        self.options.offer_fields([each[0] for each in fields])
        self._turn_to_field()

    def look_for_seals(self) -> None:
        """Also when the USBKEYs changed; but who pulls one out after stamping still reads where the file is."""
        runtime = self._runtime()
        if runtime is not None and self._files and not self._resting:
            work = runtime.assistant.stamping.usable_seals(runtime.connection)
            self._link.submit(runtime.loop, work, self._use_seals, self._no_seal)

    def _use_seals(self, seals: list[TokenSeal]) -> None:
        if not self._resting:
            self._tell()
            self.options.use(seals)
            self._options_changed()

    def _no_seal(self, problem: HelperError) -> None:
        if self._resting:
            return
        self.options.use([])
        look = button(tr("查看我的签章"), "lookAtSealsButton", lambda: self._show_page("seals"))
        self._tell(Tell(str(problem), "amber", look))
        self._options_changed()

    # The seal's place

    def _rest(self, resting: bool) -> None:
        """After stamping the stamped file lies there, without a further seal until the person wants one."""
        self._resting = resting
        self._more.setVisible(resting)

    def _go_on(self) -> None:
        """What is seen is what gets the next seal: the stamped file."""
        self._rest(False)
        self._tell()
        self._options_changed()
        if self._view is not None:
            self._submit(self._view.fields(self._files[0]), self._use_fields, told="")
        self.look_for_seals()

    def _options_changed(self) -> None:
        if self._resting:
            self._go_on()
            return
        seal = self.options.seal
        self.viewer.page.show_seal(seal.picture_png if seal else b"", _size(seal))
        self.options.go.setEnabled(self.options.is_complete and bool(self.viewer.sheets))
        self._hits = []
        if self.options.mode is Mode.KEYWORD:
            self._typing.start()
        self._turn_to_field()
        self._place()

    @property
    def _field(self) -> FormField | None:
        """The signature field that is chosen."""
        if self.options.mode is not Mode.FIELD:
            return None
        return next((each for each in self._fields if each[0] == self.options.field_box.currentText()), None)

    def _turn_to_field(self) -> None:
        if (field := self._field) is not None and field[1] != self.viewer.number:
            self.viewer.go_to(field[1])

    def _find(self) -> None:
        runtime, keyword = self._runtime(), self.options.keyword.text().strip()
        if runtime is not None and self._view is not None and keyword:
            self._submit(self._view.find(keyword), self._found, told="")

    def _found(self, hits: list[Hit]) -> None:
        nth = self.options.nth.value()
        self._hits = hits if nth == 0 else hits[nth - 1 : nth]
        told = tr("找到 {n} 处“{keyword}”") if hits else tr("没有找到“{keyword}”")
        text = told.format(n=len(hits), keyword=self.options.keyword.text().strip())
        self._tell(Tell(text, "good" if self._hits else "amber"))
        if self._hits and all(hit[0] != self.viewer.number for hit in self._hits):
            self.viewer.go_to(self._hits[0][0])
        self._place()

    def _dragged(self, x: float, y: float) -> None:
        self._own_spot = (x, y)

    def _place(self) -> None:
        """Show the seal where it will be on the page that is shown."""
        if not self.viewer.sheets or self.options.seal is None or self._resting:
            self.viewer.page.place([])
            return
        (width, height), (seal_width, seal_height) = self.viewer.sheet, _size(self.options.seal)
        if self.options.mode is Mode.FIELD:
            self._place_in_field(self.options.seal)
        elif self.options.mode is Mode.KEYWORD:
            hits = [hit for hit in self._hits if hit[0] == self.viewer.number]
            self.viewer.page.place([((hit[1] + hit[3]) / 2, (hit[2] + hit[4]) / 2) for hit in hits])
        elif self.options.mode is Mode.EDGE:
            part = _slice(self.viewer.number, len(self.viewer.sheets))
            middle = width - seal_width * (part[1] - part[0]) / 2
            self.viewer.page.place([(middle, height / 2)] if len(self.viewer.sheets) > 1 else [], slice_of=part)
        else:
            usual = (width - MARGIN - seal_width / 2, height - MARGIN - seal_height / 2)
            self.viewer.page.place([self._own_spot or usual], movable=True)

    def _place_in_field(self, seal: TokenSeal) -> None:
        field = self._field
        if field is None or field[1] != self.viewer.number:
            self.viewer.page.place([])
            return
        left, top, right, bottom = field[2:]
        self.viewer.page.show_seal(seal.picture_png, fitted((left, top, right, bottom), *_size(seal)))
        self.viewer.page.place([((left + right) / 2, (top + bottom) / 2)])

    # Stamping

    def _stamp(self) -> None:
        from hebca_helper.assistant.stamping.sealing import StampBatch, StampFile, StampRequest

        seal, target = self.options.seal, self._target
        if seal is None or target is None:
            return
        single = len(self._files) == 1
        files = tuple(
            StampFile(each, target if single else _free(target / f"{each.stem}{tr('-已盖章')}.pdf"))
            for each in self._files
        )
        spot = self.viewer.page.spots[0] if self.viewer.page.spots else None
        placement = self.options.placement(self.viewer.number + 1, spot)
        self._batch = StampBatch(StampRequest(files, placement, seal.id))
        self._go()

    def _go(self) -> None:
        runtime, batch = self._runtime(), self._batch
        if runtime is None or batch is None:
            return
        self._tell()
        self._running(True)

        def progress(done: int, of: int, result: StampResult) -> None:
            self._link.in_window(lambda: self.batch_list.tell(done, of, result))

        work = runtime.assistant.stamping.run(runtime.connection, batch, progress)
        self._call = self._link.submit(runtime.loop, work, lambda _: self._done(), self._not_done, told="")

    def _stop(self) -> None:
        if self._batch is not None:
            self._batch.stop()

    def _running(self, running: bool) -> None:
        waiting = len(self._batch.waiting) if self._batch is not None else 0
        self.options.setEnabled(not running)
        self.batch_list.tell_running(running, waiting)

    def _not_done(self, problem: HelperError) -> None:
        self._running(False)
        if problem.code is not Code.USER_CANCELLED:
            self._tell(Tell(str(problem), "red"))

    def _done(self) -> None:
        self._running(False)
        from hebca_helper.assistant.stamping.notes import told

        results = list(self._batch.results.values()) if self._batch is not None else []
        good = [each for each in results if each.problem is None]
        bad = next((each.problem for each in results if each.problem is not None), None)
        if len(self._files) == 1:
            notices = [Tell(told(note), "amber") for note in good[0].notes] if good else []
            self._tell(self._saved(good[0].file.target) if good else Tell(str(bad), "red"), *notices)
            if good:
                self._show_stamped(good[0])
            return
        counted = tr("已盖章 {good} 个，未完成 {rest} 个").format(good=len(good), rest=len(self._files) - len(good))
        opener = button(tr("打开文件夹"), "openFolderButton", lambda: _open(self._target))
        notes = list(dict.fromkeys(note for each in good for note in each.notes))
        tone = "good" if len(good) == len(self._files) else "amber"
        self._tell(Tell(counted, tone, opener), *(Tell(told(note), "amber") for note in notes))

    def _saved(self, target: Path) -> QWidget:
        opener = button(tr("打开"), "openStampedButton", lambda: _open(target))
        said = Tell(tr("已盖章，保存为 {path}").format(path=target.name), "good", opener)
        said.setToolTip(str(target))
        return said

    def _show_stamped(self, result: StampResult) -> None:
        """The stamped file takes the place of the original on the screen, so that it can be looked at."""
        if self._view is None:
            return
        self.options.go.setEnabled(False)
        self._rest(True)
        self._files, self._target = [result.file.target], _free(result.file.target)
        self._show_target()
        page = result.pages[0] - 1 if result.pages else 0
        self._name.setText(result.file.target.name)
        self._submit(self._view.open(result.file.target), lambda sheets: self._stamped_opened(sheets, page))

    def _stamped_opened(self, sheets: Sheets, page: int) -> None:
        runtime = self._runtime()
        if runtime is not None and self._view is not None:
            self.viewer.page.show_seal(b"", (40.0, 40.0))
            self.viewer.show_document(runtime, self._view, sheets.pages, page)
            self.viewer.page.place([])

    def _ask_target(self) -> None:
        if self._target is None:
            return
        if len(self._files) > 1:
            chosen = folder_to_save(self, tr("保存到文件夹"), self._target)
        else:
            chosen = file_to_save(self, tr("保存为"), self._target, "PDF (*.pdf)", overwriting_is_asked_here=False)
        if chosen is not None:
            self._target = chosen
            self._show_target()

    def _show_target(self) -> None:
        if self._target is not None:
            self.options.target.setText(self._target.name)
            self.options.target.setToolTip(str(self._target))

    # The rest

    def _start_over(self) -> None:
        runtime, view = self._runtime(), self._view
        if runtime is not None and view is not None:
            self._link.submit(runtime.loop, view.close(), lambda _: None, lambda _: None, told="")
        self._view, self._files, self._batch, self._own_spot = None, [], None, None
        self._hits, self._fields = [], []
        self._rest(False)
        self.options.offer_fields([])
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None
        self._tell()
        self._stack.setCurrentIndex(0)

    def _submit(self, work: object, done: Callable[..., object], *, told: str | None = None) -> None:
        """`done` gets what was found, unless another document lies there by then."""
        runtime, view = self._runtime(), self._view

        def there(then: Callable[..., object]) -> Callable[..., object]:
            return lambda found: then(found) if view is self._view else None

        if runtime is not None:
            self._link.submit(runtime.loop, work, there(done), there(self._failed), told=told)  # type: ignore[arg-type]

    def _failed(self, problem: HelperError) -> None:
        self._tell(Tell(str(problem), "red"))
        self.options.go.setEnabled(False)

    def _tell(self, *said: QWidget) -> None:
        empty(self._told)
        for each in said:
            self._told.addWidget(each)


def _size(seal: TokenSeal | None) -> tuple[float, float]:
    return (seal.width_mm, seal.height_mm) if seal else (40.0, 40.0)


def _slice(page: int, pages: int) -> tuple[float, float]:
    """As `documents.pdf.spots` cuts it."""
    groups = -(-pages // MOST_SLICES)
    for group in range(groups):
        first, after = pages * group // groups, pages * (group + 1) // groups
        if first <= page < after:
            return (page - first) / (after - first), (page - first + 1) / (after - first)
    return 0.0, 1.0


def _free(path: Path) -> Path:
    """A name that nothing has yet."""
    number, made = 2, path
    while made.exists():
        made = path.with_stem(f"{path.stem}({number})")
        number += 1
    return made


def _open(path: Path | None) -> None:
    if path is not None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
