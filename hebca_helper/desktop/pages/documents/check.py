"""检查: files dropped here are checked in the document host; each has its verdict and each signature its points."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFrame, QLayout, QVBoxLayout, QWidget

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import Tell, badge, button, column, fields, label, panel, row
from hebca_helper.desktop.pages.documents import check_points
from hebca_helper.desktop.pages.documents.drop_area import DropArea
from hebca_helper.desktop.pages.documents.signed_view import SignedView
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.documents.report import Report, Seal, Signature
from hebca_helper.errors import HelperError
from hebca_helper.seals.words import Standing, Trust, Verdict
from hebca_helper.texts import tr

KINDS = "PDF OFD (*.pdf *.ofd *.esl *.dat *.p7s *.p7m);;*.* (*)"
_LEVELS = {Verdict.VALID: "good", Verdict.INVALID: "red", Verdict.UNREADABLE: "red"}


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
            self._link.submit(runtime.loop, work, partial(self._found, path), partial(self._failed, path))

    def _found(self, path: Path, found: Report) -> None:
        self.results.insertWidget(0, result_card(path, found, partial(self._show_signed, path)))

    def _show_signed(self, path: Path, octets: int) -> None:
        runtime = self._runtime()
        if runtime is not None:
            SignedView(path, octets, self._link, runtime, self.window()).show()

    def _failed(self, path: Path, problem: HelperError) -> None:
        self.results.insertWidget(0, Tell(f"{visible_name(path.name)}: {problem}", "red"))


def result_card(path: Path, found: Report, show_signed: Callable[[int], None]) -> QWidget:
    """One file: the verdict on top, then each signature's points. `show_signed` gets how much of the file was signed."""
    level = _LEVELS.get(found.verdict, "amber")
    card = QFrame()
    card.setObjectName("card")
    card.setProperty("level", level)
    name = label(visible_name(path.name), "cardTitle", wrap=True)
    title = row(name, None, badge(_verdict(found.verdict, found.kind), level))
    title.setStretch(0, 1)
    inside = column(title, label(_explanation(found), "fieldName", wrap=True), spacing=6)
    if found.problem and not found.encrypted:
        inside.addWidget(label(check_points.problem(found.problem), "fieldName", wrap=True))
    if found.seal:
        inside.addWidget(_area(None, check_points.of_seal(found.seal)))
    for signature in found.signatures:
        inside.addWidget(_signature(signature, show_signed, alone=found.kind == "signature"))
    if found.partly_signed:
        inside.addWidget(label(tr("文件中还有没有签名的文档。"), "fieldName", wrap=True))
    if found.package:
        inside.addWidget(_area(None, check_points.of_package(found.package)))
    inside.setContentsMargins(16, 12, 16, 12)
    card.setLayout(inside)
    card.setAccessibleName(f"{path.name} {_verdict(found.verdict, found.kind)}")
    return card


def _signature(found: Signature, show_signed: Callable[[int], None], *, alone: bool) -> QWidget:
    level = _LEVELS.get(found.verdict, "amber")
    name = tr("签名 {name}").format(name=visible_name(found.name)).strip()
    octets = found.details.pdf.signed_octets if found.details.pdf else None
    look = button(tr("看签名时的样子"), "showSignedButton", lambda: show_signed(octets or 0), "link")
    look.setVisible(octets is not None)
    head = row(
        label(name, "fieldValue", wrap=True),
        None,
        look,
        badge(_verdict(found.verdict, "signature" if alone else ""), level),
    )
    head.setStretch(0, 1)
    return _area(head, check_points.of_signature(found, alone=alone))


def _area(head: QLayout | None, points: check_points.Points) -> QWidget:
    area = panel("contentPanel")
    inside = column(*([head] if head else []), fields(points), spacing=6)
    inside.setContentsMargins(10, 8, 10, 8)
    area.setLayout(inside)
    return area


def _verdict(verdict: Verdict, kind: str) -> str:
    return {
        Verdict.VALID: {"seal": tr("印章完整"), "signature": tr("签名有效")}.get(kind, tr("签章有效")),
        Verdict.INVALID: tr("无效"),
        Verdict.INDETERMINATE: tr("不能确定"),
        Verdict.UNSIGNED: tr("没有签名"),
        Verdict.UNREADABLE: tr("无法读取"),
    }[verdict]


def _explanation(found: Report) -> str:
    if found.seal:
        return _of_seal(found, found.seal)
    if found.verdict is Verdict.VALID:
        return {
            Trust.TRUSTED: tr("内容没有被改动，证书由信任的机构签发。"),
            Trust.UNTRUSTED: tr("内容没有被改动，但证书不是由信任的机构签发的，请核对签名人的身份。"),
        }.get(found.trust, tr("内容没有被改动，但不认识证书的签发机构，请核对签名人的身份。"))
    if found.encrypted:
        return tr("文件已加密。请先去掉密码或解密，再来检查。")
    return {
        Verdict.INVALID: tr("文件在签名后被改动，或者签名、证书、印章有问题。请不要相信这份文件。"),
        Verdict.INDETERMINATE: tr("有必要的内容无法核对，不能说明文件有效。"),
        Verdict.UNSIGNED: tr("文件中没有电子签名；只有印章图片不能证明什么。"),
    }.get(found.verdict, tr("文件损坏，或者不是可以检查的文件。"))


def _of_seal(found: Report, seal: Seal) -> str:
    """A seal alone has been put on nothing, so nothing is said of documents."""
    if found.verdict is Verdict.INVALID:
        return tr("印章被改动过，或者是伪造的。请不要使用这枚印章。")
    if found.verdict is not Verdict.VALID:
        return tr("印章有必要的内容无法核对，不能说明印章是真的。")
    trust = {
        Trust.TRUSTED: tr("印章制作后没有被改动，制章人的证书由信任的机构签发。"),
        Trust.UNTRUSTED: tr("印章制作后没有被改动，但制章人的证书不是由信任的机构签发的。"),
    }.get(found.trust, tr("印章制作后没有被改动，但不认识制章人证书的签发机构。"))
    past = {Standing.EXPIRED: tr("印章已过有效期。"), Standing.NOT_YET_VALID: tr("印章还没有到生效时间。")}
    return trust + past.get(seal.period, "")
