"""The first start: five steps, each of which may be skipped, and all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout

from hebca_helper.desktop.first_start.browser import BrowserStep
from hebca_helper.desktop.first_start.city import CityStep
from hebca_helper.desktop.first_start.hall import HallStep
from hebca_helper.desktop.first_start.step import Step
from hebca_helper.desktop.first_start.usbkey import PinStep, UsbkeyStep
from hebca_helper.desktop.look.widgets import badge, button, panel, restyle, row
from hebca_helper.desktop.pages.page import Page, Surroundings
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

STEPS: tuple[Callable[[Surroundings], Step], ...] = (UsbkeyStep, PinStep, BrowserStep, CityStep, HallStep)


class FirstStartPage(Page):
    """`finished` is called when the person is through, or skips the rest; the setting then remembers it."""

    def __init__(self, around: Surroundings, finished: Callable[[], object]) -> None:
        super().__init__(tr("第一次使用"), tr("五步完成准备，每一步都可以跳过，以后可从“帮助”再来"))
        self._around = around
        self._finished = finished
        self._steps = [make(around) for make in STEPS]
        self._marks = [self._mark(place, step.title) for place, step in enumerate(self._steps, 1)]
        self.body.addLayout(row(*self._marks, None, spacing=8))
        self._stack = QStackedWidget()
        for step in self._steps:
            self._stack.addWidget(step)
        card = panel("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(20, 16, 20, 16)
        inside.addWidget(self._stack)
        self.body.addWidget(card)
        self._skip = button(tr("跳过全部"), "skipButton", self._end, "link")
        self._back = button(tr("上一步"), "backButton", lambda: self._go(-1))
        self._next = button(tr("下一步"), "nextButton", lambda: self._go(1), "primary")
        self._next.setDefault(True)
        self.body.addLayout(row(self._skip, None, self._back, self._next))
        self.body.addStretch(1)
        self._show(0)

    @property
    def step(self) -> int:
        """From 0."""
        return self._stack.currentIndex()

    def shown_first(self) -> None:
        self._steps[self.step].come()

    def begin(self) -> None:
        self._show(0)

    def _mark(self, place: int, title: str) -> QLabel:
        made = badge(f"{place} {title}", "grey")
        made.setObjectName("stepMark")
        made.setAccessibleName(tr("第 {place} 步：{title}").format(place=place, title=title))
        return made

    def _go(self, by: int) -> None:
        if self.step + by == len(self._steps):
            self._end()
        else:
            self._show(self.step + by)

    def _show(self, place: int) -> None:
        for number, mark in enumerate(self._marks):
            restyle(mark, level="now" if number == place else "done" if number < place else "later")
        self._stack.setCurrentIndex(place)
        self._back.setVisible(place > 0)
        last = place == len(self._steps) - 1
        self._skip.setVisible(not last)
        self._next.setText(tr("完成") if last else tr("下一步"))
        self._steps[place].come()
        self._next.setFocus()

    def _end(self) -> None:
        runtime = self._around.runtime()
        if runtime is not None and not runtime.settings.first_start_done:
            new = replace(runtime.settings, first_start_done=True)
            self._around.link.submit(runtime.loop, runtime.change_settings(new), lambda _: None, self._failed)
        self._finished()

    def _failed(self, problem: HelperError) -> None:
        self._around.actions.tell(str(problem))
