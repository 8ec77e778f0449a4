"""One certificate on the page 我的证书."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QPushButton

from hebca_helper.desktop import words
from hebca_helper.desktop.actions import Actions
from hebca_helper.desktop.widgets import Tell, badge, button, column, fields, label, row
from hebca_helper.pki.certificates import beijing
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.entries import CertificateEntry


class CertificateCard(QFrame):
    def __init__(self, entry: CertificateEntry, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("card")
        told = words.validity(entry)
        self.setProperty("level", told.level)
        title = row(label(entry.certificate.holder, "cardTitle", wrap=True, selectable=True), *_marks(entry), None)
        title.setStretch(0, 0)
        title.addWidget(badge(told.short, told.level))
        box = column(title, fields(facts(entry), columns=2), spacing=12)
        if told.text:
            box.insertWidget(1, Tell(told.text, "" if told.level == "grey" else told.level, _remedy(entry, actions)))
        details = button(tr("查看详情"), "detailsButton", lambda: actions.details(entry))
        copy = button(tr("复制唯一标识"), "copyButton", lambda: actions.copy(entry.certificate.unique_id))
        export = button(tr("导出证书"), "exportButton", lambda: actions.export(entry))
        box.addLayout(row(details, copy, export, None))
        box.setContentsMargins(18, 14, 18, 14)
        self.setLayout(box)


def _remedy(entry: CertificateEntry, actions: Actions) -> QPushButton | None:
    """Renewing helps where time runs out."""
    if entry.replaced or entry.validity == "not-yet-valid":
        return None
    return button(tr("办理延期"), "renewButton", lambda: actions.open_link("renew"))


def _marks(entry: CertificateEntry) -> list[QFrame]:
    marks = [badge(words.usage(entry))]
    if entry.practice:
        marks.append(badge(tr("演练"), "practice"))
    if not entry.has_private_key:
        marks.append(badge(tr("没有私钥"), "amber"))
    return list(marks)


def facts(entry: CertificateEntry) -> list[tuple[str, str]]:
    """What clerks are asked for, two in a line."""
    certificate = entry.certificate
    return [
        (tr("唯一标识"), certificate.unique_id),
        (tr("统一社会信用代码"), certificate.credit_code or tr("证书中没有")),
        (tr("序列号"), certificate.serial_hex),
        (tr("序列号（十进制）"), certificate.serial_decimal),
        (tr("生效日期"), f"{beijing(certificate.not_before):%Y-%m-%d}"),
        (tr("到期日期"), f"{beijing(certificate.not_after):%Y-%m-%d}"),
        (tr("颁发机构"), certificate.issuer_name),
        (tr("密钥"), f"{certificate.key_kind.name} {certificate.key_bits}"),
    ]
