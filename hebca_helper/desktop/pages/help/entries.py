"""Entries of the page 帮助: a line that unfolds to steps and remedies, and an office with its telephone numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from hebca_helper.desktop.actions import Actions
from hebca_helper.desktop.look.icons import icon, icon_label
from hebca_helper.desktop.look.pressing import PushButton
from hebca_helper.desktop.look.widgets import button, column, label, row
from hebca_helper.desktop.pages.help.content import Contact, Failure, Guide
from hebca_helper.portals.catalogue import load_what_can_be
from hebca_helper.texts import bracketed, tr

MARK = 18
"""Height of what stands before a line, in pixels."""


@dataclass(frozen=True, slots=True)
class Leads:
    """Where the buttons of entries lead: the clipboard, a page of the window, a quick link."""

    actions: Actions
    show_page: Callable[[str], None]
    open_link: Callable[[str], None]


class EntryCard(QFrame):
    """What is inside is made when it is first unfolded: there is an entry for each of many failures."""

    def __init__(self, entry: Guide | Failure, leads: Leads) -> None:
        super().__init__()
        self.setObjectName("helpCard")
        self.setProperty("entry", entry.id if isinstance(entry, Guide) else entry.number)
        self._entry = entry
        self._leads = leads
        self._inside: QWidget | None = None
        self._head = PushButton(_title(entry))
        self._head.setObjectName("helpHead")
        self._head.setIcon(icon("expand"))
        self._head.setCheckable(True)
        self._head.setAutoDefault(False)
        self._head.toggled.connect(self._toggled)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self._box.addWidget(self._head)

    def unfold(self) -> None:
        self._head.setChecked(True)

    def _toggled(self, unfolded: bool) -> None:
        self._head.setIcon(icon("collapse" if unfolded else "expand"))
        if self._inside is None:
            self._inside = (
                _guide(self._entry, self._leads)
                if isinstance(self._entry, Guide)
                else _failure(self._entry, self._leads)
            )
            self._box.addWidget(self._inside)
        self._inside.setVisible(unfolded)


def _title(entry: Guide | Failure) -> str:
    return entry.title if isinstance(entry, Guide) else f"{entry.number}    {entry.title}"


def _guide(guide: Guide, leads: Leads) -> QWidget:
    box = _inside()
    if guide.text:
        box.addWidget(label(guide.text, "helpText", wrap=True, selectable=True))
    for number, step in enumerate(guide.steps, 1):
        box.addLayout(_line(label(f"{number}", "stepNumber"), step))
    for note in guide.notes:
        box.addLayout(_line(icon_label("information", MARK), note))
    if actions := _buttons(guide, leads):
        box.addLayout(row(*actions, None))
    return _area(box)


def _line(mark: QWidget, text: str) -> QHBoxLayout:
    """The mark stands beside the middle of the first line."""
    words = label(text, "helpText", wrap=True, selectable=True)
    words.ensurePolished()
    line = row(spacing=10)
    line.addLayout(column(max(words.fontMetrics().height() - MARK, 0) // 2, mark, None, spacing=0))
    line.addWidget(words, 1)
    return line


def _buttons(guide: Guide, leads: Leads) -> list[QPushButton]:
    made = []
    if guide.page in (titles := _page_titles()):
        title = tr("打开“{page}”").format(page=titles[guide.page])
        made.append(button(title, f"help-{guide.id}-page", lambda: leads.show_page(guide.page)))
    if (portal := load_what_can_be()[0].find(guide.portal)) is not None:
        title = tr("打开“{page}”").format(page=portal.shown_title)
        made.append(button(title, f"help-{guide.id}-portal", lambda: leads.open_link(guide.portal)))
    return made


def _page_titles() -> dict[str, str]:
    """Pages that an entry may lead to."""
    return {
        "links": tr("快捷链接"),
        "certificates": tr("我的证书"),
        "seals": tr("我的签章"),
        "documents": tr("签章文档"),
        "diagnosis": tr("故障检测"),
        "journal": tr("签名记录"),
        "settings": tr("设置"),
        "first-start": tr("首次使用引导"),
    }


def _failure(failure: Failure, leads: Leads) -> QWidget:
    box = _inside()
    box.addWidget(label(tr("解决办法：{remedy}").format(remedy=failure.remedy), "helpText", wrap=True, selectable=True))
    names = tr("代码 0x{number}，名称 {name}").format(number=failure.number, name=failure.code.value)
    box.addWidget(label(names, "fieldName", wrap=True, selectable=True))
    said = bracketed(f"{failure.number} {failure.title}", failure.code.value)
    copy = button(tr("复制"), f"help-{failure.number}-copy", lambda: leads.actions.copy(said))
    check = button(
        tr("打开“{page}”").format(page=tr("故障检测")),
        f"help-{failure.number}-check",
        lambda: leads.show_page("diagnosis"),
    )
    box.addLayout(row(check, copy, None))
    return _area(box)


class ContactCard(QFrame):
    def __init__(self, contact: Contact, leads: Leads) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setProperty("entry", contact.id)
        box = column(label(contact.title, "portalTitle", wrap=True), spacing=6)
        for text in filter(None, (contact.address, contact.hours)):
            box.addWidget(label(text, "helpText", wrap=True, selectable=True))
        if contact.telephones:
            box.addLayout(row(icon_label("telephone", 18), *self._numbers(contact.telephones, leads), None))
        if contact.groups:
            box.addLayout(row(icon_label("people", 18), *self._numbers(contact.groups, leads), None))
        for note in contact.notes:
            box.addWidget(label(note, "fieldName", wrap=True, selectable=True))
        box.setContentsMargins(16, 12, 16, 12)
        self.setLayout(box)

    def _numbers(self, items: tuple[str, ...], leads: Leads) -> list[QPushButton]:
        """A click copies the number alone."""
        return [self._number(item, item.split()[-1], leads) for item in items]

    def _number(self, text: str, number: str, leads: Leads) -> QPushButton:
        made = button(text, f"number-{number}", lambda: leads.actions.copy(number), "link")
        made.setAccessibleName(tr("复制 {text}").format(text=text))
        made.setToolTip(tr("点击复制"))
        return made


def _inside() -> QVBoxLayout:
    box = column(spacing=8)
    box.setContentsMargins(42, 2, 18, 14)
    return box


def _area(box: QVBoxLayout) -> QWidget:
    made = QWidget()
    made.setLayout(box)
    return made
