"""The button 导出证书 of a card and of the details."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QPushButton

from hebca_helper.desktop.actions import Actions, CertificateFormat
from hebca_helper.desktop.look.widgets import button
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.certificates.entries import CertificateEntry


def export_button(entry: CertificateEntry, actions: Actions) -> QPushButton:
    """Unfolds to the two forms in which a certificate is asked for."""
    made = button(tr("导出证书"), "exportButton", lambda: None)
    menu = QMenu(made)
    menu.setObjectName("exportMenu")
    menu.addAction(tr(".cer 文件（双击可查看）"), lambda: actions.export(entry, CertificateFormat.CER, made))
    menu.addAction(tr(".pem 文件（文本格式）"), lambda: actions.export(entry, CertificateFormat.PEM, made))
    made.setMenu(menu)
    return made
