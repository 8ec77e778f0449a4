"""添加签发机构, from wherever it is offered: which certificate, and its fingerprint compared with what the CA publishes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QMenu, QMessageBox, QPushButton, QRadioButton, QVBoxLayout, QWidget

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.desktop.file_dialogs import file_to_open
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.icons import icon, icon_label
from hebca_helper.desktop.look.message_box import MessageBox
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import Tell, button, column, empty, fields, label, panel, row
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.moments import beijing
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.stamping.issuers import Issuer, Issuers
    from hebca_helper.pki.certificates import Certificate

WIDTH = 600
KINDS = "CA (*.cer *.crt *.pem *.der *.p7b *.p7c);;*.* (*)"
_LINE = 40
"""Characters of a fingerprint's groups in one line."""


class AddingIssuer:
    """From a button to an issuer that counts. `added` is called then."""

    def __init__(
        self, parent: QWidget, link: Link, runtime: Callable[[], Runtime | None], added: Callable[[], object]
    ) -> None:
        self._parent, self._link, self._runtime, self._added = parent, link, runtime, added

    def button(self, kind: str = "") -> QPushButton:
        """Asks where the certificate comes from."""
        made = button(tr("添加签发机构"), "addIssuerButton", lambda: None, kind)
        menu = QMenu(made)
        menu.setObjectName("addIssuerMenu")
        menu.addAction(tr("从文件…"), self.from_file)
        menu.addAction(tr("从 USBKEY"), self.from_tokens)
        made.setMenu(menu)
        return made

    def from_file(self) -> None:
        if (path := file_to_open(self._parent.window(), tr("选择签发机构的 CA 证书"), KINDS)) is not None:
            self.read(path)

    def read(self, path: Path) -> None:
        if (runtime := self._runtime()) is not None:
            self._link.submit(runtime.loop, _in_file(runtime, path), self._compare, self._refused)

    def from_tokens(self) -> None:
        if (runtime := self._runtime()) is not None:
            self._link.submit(runtime.loop, _on_tokens(runtime), self._compare, self._refused)

    def _compare(self, found: Sequence[Certificate]) -> None:
        dialog = IssuerDialog(found, self._parent.window())
        dialog.accepted.connect(lambda: self._add(dialog.chosen, dialog.typed.text()))
        dialog.open()

    def _add(self, certificate: Certificate, published: str) -> None:
        if (runtime := self._runtime()) is not None:
            work = _added(runtime, certificate, published)
            self._link.submit(runtime.loop, work, lambda _: self._added(), self._refused)

    def _refused(self, problem: HelperError) -> None:
        box = MessageBox(self._parent.window(), "issuerProblem", "warning", str(problem), "")
        box.add(tr("关闭"), "closeButton", QMessageBox.ButtonRole.RejectRole)
        box.open()


class IssuerDialog(QDialog):
    """Accepted when the end of the published fingerprint was typed and fits `chosen`."""

    def __init__(self, certificates: Sequence[Certificate], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("issuerDialog")
        self.setWindowTitle(tr("添加签发机构"))
        self.setWindowIcon(icon("assistant"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.chosen = certificates[0]
        self._facts = QVBoxLayout()
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._problem = label(tr("与这张证书的指纹不一致。请不要添加，并向签发机构核实。"), "problemLine", wrap=True)
        kept = self._problem.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._problem.setSizePolicy(kept)
        self._problem.hide()
        title = row(icon_label("certificate-on", 28), label(tr("添加签发机构"), "dialogTitle"), None)
        meaning = tr("添加后，检查时由它签发的签名和印章才会显示为有效。只添加您能核实的机构。")
        compare = tr(
            "请从签发机构的网站或客服电话取得它公布的 SHA-256 指纹，与上面逐组核对。不要用发来文件的人提供的指纹。"
        )
        self.typed = self._line()
        asked = label(tr("输入签发机构公布的指纹的最后 8 位"), "settingTitle", wrap=True)
        asked.setBuddy(self.typed)
        self._add = button(tr("核对无误，添加"), "confirmButton", self.accept, "primary")
        self._add.setEnabled(False)
        self._add.setDefault(True)
        cancel = button(tr("取消"), "cancelButton", self.reject)
        outer = column(title, label(meaning, "dialogReason", wrap=True), spacing=14)
        if len(certificates) > 1:
            outer.addLayout(self._choices(certificates))
        outer.addLayout(self._facts)
        outer.addWidget(Tell(compare, "amber"))
        outer.addLayout(column(asked, self.typed, self._problem, spacing=4))
        outer.addLayout(row(None, cancel, self._add))
        outer.setContentsMargins(24, 20, 24, 20)
        self.setLayout(outer)
        self.setMinimumWidth(scaled(WIDTH))
        self._show(self.chosen)
        self.typed.setFocus()

    def _line(self) -> QLineEdit:
        made = QLineEdit()
        made.setObjectName("fingerprintEdit")
        made.setAccessibleName(tr("签发机构公布的指纹的最后 8 位"))
        made.setPlaceholderText("0000 0000")
        made.textChanged.connect(lambda _: self._judge())
        return made

    def _choices(self, certificates: Sequence[Certificate]) -> QVBoxLayout:
        box = column(label(tr("文件中有几张 CA 证书，每次添加一张"), "settingTitle"), spacing=4)
        for number, each in enumerate(certificates):
            choice = QRadioButton(visible_name(each.holder))
            choice.setObjectName(f"issuer-{number}")
            choice.setChecked(number == 0)
            choice.clicked.connect(partial(self._show, each))
            box.addWidget(choice)
        return box

    def _show(self, certificate: Certificate, *_: object) -> None:
        self.chosen = certificate
        empty(self._facts)
        area = panel("contentPanel")
        fingerprint = label(_in_lines(certificate), "fingerprint", selectable=True)
        inside = column(fields(facts(certificate)), 4, label(tr("SHA-256 指纹"), "fieldName"), fingerprint, spacing=4)
        inside.setContentsMargins(12, 10, 12, 10)
        area.setLayout(inside)
        self._facts.addWidget(area)
        self._judge()

    def _judge(self) -> None:
        from hebca_helper.assistant.stamping.issuers import agrees, is_whole

        agreed, text = agrees(self.chosen, self.typed.text()), self.typed.text()
        self._add.setEnabled(agreed)
        self._problem.setVisible(is_whole(text) and not agreed)


def facts(certificate: Certificate) -> list[tuple[str, str]]:
    return [
        (tr("机构"), visible_name(certificate.holder)),
        (tr("颁发者"), visible_name(certificate.issuer_name)),
        (tr("有效期"), span(certificate)),
    ]


def _in_lines(certificate: Certificate) -> str:
    from hebca_helper.assistant.stamping.issuers import groups

    fingerprint = groups(certificate)
    return f"{fingerprint[: _LINE - 1]}\n{fingerprint[_LINE:]}"


def span(certificate: Certificate) -> str:
    first, last = beijing(certificate.not_before), beijing(certificate.not_after)
    return tr("{first} 至 {last}").format(first=f"{first:%Y-%m-%d}", last=f"{last:%Y-%m-%d}")


def known(runtime: Runtime) -> Issuers:
    from hebca_helper.assistant.stamping.issuers import Issuers

    return Issuers(runtime.home)


async def listed(runtime: Runtime, removed: str = "") -> tuple[list[Issuer], bool]:
    """All that count, without the one that is `removed` now, and whether only an administrator may add any."""

    def work() -> tuple[list[Issuer], bool]:
        issuers = known(runtime)
        if removed:
            issuers.remove(removed)
        return issuers.listed(), issuers.locked

    return await asyncio.to_thread(work)


async def _in_file(runtime: Runtime, path: Path) -> list[Certificate]:
    from hebca_helper.assistant.stamping.issuers import issuers_in
    from hebca_helper.assistant.stamping.views import read_file

    def work() -> list[Certificate]:
        _require_open(runtime)
        return issuers_in(read_file(path))

    return await asyncio.to_thread(work)


async def _on_tokens(runtime: Runtime) -> list[Certificate]:
    await asyncio.to_thread(_require_open, runtime)
    return await runtime.assistant.issuers_on_tokens()


async def _added(runtime: Runtime, certificate: Certificate, published: str) -> None:
    await asyncio.to_thread(lambda: known(runtime).add(certificate, published))


def _require_open(runtime: Runtime) -> None:
    if known(runtime).locked:
        raise HelperError(Code.ISSUERS_MANAGED)
