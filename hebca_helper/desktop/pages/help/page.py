"""帮助: how to do the common tasks, whom to ask, what it costs, what each failure means, and what this program is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from hebca_helper.desktop.look.search_field import SearchField
from hebca_helper.desktop.look.widgets import Tell, button, empty, label, row
from hebca_helper.desktop.pages.help.about import About
from hebca_helper.desktop.pages.help.content import Contact, Entry, HelpContent, Section, load
from hebca_helper.desktop.pages.help.entries import ContactCard, EntryCard, Leads
from hebca_helper.desktop.pages.page import Page, Surroundings, nothing_here
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

TYPING_MILLISECONDS = 150
MOST = 40
"""Entries that a search shows: more say that another word is needed."""


class HelpPage(Page):
    def __init__(self, around: Surroundings) -> None:
        super().__init__(tr("帮助"), tr("办事步骤、联系方式、费用和错误代码；客服 400-707-3355"))
        self._around = around
        self._leads = Leads(around.actions, around.show_page, around.open_link)
        self._content, self._problem = _load()
        self._section = Section.GUIDES
        self._search = SearchField(tr("搜索帮助"), tr("搜索，如：续费、E00B1F10"), width=240, pause=TYPING_MILLISECONDS)
        self.top.addWidget(self._search, 0, Qt.AlignmentFlag.AlignBottom)
        self._tabs: dict[Section, QPushButton] = {}
        self._group = QButtonGroup(self)
        first = button(tr("首次使用引导"), "firstStartButton", lambda: around.show_page("first-start"), "link")
        self.above.addLayout(row(*(self._tab(*item) for item in _sections()), None, first))
        self._search.wanted.connect(self._show)
        self._show()

    def _tab(self, section: Section, title: str) -> QWidget:
        made = button(title, f"{section.value}Tab", lambda: self._choose(section), "tab")
        made.setCheckable(True)
        self._group.addButton(made)
        self._tabs[section] = made
        return made

    def _mark_tab(self, section: Section | None) -> None:
        """None while what a search found stands below: it comes from all of them."""
        self._group.setExclusive(False)
        for each, tab in self._tabs.items():
            tab.setChecked(each is section)
        self._group.setExclusive(True)

    def _choose(self, section: Section) -> None:
        self._section = section
        self._search.search_for("")

    # Showing

    def shown_first(self) -> None:
        """The person comes here: the city, or where services listen, may be another one by now."""
        if self._section in (Section.CONTACTS, Section.ABOUT) and not self._search.words:
            self._show()

    def _show(self) -> None:
        empty(self.body)
        words = self._search.words
        self._mark_tab(None if words else self._section)
        if self._problem is not None:
            self.body.addWidget(Tell(str(self._problem), "red"))
        if words:
            self._show_found(self._content.search(words))
        elif self._section is Section.ABOUT:
            self.body.addWidget(About(self._around))
        else:
            self._show_entries(self._content.of(self._section, self._city()))
        self.body.addStretch(1)
        self.to_top()

    def _show_found(self, entries: list[Entry]) -> None:
        if not entries:
            clear = button(tr("显示全部"), "clearSearchButton", self._search.clear)
            hint = tr("换一个词试试，或拨打客服 400-707-3355")
            self.body.addWidget(nothing_here("search", tr("没有找到相关的帮助"), hint, clear))
            return
        self.body.addWidget(label(tr("找到 {count} 条").format(count=len(entries)), "hint"))
        self._show_entries(entries[:MOST], open_first=len(entries) == 1)
        if len(entries) > MOST:
            self.body.addWidget(label(tr("只显示前 {count} 条，请多输入几个字").format(count=MOST), "hint"))

    def _show_entries(self, entries: list[Entry], *, open_first: bool = False) -> None:
        for entry in entries:
            card = ContactCard(entry, self._leads) if isinstance(entry, Contact) else EntryCard(entry, self._leads)
            self.body.addWidget(card)
            if open_first and isinstance(card, EntryCard):
                card.unfold()

    def _city(self) -> str:
        runtime = self._around.runtime()
        return runtime.settings.city if runtime is not None else ""


def _sections() -> list[tuple[Section, str]]:
    return [
        (Section.GUIDES, tr("常见操作")),
        (Section.CONTACTS, tr("联系我们")),
        (Section.FEES, tr("费用与材料")),
        (Section.ERRORS, tr("错误代码")),
        (Section.ABOUT, tr("关于")),
    ]


def _load() -> tuple[HelpContent, HelperError | None]:
    """A mistake in a help desk's file is told; the failures are there all the same."""
    try:
        return load(), None
    except HelperError as problem:
        return HelpContent((), ()), problem
