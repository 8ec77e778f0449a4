"""Everything about one certificate, to be read, copied and exported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget

from hebca_helper.assistant.asker.visible import visible_line, visible_name
from hebca_helper.desktop import words
from hebca_helper.desktop.look.dialog import Dialog
from hebca_helper.desktop.look.icons import icon_label
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import badge, button, column, fields, grouped, label, panel, row, scrolled
from hebca_helper.desktop.pages.certificates.export_button import export_button
from hebca_helper.pki.moments import beijing_text
from hebca_helper.texts import bracketed, tr

if TYPE_CHECKING:
    from hebca_helper.assistant.certificates.entries import CertificateEntry
    from hebca_helper.desktop.actions import Actions


class DetailsDialog(Dialog):
    def __init__(self, entry: CertificateEntry, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent, "detailsDialog", tr("证书详情"))
        facts = all_facts(entry)
        title = row(icon_label("certificate-on", 28), label(tr("证书详情"), "dialogTitle"), None)
        if entry.practice:
            title.addWidget(badge(tr("演练"), "practice"))
        close = button(tr("关闭"), "closeButton", self.accept, "primary")
        close.setDefault(True)
        copy = button(tr("复制全部"), "copyAllButton", lambda: actions.copy_facts(facts))
        below = row(copy, export_button(entry, actions), None, close)
        outer = column(title, _scrolled(facts), below, spacing=16)
        outer.setContentsMargins(24, 20, 24, 20)
        self.setLayout(outer)
        self.resize(scaled(640), scaled(560))


def _scrolled(facts: list[tuple[str, str]]) -> QScrollArea:
    inside = panel("pageBody")
    box = column(fields(facts), None)
    box.setContentsMargins(0, 0, 12, 0)
    inside.setLayout(box)
    area = scrolled(inside, "detailsArea", Qt.FocusPolicy.StrongFocus)
    area.setAccessibleName(tr("证书详情"))
    return area


def all_facts(entry: CertificateEntry) -> list[tuple[str, str]]:
    """Times are Beijing's."""
    certificate = entry.certificate
    return [
        (tr("持有人"), entry.holder),
        (tr("唯一标识"), visible_name(certificate.unique_id)),
        (tr("统一社会信用代码"), certificate.credit_code or tr("证书中没有")),
        (tr("序列号（十六进制）"), certificate.serial_hex),
        (tr("序列号（十进制）"), certificate.serial_decimal),
        (tr("生效时间"), beijing_text(certificate.not_before)),
        (tr("到期时间"), bracketed(beijing_text(certificate.not_after), words.validity(entry).short)),
        (tr("用途"), words.usage(entry)),
        (tr("密钥"), f"{certificate.key_kind.name} {certificate.key_bits}"),
        (tr("颁发机构"), visible_name(certificate.issuer_name)),
        (tr("主题"), _lines(visible_line(certificate.subject.text))),
        (tr("颁发者"), _lines(visible_line(certificate.issuer.text))),
        (tr("指纹（SHA-256）"), grouped(certificate.fingerprint, 8)),
        (tr("所在 USBKEY"), bracketed(words.token_name(entry.token), entry.token.serial)),
    ]


def _lines(name: str) -> str:
    """A line for each part of a distinguished name: it has few blanks to break at."""
    return re.sub(r"(?<!\\),", "\n", name)
