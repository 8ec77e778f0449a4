"""A document as it was when somebody signed it, beside nothing: what came later is not in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.icons import icon
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import button, column, label, row
from hebca_helper.desktop.pages.documents.viewer import DocumentViewer
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.stamping.views import Sheets


class SignedView(QDialog):
    """`octets`: of the file's beginning that the signature is over."""

    def __init__(self, path: Path, octets: int, link: Link, runtime: Runtime, parent: QWidget) -> None:
        super().__init__(parent)
        self._link, self._runtime = link, runtime
        self._view = runtime.assistant.document_views.view()
        self.setObjectName("signedView")
        self.setWindowTitle(tr("签名时的样子"))
        self.setWindowIcon(icon("assistant"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.viewer = DocumentViewer(link)
        title = label(visible_name(path.name), "dialogTitle", wrap=True)
        told = label(tr("这是签名人签名时的文件，之后加上或改动的内容不在里面。"), "fieldName", wrap=True)
        buttons = row(None, button(tr("关闭"), "closeButton", self.accept))
        outer = column(title, told, self.viewer, buttons, spacing=12)
        outer.setStretch(2, 1)
        outer.setContentsMargins(24, 20, 24, 20)
        self.setLayout(outer)
        self.resize(scaled(680), scaled(760))
        self.finished.connect(lambda _: self._close_view())
        self._call = link.submit(runtime.loop, self._view.open(path, octets), self._opened, self._failed)

    def _opened(self, sheets: Sheets) -> None:
        self.viewer.show_document(self._runtime, self._view, sheets.pages)

    def _failed(self, problem: HelperError) -> None:
        self.viewer.problem.setText(str(problem))
        self.viewer.problem.show()

    def _close_view(self) -> None:
        self._call.cancel()
        self._link.submit(self._runtime.loop, self._view.close(), lambda _: None, lambda _: None, told="")
