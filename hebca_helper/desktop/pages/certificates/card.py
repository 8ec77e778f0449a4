"""One certificate on the page 我的证书."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSpacerItem, QToolButton, QWidget

from hebca_helper.desktop import words
from hebca_helper.desktop.actions import Actions
from hebca_helper.desktop.look.icons import icon
from hebca_helper.desktop.look.pressing import ToolButton
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import Tell, badge, button, column, empty, is_long, label, restyle, row
from hebca_helper.desktop.pages.certificates.export_button import export_button
from hebca_helper.pki.moments import Validity, beijing
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.certificates.entries import CertificateEntry
    from hebca_helper.assistant.stamping.chain_states import Chain

COLUMNS = 2
LINE_HEIGHT = 24
CHAIN_GAP = 4
"""Pixels. The chain may need several lines, which have no such height: without a gap it would stick to the line above."""


class CertificateCard(QFrame):
    """`tell_chain` adds what is known of the issuer, which is looked up later."""

    def __init__(self, entry: CertificateEntry, actions: Actions, add_issuer: Callable[[str], QPushButton]) -> None:
        """`add_issuer` makes a button for who knows the issuer."""
        super().__init__()
        self.setObjectName("card")
        self.entry = entry
        self._add_issuer = add_issuer
        self._actions = actions
        told = words.validity(entry)
        self.setProperty("level", told.level)
        self._chain = label("", "chainLine", wrap=True, selectable=True)
        self._chain.setProperty("level", "grey")
        self._chain.setText(tr("正在核对…"))
        self._beside_chain = row()
        self._told = column(spacing=8)
        box = column(self._title(told), self._told, self._facts(), self._buttons(), spacing=12)
        if told.text:
            level = "" if told.level == "grey" else told.level
            self._told.addWidget(Tell(told.text, level, _remedy(entry, actions)))
        box.setContentsMargins(18, 14, 18, 14)
        self.setLayout(box)

    def tell_chain(self, chain: Chain | None) -> None:
        """None where it could not be found out."""
        told = words.chain(chain)
        self._chain.setText(told.short)
        restyle(self._chain, level=told.level)
        self._offer_issuer(chain is not None and chain.state == "issuer-unknown")
        if told.level == "red" and self._told.count() == (1 if words.validity(self.entry).text else 0):
            self._told.insertWidget(0, Tell(told.text, "red"))

    def _offer_issuer(self, missed: bool) -> None:
        """The button stays while the issuer is missed: the keyboard may be on it."""
        if not missed:
            empty(self._beside_chain)
        elif not self._beside_chain.count():
            add = self._add_issuer("link")
            self._beside_chain.addWidget(add)
            QWidget.setTabOrder(self.findChildren(QToolButton, "copyField")[-1], add)

    def _title(self, told: words.Told) -> QHBoxLayout:
        holder = self.entry.holder
        title = row(label(holder, "cardTitle", wrap=is_long(holder), selectable=True), *_marks(self.entry))
        if is_long(holder):
            title.setStretch(0, 1)
        else:
            title.addStretch(1)
        title.addWidget(badge(told.short, told.level))
        return title

    def _facts(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        for place, (name, value, copied) in enumerate(facts(self.entry)):
            line, pair = divmod(place, COLUMNS)
            grid.addWidget(label(name, "fieldName"), line, 2 * pair)
            grid.addLayout(self._value(name, value, copied), line, 2 * pair + 1)
            grid.setRowMinimumHeight(line, scaled(LINE_HEIGHT))
            grid.setColumnStretch(2 * pair + 1, 1)
        below = grid.rowCount()
        grid.addItem(QSpacerItem(0, CHAIN_GAP), below, 0)
        below += 1
        grid.addWidget(label(tr("证书链"), "fieldName"), below, 0, Qt.AlignmentFlag.AlignTop)
        chain = row(spacing=8)
        chain.addWidget(self._chain, 1)
        chain.addLayout(self._beside_chain)
        grid.addLayout(chain, below, 1, 1, 2 * COLUMNS - 1)
        return grid

    def _value(self, name: str, value: str, copied: bool) -> QHBoxLayout:
        line = row(spacing=2)
        line.addWidget(label(value, "fieldValue", wrap=is_long(value), selectable=True), int(is_long(value)))
        if copied:
            line.addWidget(_copy_button(name, value, self._actions))
        if not is_long(value):
            line.addStretch(1)
        return line

    def _buttons(self) -> QHBoxLayout:
        details = button(tr("查看详情"), "detailsButton", self._show_details)
        return row(details, export_button(self.entry, self._actions), None)

    def _show_details(self) -> None:
        from hebca_helper.desktop.pages.certificates.details import DetailsDialog  # most cards are never asked for it

        DetailsDialog(self.entry, self._actions, self.window()).open()


def _copy_button(name: str, value: str, actions: Actions) -> QToolButton:
    made = ToolButton()
    made.setObjectName("copyField")
    made.setIcon(icon("copy"))
    made.setIconSize(QSize(14, 14))
    made.setAccessibleName(tr("复制{name}").format(name=name))
    made.setToolTip(tr("复制{name}").format(name=name))
    made.clicked.connect(lambda: actions.copy(value))
    return made


def _remedy(entry: CertificateEntry, actions: Actions) -> QPushButton | None:
    """Renewing helps where time runs out."""
    if entry.replaced or entry.validity is Validity.NOT_YET_VALID:
        return None
    return button(tr("办理延期"), "renewButton", lambda: actions.open_link("renew"))


def _marks(entry: CertificateEntry) -> list[QLabel]:
    marks = [badge(words.usage(entry))]
    if entry.practice:
        marks.append(badge(tr("演练"), "practice"))
    if not entry.has_private_key:
        marks.append(badge(tr("没有私钥"), "amber"))
    return marks


def facts(entry: CertificateEntry) -> list[tuple[str, str, bool]]:
    """What clerks are asked for, two in a line: name, value, whether it can be copied by itself."""
    certificate = entry.certificate
    return [
        (tr("唯一标识"), certificate.unique_id, True),
        (tr("统一社会信用代码"), certificate.credit_code or tr("证书中没有"), bool(certificate.credit_code)),
        (tr("序列号"), certificate.serial_hex, True),
        (tr("序列号（十进制）"), certificate.serial_decimal, True),
        (tr("生效日期"), f"{beijing(certificate.not_before):%Y-%m-%d}", False),
        (tr("到期日期"), f"{beijing(certificate.not_after):%Y-%m-%d}", False),
        (tr("颁发机构"), certificate.issuer_name, False),
        (tr("密钥"), f"{certificate.key_kind.name} {certificate.key_bits}", False),
    ]
