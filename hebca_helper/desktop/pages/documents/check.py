"""检查: files dropped here are checked in the document host; each has its verdict and each signature its points."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLayout, QVBoxLayout, QWidget

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.stamping import check_words
from hebca_helper.assistant.stamping.check_words import Noun
from hebca_helper.desktop.issuers import AddingIssuer
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import Tell, badge, button, column, fields, label, panel, row
from hebca_helper.desktop.pages.documents import check_points
from hebca_helper.desktop.pages.documents.drop_area import DropArea
from hebca_helper.desktop.pages.documents.signed_view import SignedView
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.documents.report import Report, Signature
from hebca_helper.errors import HelperError
from hebca_helper.seals.words import Verdict
from hebca_helper.texts import tr

KINDS = "PDF OFD (*.pdf *.ofd *.esl *.dat *.p7s *.p7m);;*.* (*)"
_LEVELS = {Verdict.VALID: "good", Verdict.UNIDENTIFIED: "amber", Verdict.INVALID: "red"}
"""Of anything else nothing is said for or against it: grey."""


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
        self._cards: dict[Path, tuple[QWidget, Verdict]] = {}
        self._adding = AddingIssuer(self, link, runtime, self._check_again)

    def check_files(self, files: list[Path]) -> None:
        """The newest result on top."""
        for path in files[:50]:
            self._take_away(path)
            self._check(path)

    def _check_again(self) -> None:
        """With one more issuer known."""
        for path, (_, verdict) in list(self._cards.items()):
            if verdict is Verdict.UNIDENTIFIED:
                self._check(path)

    def _check(self, path: Path) -> None:
        if (runtime := self._runtime()) is not None:
            work = runtime.assistant.document_views.check(path)
            self._link.submit(runtime.loop, work, partial(self._found, path), partial(self._failed, path))

    def _found(self, path: Path, found: Report) -> None:
        place = self._take_away(path)
        card = result_card(path, found, self._adding, partial(self._show_signed, path))
        self._cards[path] = card, found.verdict
        self.results.insertWidget(place, card)
        self.drop.give_way()

    def _take_away(self, path: Path) -> int:
        """Where the file's last result stood, 0 without one."""
        if path not in self._cards:
            return 0
        card, _ = self._cards.pop(path)
        place = self.results.indexOf(card)
        card.hide()
        self.results.removeWidget(card)
        card.deleteLater()
        return place

    def _show_signed(self, path: Path, octets: int) -> None:
        runtime = self._runtime()
        if runtime is not None:
            SignedView(path, octets, self._link, runtime, self.window()).show()

    def _failed(self, path: Path, problem: HelperError) -> None:
        self.results.insertWidget(0, Tell(f"{visible_name(path.name)}: {problem}", "red"))


def result_card(path: Path, found: Report, adding: AddingIssuer, show_signed: Callable[[int], None]) -> QWidget:
    """One file: the verdict on top with what it means and why, then each signature's points. `show_signed` gets how much
    of the file was signed."""
    level, verdict = _LEVELS.get(found.verdict, "grey"), check_words.of_verdict(found.verdict, check_words.noun(found))
    card = QFrame()
    card.setObjectName("card")
    card.setProperty("level", level)
    name = label(visible_name(path.name), "cardTitle", wrap=True)
    add = adding.button() if found.verdict is Verdict.UNIDENTIFIED else None
    inside = column(name, Tell(_told(found), level, add, title=verdict), spacing=8)
    if found.seal:
        inside.addWidget(_area(None, check_points.of_seal(found.seal)))
    for signature in found.signatures:
        inside.addWidget(_signature(signature, found, show_signed))
    if found.partly_signed:
        inside.addWidget(label(tr("文件中还有没有签名的文档。"), "fieldName", wrap=True))
    if found.package:
        inside.addWidget(_area(None, check_points.of_package(found.package)))
    inside.setContentsMargins(16, 12, 16, 12)
    card.setLayout(inside)
    card.setAccessibleName(f"{path.name} {verdict}")
    return card


def _told(found: Report) -> str:
    lines = [check_words.meaning(found)]
    if found.reasons:
        lines.append(tr("原因：{reasons}").format(reasons=check_words.of_reasons(found.reasons)))
    if found.problem and not found.encrypted:
        lines.append(tr("原因：{reasons}").format(reasons=check_points.problem(found.problem)))
    return "\n".join(lines)


def _signature(found: Signature, report: Report, show_signed: Callable[[int], None]) -> QWidget:
    """Of several each has its verdict with the reasons; what is said of the only one stands above."""
    about = check_words.noun(found)
    kinds = {Noun.STAMPED_SIGNATURE: tr("签章 {name}"), Noun.TIME_STAMP: tr("时间戳 {name}")}
    name = kinds.get(about, tr("签名 {name}")).format(name=visible_name(found.name)).strip()
    octets = found.details.pdf.signed_octets if found.details.pdf else None
    look = button(tr("看签名时的样子"), "showSignedButton", lambda: show_signed(octets or 0), "link")
    look.setVisible(octets is not None)
    head = row(label(name, "fieldValue", wrap=True), None, look)
    points = check_points.of_signature(found, alone=report.kind == "signature")
    if len(report.signatures) > 1:
        mark = badge(check_words.of_verdict(found.verdict, about), _LEVELS.get(found.verdict, "grey"))
        head.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        reasons = check_words.of_reasons(found.reasons)
        points = [(tr("原因"), reasons), *points] if reasons else points
    head.setStretch(0, 1)
    return _area(head, points)


def _area(head: QLayout | None, points: check_points.Points) -> QWidget:
    area = panel("contentPanel")
    inside = column(*([head] if head else []), fields(points), spacing=6)
    inside.setContentsMargins(10, 8, 10, 8)
    area.setLayout(inside)
    return area
