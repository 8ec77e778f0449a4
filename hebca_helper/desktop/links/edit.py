"""Adds a quick link, or changes one: where it leads, where it stands, and what it needs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from hebca_helper.desktop.look.dialog import Dialog
from hebca_helper.desktop.look.icons import icon_label
from hebca_helper.desktop.look.theme import scaled
from hebca_helper.desktop.look.widgets import button, column, label, row
from hebca_helper.portals import entries
from hebca_helper.portals.cities import city_title
from hebca_helper.portals.portal import BrowserNeed, Group, Need, Portal, group_title
from hebca_helper.tables import LONGEST_WORD
from hebca_helper.texts import tr

WIDTH = 540
OWN = "own-"
"""Beginning of the ids of links that a person adds."""
_GROUPS = (Group.SOCIAL_SECURITY, Group.PROVIDENT_FUND, Group.CERTIFICATE_SERVICE, Group.OTHER)


class LinkDialog(Dialog):
    """`saved` carries the portal when the person is content with it."""

    saved = Signal(object)

    def __init__(self, portal: Portal | None, cities: Sequence[str], parent: QWidget) -> None:
        """`portal` is the one to change, None to add one."""
        super().__init__(parent, "linkDialog", tr("编辑链接") if portal else tr("添加链接"))
        self._portal = portal
        self._form = QGridLayout()
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(10)
        self._title = self._line("titleEdit", tr("名称"), tr("如：石家庄公积金"))
        self._address = self._line("addressEdit", tr("网址或电话"), "https://")
        self._group = self._box("groupBox", tr("分组"), [(group, group_title(group)) for group in _GROUPS])
        self._city = self._box(
            "cityBox", tr("城市"), [("", tr("不限")), *((city, city_title(city)) for city in cities)]
        )
        self._city.setEditable(True)
        self._browser = self._box("browserBox", tr("浏览器"), _browsers())
        self._need = self._box("needBox", tr("打开前检查"), _needs())
        self._note = self._line("noteEdit", tr("说明"), tr("显示在链接下面，可以不填"))
        self._aliases = self._line("aliasesEdit", tr("其他叫法"), tr("搜索时也能找到，用空格分开，可以不填"))
        self._problem = label("", "problemLine", wrap=True)
        self._problem.hide()
        self._lay_out()
        self._show(portal or Portal("", Group.SOCIAL_SECURITY, "", need=Need.CERTIFICATE))
        (self._address if portal and portal.via_issuer else self._title).setFocus()

    def _lay_out(self) -> None:
        head = row(icon_label("link", 28), label(self.windowTitle(), "dialogTitle"), None, spacing=10)
        save = button(tr("保存"), "saveButton", self._save, "primary")
        save.setDefault(True)
        buttons = row(None, button(tr("取消"), "cancelButton", self.reject), save)
        hint = label(_hint(self._portal), "hint", wrap=True)
        outer = column(head, hint, self._form, self._problem, None, buttons, spacing=14)
        outer.setContentsMargins(24, 20, 24, 20)
        outer.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self.setLayout(outer)
        self.setMinimumWidth(scaled(WIDTH))
        self.fit(scaled(WIDTH))

    def _line(self, name: str, title: str, example: str) -> QLineEdit:
        made = QLineEdit()
        made.setObjectName(name)
        made.setPlaceholderText(example)
        made.setMaxLength(LONGEST_WORD)
        self._add(title, made)
        return made

    def _box(self, name: str, title: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
        made = QComboBox()
        made.setObjectName(name)
        for value, text in choices:
            made.addItem(text, value)
        self._add(title, made)
        return made

    def _add(self, title: str, control: QWidget) -> None:
        control.setAccessibleName(title)
        name = QLabel(title)
        name.setObjectName("formLabel")
        name.setBuddy(control)
        place = self._form.rowCount()
        self._form.addWidget(name, place, 0)
        self._form.addWidget(control, place, 1)

    def _show(self, portal: Portal) -> None:
        self._title.setText(portal.shown_title)
        self._address.setText("" if portal.via_issuer else portal.address or portal.telephone)
        self._note.setText("" if portal.via_issuer else portal.shown_note)
        self._aliases.setText(" ".join(portal.aliases))
        self._show_city(portal.city)
        for box, value in ((self._group, portal.group), (self._browser, portal.browser), (self._need, portal.need)):
            box.setCurrentIndex(box.findData(value.value))

    def _show_city(self, city: str) -> None:
        place = self._city.findData(city)
        if place >= 0:
            self._city.setCurrentIndex(place)
        else:
            self._city.setCurrentText(city)

    def _save(self) -> None:
        try:
            portal = self._read()
        except ValueError as problem:
            self._problem.setText(str(problem))
            self._problem.show()
            self.fit(scaled(WIDTH))
            return
        self.saved.emit(portal)
        self.accept()

    def _read(self) -> Portal:
        """ValueError says which field is wrong, and takes the keyboard there."""
        title = self._required(self._title, tr("请填写名称"))
        where = self._required(self._address, tr("请填写网址或电话"))
        table = {
            "id": self._portal.id if self._portal else OWN + secrets.token_hex(6),
            "group": self._group.currentData(),
            "title": title,
            "browser": self._browser.currentData(),
            "need": self._need.currentData(),
            **self._where(where),
        }
        for name, text in (("note", self._note.text()), ("city", self._chosen_city())):
            if text.strip():
                table[name] = text
        aliases = self._aliases.text().split()
        [portal] = entries.portals_from({"portal": [{**table, "aliases": aliases}]})
        return portal if self._portal is None else _with_what_stays(portal, self._portal)

    def _required(self, edit: QLineEdit, told: str) -> str:
        text = edit.text().strip()
        if not text:
            edit.setFocus()
            raise ValueError(told)
        return text

    def _where(self, text: str) -> dict[str, object]:
        if all(character in "0123456789-+()（） 转" for character in text):
            return {"telephone": text}
        address = text if "://" in text else f"https://{text}"
        try:
            entries.address(address, "")
        except ValueError:
            self._address.setFocus()
            raise ValueError(tr("网址不完整，例如 https://www.hebca.com/")) from None
        return {"address": address, "origins": [entries.origin_of(address)]}

    def _chosen_city(self) -> str:
        text = self._city.currentText().strip()
        place = self._city.findText(text)
        return str(self._city.itemData(place)) if place >= 0 else text.removesuffix("市")


def _with_what_stays(portal: Portal, before: Portal) -> Portal:
    """What the form does not show: both languages of a name that was not touched, the site behind the same address."""
    if portal.title == before.shown_title:
        portal = replace(portal, title=before.title, english_title=before.english_title)
    if portal.note == before.shown_note:
        portal = replace(portal, note=before.note, english_note=before.english_note)
    if portal.address == before.address:
        portal = replace(portal, origins=before.origins, via_issuer=before.via_issuer)
    return portal


def _browsers() -> list[tuple[str, str]]:
    return [(BrowserNeed.ANY, tr("任意浏览器")), (BrowserNeed.CHROME, tr("需要谷歌浏览器"))]


def _needs() -> list[tuple[str, str]]:
    return [
        (Need.NOTHING, tr("不用检查")),
        (Need.TOKEN, tr("插好 USBKEY")),
        (Need.CERTIFICATE, tr("证书有效")),
        (Need.SEAL, tr("证书有效，并且有电子印章")),
    ]


def _hint(portal: Portal | None) -> str:
    if portal is not None and portal.via_issuer:
        return tr("这个网站没有公开的固定网址。您知道网址时填在这里，以后直接打开。")
    return tr("您添加的网站第一次使用证书时，会再问一次是否允许。")
