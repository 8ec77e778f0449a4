"""签发机构 in 设置: whose certificates count in 检查, who put each there, and a way to take one's own away again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.desktop import issuers
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.message_box import ask
from hebca_helper.desktop.look.widgets import badge, button, column, empty, label, panel, row
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.stamping.issuers import Issuer


class IssuerList(QWidget):
    def __init__(self, runtime: Callable[[], Runtime | None], link: Link) -> None:
        super().__init__()
        self.setObjectName("issuers")
        self._runtime, self._link = runtime, link
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        self._problem = label("", "settingProblem", wrap=True)
        self._problem.hide()
        self._hint = label("", "hint", wrap=True)
        self._add = issuers.AddingIssuer(self, link, runtime, self.refresh).button()
        self.setLayout(column(self._list, 2, self._hint, row(self._add, None), self._problem, spacing=8))

    def refresh(self) -> None:
        self._do()

    def _do(self, removed: str = "") -> None:
        if (runtime := self._runtime()) is not None:
            self._link.submit(runtime.loop, issuers.listed(runtime, removed), self._show, self._failed)

    def _failed(self, problem: HelperError) -> None:
        self._problem.setText(str(problem))
        self._problem.show()

    def _show(self, found: tuple[list[Issuer], bool]) -> None:
        listed, locked = found
        self._problem.hide()
        empty(self._list)
        if not listed:
            self._list.addWidget(label(tr("还没有信任的签发机构，检查时不能核实签名人的身份"), "emptyText", wrap=True))
        for each in listed:
            self._list.addWidget(self._line(each))
        hint = tr("检查签名和印章时，只有这些机构签发的才显示为有效。这里的设置与网站和浏览器无关。")
        self._hint.setText(tr("信任的签发机构由管理员统一设置") if locked else hint)
        self._add.setVisible(not locked)

    def _line(self, issuer: Issuer) -> QWidget:
        from hebca_helper.assistant.stamping.issuers import Origin, groups

        certificate = issuer.certificate
        name = visible_name(certificate.holder)
        made = panel("siteLine")
        below = f"{issuers.span(certificate)}\nSHA-256 {groups(certificate)}"
        said = column(
            label(name, "fieldValue", wrap=True, selectable=True),
            label(below, "hint", wrap=True, selectable=True),
            spacing=2,
        )
        line = row(spacing=10)
        line.addLayout(said, 1)
        middle = Qt.AlignmentFlag.AlignVCenter
        if issuer.origin is Origin.PERSON:
            question = partial(self._ask_remove, name, certificate.fingerprint)
            remove = button(tr("删除"), f"remove-{certificate.fingerprint[:8]}", question, "link")
            remove.setAccessibleName(tr("删除 {name}").format(name=name))
            line.addWidget(remove, 0, middle)
        else:
            shipped = issuer.origin is Origin.PROGRAM
            line.addWidget(badge(tr("随程序提供") if shipped else tr("由管理员设置"), "grey"), 0, middle)
        line.setContentsMargins(12, 6, 6, 6)
        made.setLayout(line)
        return made

    def _ask_remove(self, name: str, fingerprint: str) -> None:
        more = tr("删除后，它签发的签名和印章在检查时显示为“签名人身份未核实”。")
        ask(self, tr("删除签发机构 {name} 吗？").format(name=name), more, tr("删除"), lambda: self._do(fingerprint))
