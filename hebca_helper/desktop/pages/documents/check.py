"""检查: files dropped here are checked in the document host; each has its verdict and each signature its points."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFrame, QLayout, QVBoxLayout, QWidget

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import Tell, badge, column, fields, label, panel, row
from hebca_helper.desktop.pages.documents import check_points
from hebca_helper.desktop.pages.documents.drop_area import DropArea
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

Row = dict[str, Any]
KINDS = "PDF OFD (*.pdf *.ofd *.esl *.dat *.p7s *.p7m);;*.* (*)"
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
        self.results.insertWidget(0, Tell(f"{visible_name(path.name)}: {problem}", "red"))


def result_card(found: Row) -> QWidget:
    """One file: the verdict on top, then each signature's points."""
    level = _LEVELS.get(found["verdict"], "amber")
    card = QFrame()
    card.setObjectName("card")
    card.setProperty("level", level)
    name = label(visible_name(Path(found["file"]).name), "cardTitle", wrap=True)
    title = row(name, None, badge(_verdict(found["verdict"], found["kind"]), level))
    title.setStretch(0, 1)
    inside = column(title, label(_explanation(found), "fieldName", wrap=True), spacing=6)
    if "problem" in found and not _is_encrypted(found):
        inside.addWidget(label(check_points.problem(found["problem"]), "fieldName", wrap=True))
    if found.get("seal"):
        inside.addWidget(_area(None, check_points.of_seal(found["seal"])))
    for signature in found["signatures"]:
        inside.addWidget(_signature(signature, alone=found["kind"] == "signature"))
    details = found.get("details", {})
    if details.get("unsigned_bodies") and found["signatures"]:
        inside.addWidget(label(tr("文件中还有没有签名的文档。"), "fieldName", wrap=True))
    if details.get("package"):
        inside.addWidget(_area(None, check_points.of_package(details["package"])))
    inside.setContentsMargins(16, 12, 16, 12)
    card.setLayout(inside)
    card.setAccessibleName(f"{Path(found['file']).name} {_verdict(found['verdict'], found['kind'])}")
    return card


def _signature(found: Row, *, alone: bool) -> QWidget:
    level = _LEVELS.get(found["verdict"], "amber")
    name = tr("签名 {name}").format(name=visible_name(found["name"])).strip()
    head = row(
        label(name, "fieldValue", wrap=True),
        None,
        badge(_verdict(found["verdict"], "signature" if alone else ""), level),
    )
    head.setStretch(0, 1)
    return _area(head, check_points.of_signature(found, alone=alone))


def _area(head: QLayout | None, points: check_points.Points) -> QWidget:
    area = panel("contentPanel")
    inside = column(*([head] if head else []), fields(points), spacing=6)
    inside.setContentsMargins(10, 8, 10, 8)
    area.setLayout(inside)
    return area


def _verdict(verdict: str, kind: str) -> str:
    return {
        "valid": {"seal": tr("印章完整"), "signature": tr("签名有效")}.get(kind, tr("签章有效")),
        "invalid": tr("无效"),
        "indeterminate": tr("不能确定"),
        "unsigned": tr("没有签名"),
        "unreadable": tr("无法读取"),
    }.get(verdict, verdict)


def _explanation(found: Row) -> str:
    if found["kind"] == "seal" and found["verdict"] not in ("unreadable", "unsigned"):
        return _of_seal(found)
    if found["verdict"] == "valid":
        return {
            "trusted": tr("内容没有被改动，证书由信任的机构签发。"),
            "untrusted": tr("内容没有被改动，但证书不是由信任的机构签发的，请核对签名人的身份。"),
        }.get(found["trust"], tr("内容没有被改动，但不认识证书的签发机构，请核对签名人的身份。"))
    if _is_encrypted(found):
        return tr("文件已加密。请先去掉密码或解密，再来检查。")
    return {
        "invalid": tr("文件在签名后被改动，或者签名、证书、印章有问题。请不要相信这份文件。"),
        "indeterminate": tr("有必要的内容无法核对，不能说明文件有效。"),
        "unsigned": tr("文件中没有电子签名；只有印章图片不能证明什么。"),
    }.get(found["verdict"], tr("文件损坏，或者不是可以检查的文件。"))


def _is_encrypted(found: Row) -> bool:
    return bool(found.get("problem", {}).get("code") == Code.DOCUMENT_ENCRYPTED)


def _of_seal(found: Row) -> str:
    """A seal alone has been put on nothing, so nothing is said of documents."""
    if found["verdict"] == "invalid":
        return tr("印章被改动过，或者是伪造的。请不要使用这枚印章。")
    if found["verdict"] != "valid":
        return tr("印章有必要的内容无法核对，不能说明印章是真的。")
    trust = {
        "trusted": tr("印章制作后没有被改动，制章人的证书由信任的机构签发。"),
        "untrusted": tr("印章制作后没有被改动，但制章人的证书不是由信任的机构签发的。"),
    }.get(found["trust"], tr("印章制作后没有被改动，但不认识制章人证书的签发机构。"))
    past = {"expired": tr("印章已过有效期。"), "not_yet_valid": tr("印章还没有到生效时间。")}
    return trust + past.get(found["seal"]["period"], "")
