"""How a document is to be stamped: which seal, where, and what the stamped file is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from hebca_helper.desktop.look.pictures import image_of
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import button, column, label, row
from hebca_helper.documents.pdf.placement import LONGEST_KEYWORD, Mode, Placement
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.assistant.stamping.seals import TokenSeal


class StampOptions(QWidget):
    """`changed` when seal, way or keyword change; `stamp` when the person wants it done."""

    changed = Signal()
    stamp = Signal()
    other_target = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stampOptions")
        self.setFixedWidth(scaled(290))
        self._seals: list[TokenSeal] = []
        self.seal_box = QComboBox()
        self.seal_box.setObjectName("sealBox")
        self.seal_box.setAccessibleName(tr("使用的印章"))
        self.seal_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.seal_box.setIconSize(QSize(22, 22))
        self.seal_box.currentIndexChanged.connect(lambda _: self.changed.emit())
        self._ways = QButtonGroup(self)
        self.keyword = QLineEdit()
        self.keyword.setObjectName("keywordEdit")
        self.keyword.setPlaceholderText(tr("例如：单位（盖章）"))
        self.keyword.setAccessibleName(tr("关键字"))
        self.keyword.setMaxLength(LONGEST_KEYWORD)
        self.keyword.textChanged.connect(lambda _: self.changed.emit())
        self.nth = QSpinBox()
        self.nth.setObjectName("nthBox")
        self.nth.setRange(0, 999)
        self.nth.setSpecialValueText(tr("每一处"))
        self.nth.setPrefix(tr("第 "))
        self.nth.setSuffix(tr(" 处"))
        self.nth.setAccessibleName(tr("盖在第几处关键字上"))
        self.nth.valueChanged.connect(lambda _: self.changed.emit())
        self.field_box = QComboBox()
        self.field_box.setObjectName("fieldBox")
        self.field_box.setAccessibleName(tr("表单的签名域"))
        self.field_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.field_box.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.target = label("", "targetName", wrap=True)
        self.rename = button(tr("更改…"), "targetButton", self.other_target.emit, "link")
        self.go = button(tr("盖章"), "stampButton", self.stamp.emit, "primary")
        self._lay_out()

    def _lay_out(self) -> None:
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addWidget(label(tr("印章"), "formLabel"))
        inside.addWidget(self.seal_box)
        inside.addSpacing(4)
        inside.addWidget(label(tr("盖在哪里"), "formLabel"))
        for mode, text in (
            (Mode.FIELD, tr("盖在表单的签名域里")),
            (Mode.POSITION, tr("当前页，拖动印章到位置")),
            (Mode.EVERY_PAGE, tr("每一页的同一位置")),
            (Mode.EDGE, tr("骑缝章，盖在每页右边")),
            (Mode.KEYWORD, tr("盖在文字上")),
        ):
            made = QRadioButton(text)
            made.setObjectName(f"way-{mode}")
            made.setProperty("mode", mode)
            self._ways.addButton(made)
            inside.addWidget(made)
            if mode is Mode.FIELD:
                inside.addWidget(self.field_box)
        self._way(Mode.POSITION).setChecked(True)
        self._ways.buttonToggled.connect(self._way_chosen)
        inside.addWidget(self.keyword)
        inside.addWidget(self.nth)
        inside.addSpacing(8)
        inside.addLayout(column(label(tr("保存为"), "formLabel"), self.target, row(self.rename, None), spacing=2))
        inside.addSpacing(4)
        inside.addWidget(self.go)
        inside.addStretch(1)
        self._show_details()

    def offer_fields(self, names: Sequence[str]) -> None:
        """The empty signature fields of the document; the only one is taken for what the form means."""
        self.field_box.blockSignals(True)
        self.field_box.clear()
        self.field_box.addItems(list(names))
        self.field_box.blockSignals(False)
        if len(names) == 1 or (self.mode is Mode.FIELD and not names):
            self._way(Mode.FIELD if names else Mode.POSITION).setChecked(True)
        self._show_details()
        self.changed.emit()

    def _way(self, mode: Mode) -> QAbstractButton:
        return next(each for each in self._ways.buttons() if each.property("mode") == mode)

    def use(self, seals: Sequence[TokenSeal]) -> None:
        """Those that may be used."""
        chosen = self.seal.id if self.seal else ""
        self._seals = list(seals)
        self.seal_box.clear()
        for seal in self._seals:
            picture = QPixmap.fromImage(image_of(seal.picture_png))
            self.seal_box.addItem(QIcon(picture), seal.name, seal.id)
        self.seal_box.setCurrentIndex(max(0, self.seal_box.findData(chosen)))

    @property
    def seal(self) -> TokenSeal | None:
        place = self.seal_box.currentIndex()
        return self._seals[place] if 0 <= place < len(self._seals) else None

    @property
    def mode(self) -> Mode:
        chosen = self._ways.checkedButton()
        return Mode(chosen.property("mode")) if chosen is not None else Mode.POSITION

    def placement(self, page: int, spot: tuple[float, float] | None) -> Placement:
        """`page` from 1; `spot`: where the seal was dragged to."""
        x, y = spot if spot is not None and self.mode in (Mode.POSITION, Mode.EVERY_PAGE) else (None, None)
        text = self.keyword.text().strip() if self.mode is Mode.KEYWORD else ""
        nth = self.nth.value() if self.mode is Mode.KEYWORD else 0
        field = self.field_box.currentText() if self.mode is Mode.FIELD else ""
        return Placement(self.mode, page=page, x_mm=x, y_mm=y, keyword=text, nth=nth, field=field)

    @property
    def is_complete(self) -> bool:
        return self.seal is not None and (self.mode is not Mode.KEYWORD or bool(self.keyword.text().strip()))

    def _way_chosen(self, _: object, checked: bool) -> None:
        if checked:
            self._show_details()
            self.changed.emit()

    def _show_details(self) -> None:
        offered = self.field_box.count() > 0
        self._way(Mode.FIELD).setVisible(offered)
        self.field_box.setVisible(offered and self.mode is Mode.FIELD)
        for each in (self.keyword, self.nth):
            each.setVisible(self.mode is Mode.KEYWORD)
