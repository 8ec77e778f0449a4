"""签章文档: stamp PDFs and pictures with the seal in the USBKEY, and check what others have stamped."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QSizePolicy, QTabWidget

from hebca_helper.desktop.link import Link
from hebca_helper.desktop.pages.documents.check import CheckTab
from hebca_helper.desktop.pages.documents.stamping import StampTab
from hebca_helper.desktop.pages.page import Page
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.desktop.token_state import TokenState
from hebca_helper.texts import tr


class DocumentsPage(Page):
    def __init__(
        self,
        state: TokenState,
        link: Link,
        runtime: Callable[[], Runtime | None],
        show_page: Callable[[str], None],
    ) -> None:
        super().__init__(tr("签章文档"), tr("给 PDF 盖章，或检查别人盖过章的文件"))
        self.stamping = StampTab(link, runtime, show_page)
        self.checking = CheckTab(link, runtime)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("documentTabs")
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)  # a line above the tabs, in a colour that no style sheet reaches
        self.tabs.addTab(self.stamping, tr("盖章"))
        self.tabs.addTab(self.checking, tr("检查"))
        self.tabs.currentChanged.connect(self._fit)
        self._fit(self.tabs.currentIndex())
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.tabs, 1)
        state.changed.connect(self.stamping.look_for_seals)

    def _fit(self, current: int) -> None:
        """A long list of results makes the other tab no higher."""
        policies = QSizePolicy.Policy
        for place, tab in enumerate((self.stamping, self.checking)):
            tab.setSizePolicy(policies.Preferred, policies.Preferred if place == current else policies.Ignored)
