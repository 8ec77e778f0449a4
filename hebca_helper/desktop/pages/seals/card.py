"""One seal on the page 我的签章: its picture at true size, what it says, and each point of the check."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLayout, QPushButton, QWidget

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.desktop import words
from hebca_helper.desktop.look.icons import icon_label
from hebca_helper.desktop.look.widgets import Tell, badge, button, card_of, column, fields, label, row
from hebca_helper.desktop.pages.seals import points as seal_points
from hebca_helper.desktop.pages.seals.picture import SealPicture
from hebca_helper.errors import Code
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.stamping.seals import TokenPicture, TokenSeal
    from hebca_helper.documents.report import Seal, SealDetails

_ICONS = {"good": "good", "amber": "warning", "red": "problem"}
_LONGEST, _MOST_SIGNERS = 80, 5
_RENEWABLE = frozenset({Code.SEAL_NEEDS_RENEWAL, Code.SEAL_EXPIRED, Code.SEAL_NOT_SIGNERS})
"""What a new seal mends."""


class SealCard(QFrame):
    def __init__(self, seal: TokenSeal, apply: Callable[[], None], preview: Callable[[TokenSeal], None]) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setProperty("seal", seal.id)
        state = seal_points.state(seal)
        self.setProperty("level", state.level)
        title = row(label(_short(seal.name) or tr("无法读取的印章"), "cardTitle", wrap=True, selectable=True), None)
        title.setStretch(0, 1)
        for mark in _marks(seal, state):
            title.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        box = column(title, spacing=12)
        if state.text:
            box.addWidget(Tell(state.text, state.level, _remedy(seal, apply)))
        inside = row(spacing=18)
        if seal.report is not None:
            inside.addLayout(_picture(seal, preview))
        inside.addLayout(_said(seal), 1)
        box.addLayout(inside)
        box.setContentsMargins(18, 14, 18, 16)
        self.setLayout(box)


def picture_card(picture: TokenPicture) -> QFrame:
    """A picture without a seal's data: shown, and called what it is."""
    text = tr("USBKEY 中只有印章的图片，没有可以验证的电子印章数据，不能用来签章。")
    shown = SealPicture(picture.picture_png, (40, 40), picture.label, "")
    head = row(label(tr("印章图片"), "cardTitle"), None, badge(tr("不是电子印章"), "amber"))
    where = label(_place(picture), "fieldName", wrap=True)
    inside = row(spacing=18)
    inside.addWidget(shown, 0, Qt.AlignmentFlag.AlignTop)
    inside.addLayout(column(Tell(text, "amber"), where, None, spacing=8), 1)
    box = column(head, inside, spacing=12)
    box.setContentsMargins(18, 14, 18, 16)
    return card_of(box)


def _marks(seal: TokenSeal, state: seal_points.Point) -> list[QWidget]:
    marks: list[QWidget] = [badge(tr("演练"), "practice")] if seal.token.practice else []
    return [*marks, badge(state.title, state.level)]


def _remedy(seal: TokenSeal, apply: Callable[[], None]) -> QPushButton | None:
    if seal.problem is None or seal.problem.code not in _RENEWABLE:
        return None
    name = tr("更新印章") if seal.problem.code is Code.SEAL_NEEDS_RENEWAL else tr("重新申请印章")
    return button(name, "renewSealButton", apply, "primary")


def _picture(seal: TokenSeal, preview: Callable[[TokenSeal], None]) -> QLayout:
    width, height = seal.width_mm, seal.height_mm
    instead = tr("{kind} 格式的印章\n{width:g}×{height:g} 毫米")
    kind = seal.report.picture.type.upper()[:8] if seal.report else ""
    picture = SealPicture(
        seal.picture_png, (width, height), seal.name, instead.format(kind=kind, width=width, height=height)
    )
    size = tr("{width:g}×{height:g} 毫米").format(width=width, height=height)
    scale = tr("按屏幕 {dpi} DPI 以原大显示").format(dpi=round(picture.dots_per_inch))
    made = column(picture, spacing=4)
    for text in (size, scale):
        said = label(text, "fieldName")
        said.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        made.addWidget(said)
    if seal.picture_png and (seal.problem is None or seal.problem.code is not Code.SEAL_INVALID):
        made.addSpacing(4)
        made.addWidget(button(tr("打印印模"), "printSealButton", lambda: preview(seal)))
    made.addStretch(1)
    return made


def _said(seal: TokenSeal) -> QLayout:
    box = column(spacing=12)
    if seal.report is not None:
        box.addLayout(fields(_facts(seal, seal.report)))
    else:
        box.addWidget(label(_place(seal), "fieldName", wrap=True))
    box.addWidget(label(tr("检查结果"), "tokenTitle"))
    box.addLayout(_points(seal))
    box.addStretch(1)
    return box


def _facts(seal: TokenSeal, found: Seal) -> list[tuple[str, str]]:
    maker = found.details.maker
    span = tr("{first} 至 {last}")
    return [
        (tr("印章编号"), _short(found.id)),
        (tr("印章类型"), seal_points.kind(found)),
        (tr("制章单位"), _short(maker.holder) if maker else tr("无法读取")),
        (tr("签章人"), _signers(found.details)),
        (
            tr("有效期"),
            span.format(first=seal_points.day(found.valid_from), last=seal_points.day(found.valid_to)),
        ),
        (tr("所在位置"), _place(seal)),
    ]


def _signers(details: SealDetails) -> str:
    """Who may stamp with the seal, as its list has it."""
    if details.signer_identifier:
        return tr("以标识列出：{identifier}").format(identifier=_short(details.signer_identifier))
    if details.signer_digests:
        return tr("按证书杂凑值列出")
    names = [_short(each) for each in details.signers if each]
    return tr("、").join(names[:_MOST_SIGNERS]) or tr("没有列出")


def _short(text: str) -> str:
    """What a seal says of itself: nothing of it may hide, or fill the page."""
    shown = visible_name(text)
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"


def _place(seal: TokenSeal | TokenPicture) -> str:
    return f"{words.token_name(seal.token)} {seal.token.serial} · {visible_name(seal.label)}"


def _points(seal: TokenSeal) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(6)
    for line, point in enumerate(seal_points.points(seal)):
        mark = icon_label(_ICONS[point.level], 16)
        grid.addWidget(mark, line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(point.title, "fieldName"), line, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(point.text, "fieldValue", wrap=True, selectable=True), line, 2)
    grid.setColumnStretch(2, 1)
    return grid
