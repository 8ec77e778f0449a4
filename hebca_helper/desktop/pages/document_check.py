"""检查: files dropped here are checked in the document host; each has its verdict and each signature its points."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from hebca_helper.assistant.visible import visible_text
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.pages.drop_area import DropArea
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.desktop.theme import scaled
from hebca_helper.desktop.widgets import Tell, badge, column, fields, label, panel, row
from hebca_helper.errors import TABLE, Code, HelperError
from hebca_helper.pki.moments import beijing_text
from hebca_helper.texts import bracketed, tr

Row = dict[str, Any]
KINDS = "PDF OFD (*.pdf *.ofd);;*.* (*)"
_LEVELS = {"valid": "good", "invalid": "red", "unreadable": "red"}


class CheckTab(QWidget):
    def __init__(self, link: Link, runtime: Callable[[], Runtime | None]) -> None:
        super().__init__()
        self._link, self._runtime = link, runtime
        text = tr("PDF 和 OFD 文件、印章文件都可以检查。文件只在本机读取，不会上传。")
        self.drop = DropArea(tr("把要检查的文件拖到这里"), text, KINDS, self.check_files, "chooseCheckedButton")
        self.drop.setFixedHeight(scaled(240))
        inside = panel("pageBody")
        self.results = QVBoxLayout(inside)
        self.results.setContentsMargins(0, 0, 0, 0)
        self.results.setSpacing(10)
        self.results.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 12, 12)
        box.setSpacing(12)
        box.addWidget(self.drop)
        box.addWidget(inside, 1)

    def check_files(self, files: list[Path]) -> None:
        """The newest result on top."""
        runtime = self._runtime()
        if runtime is None:
            return
        for path in files[:50]:
            work = runtime.assistant.document_views.check(path)
            self._link.submit(runtime.loop, work, self._found, lambda problem, path=path: self._failed(path, problem))  # type: ignore[misc]

    def _found(self, found: Row) -> None:
        self.results.insertWidget(0, result_card(found))

    def _failed(self, path: Path, problem: HelperError) -> None:
        self.results.insertWidget(0, Tell(f"{visible_text(path.name)}: {problem}", "red"))


def result_card(found: Row) -> QWidget:
    """One file: the verdict on top, then each signature's points."""
    level = _LEVELS.get(found["verdict"], "amber")
    card = QFrame()
    card.setObjectName("card")
    card.setProperty("level", level)
    name = label(visible_text(Path(found["file"]).name), "cardTitle", wrap=True)
    title = row(name, None, badge(_verdict(found["verdict"], found["kind"]), level))
    title.setStretch(0, 1)
    inside = column(title, label(_explanation(found), "fieldName", wrap=True), spacing=6)
    if "problem" in found:
        inside.addWidget(label(_problem(found["problem"]), "fieldName", wrap=True))
    for signature in found["signatures"]:
        inside.addWidget(_signature(signature))
    inside.setContentsMargins(16, 12, 16, 12)
    card.setLayout(inside)
    card.setAccessibleName(f"{Path(found['file']).name} {_verdict(found['verdict'], found['kind'])}")
    return card


def _signature(found: Row) -> QWidget:
    area = panel("contentPanel")
    details = found.get("details", {})
    signer = details.get("signer") or {}
    seal = found.get("seal")
    points = [
        (tr("签名人"), visible_text(signer.get("holder", "")) or tr("未知")),
        (tr("签发机构"), visible_text(signer.get("issuer", "")) or tr("未知")),
        (tr("文件内容"), _document(found["document"])),
        (tr("之后的变动"), _after().get(details.get("after", ""), tr("未知"))),
        (tr("签名"), _state(found["signature"])),
        (tr("签名时的证书"), _standing(found["certificate_at_signing"])),
        (tr("时间"), _time(found, details)),
    ]
    if seal:
        points.append((tr("印章"), tr("，").join((visible_text(seal["name"]), _state(seal["signature"])))))
    level = _LEVELS.get(found["verdict"], "amber")
    head = row(label(visible_text(found["name"]), "fieldValue"), None, badge(_verdict(found["verdict"], "pdf"), level))
    inside = column(head, fields([point for point in points if point[1]]), spacing=6)
    inside.setContentsMargins(10, 8, 10, 8)
    area.setLayout(inside)
    return area


def _verdict(verdict: str, kind: str) -> str:
    return {
        "valid": tr("印章完整") if kind == "seal" else tr("签章有效"),
        "invalid": tr("无效"),
        "indeterminate": tr("不能确定"),
        "unsigned": tr("没有签名"),
        "unreadable": tr("无法读取"),
    }.get(verdict, verdict)


def _explanation(found: Row) -> str:
    if found["verdict"] == "valid":
        return {
            "trusted": tr("内容没有被改动，证书由信任的机构签发。"),
            "untrusted": tr("内容没有被改动，但证书不是由信任的机构签发的，请核对签名人的身份。"),
        }.get(found["trust"], tr("内容没有被改动，但不认识证书的签发机构，请核对签名人的身份。"))
    return {
        "invalid": tr("文件在签名后被改动，或者签名、证书、印章有问题。请不要相信这份文件。"),
        "indeterminate": tr("有必要的内容无法核对，不能说明文件有效。"),
        "unsigned": tr("文件中没有电子签名；只有印章图片不能证明什么。"),
    }.get(found["verdict"], tr("文件损坏，或者不是可以检查的文件。"))


def _problem(problem: Row) -> str:
    entry = TABLE.get(Code(problem["code"])) if problem["code"] in list(Code) else None
    return tr(entry.text) if entry is not None else str(problem["code"])


def _document(state: str) -> str:
    return {"unchanged": tr("签名后没有改动"), "changed": tr("签名后被改动")}.get(state, tr("无法核对"))


def _after() -> dict[str, str]:
    return {
        "nothing": tr("没有"),
        "signatures": tr("又有人签名或盖章"),
        "forms": tr("填写了表单"),
        "annotations": tr("页面上加了批注、文字或图片"),
        "changes": tr("内容被改动"),
        "": "",
    }


def _state(state: str) -> str:
    return {"valid": tr("有效"), "invalid": tr("无效")}.get(state, tr("无法核对"))


def _standing(standing: str) -> str:
    return {
        "valid": tr("有效期内"),
        "not_yet_valid": tr("尚未生效"),
        "expired": tr("已过期"),
        "revoked": tr("已吊销"),
    }.get(standing, tr("无法核对"))


def _time(found: Row, details: Row) -> str:
    if not found["signed_at"]:
        return tr("没有写明")
    moment = beijing_text(datetime.fromisoformat(found["signed_at"]))
    stamped = {"valid": tr("有时间戳"), "invalid": tr("时间戳无效")}.get(details.get("time_stamp") or "", "")
    return bracketed(moment, stamped or tr("签名人声明的时间"))
