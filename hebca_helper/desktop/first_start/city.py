"""Step 4: where the employer reports, and through which portal."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from hebca_helper.desktop.first_start.step import Step
from hebca_helper.desktop.look.widgets import button, empty, fields, label, row
from hebca_helper.desktop.pages.page import Surroundings
from hebca_helper.errors import HelperError
from hebca_helper.portals.catalogue import load_what_can_be
from hebca_helper.portals.cities import cities, portals_of
from hebca_helper.texts import bracketed, tr

COLUMNS = 3


class CityStep(Step):
    def __init__(self, around: Surroundings) -> None:
        super().__init__(
            around,
            tr("所在城市"),
            tr("选择单位申报业务的地方，它的快捷链接、办事处和电话会排在最前面。以后可以在设置里修改。"),
        )
        self._catalogue, _ = load_what_can_be()
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QRadioButton] = {}
        self._links = QVBoxLayout()
        self.body.addLayout(self._choices())
        self.body.addLayout(self._links)

    def _choices(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(10)
        for place, city in enumerate(cities()):
            made = QRadioButton(bracketed(city.title, city.note) if city.note else city.title)
            made.setObjectName(f"city{place + 1}")
            made.setAccessibleName(made.text())
            made.clicked.connect(partial(self._choose, city.name))
            made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            self._group.addButton(made)
            self._buttons[city.name] = made
            grid.addWidget(made, place // COLUMNS, place % COLUMNS, Qt.AlignmentFlag.AlignLeft)
        return grid

    def come(self) -> None:
        runtime = self.around.runtime()
        if runtime is not None and (city := runtime.settings.city):
            if city in self._buttons:
                self._buttons[city].setChecked(True)
            self._show(city)

    def _choose(self, city: str, _: bool = False) -> None:
        if (runtime := self.around.runtime()) is not None:
            new = replace(runtime.settings, city=city)
            self.around.link.submit(runtime.loop, runtime.change_settings(new), lambda _: self._show(city), self.failed)

    def _show(self, city: str) -> None:
        empty(self._links)
        self._links.addSpacing(8)
        for portal in portals_of(self._catalogue, city):
            go = button(tr("打开"), f"open-{portal.id}", partial(self.around.open_portal, portal))
            go.setAccessibleName(tr("打开 {title}").format(title=portal.shown_title))
            line = row(label(portal.shown_title, "fieldValue", wrap=True), go)
            line.setStretch(0, 1)
            self._links.addLayout(line)
        if offices := _offices(city):
            holder = QWidget()
            holder.setLayout(fields(offices))
            self._links.addWidget(holder)


def _offices(city: str) -> list[tuple[str, str]]:
    """Name and telephone of the issuer's offices there; a help desk's mistake in the file is told in 帮助."""
    from hebca_helper.desktop.pages.help.content import load as load_help

    try:
        contacts = load_help().contacts
    except HelperError:
        return []
    found = [contact for contact in contacts if city and contact.city == city]
    return [(contact.title, tr("、").join(contact.telephones)) for contact in found if contact.telephones]
