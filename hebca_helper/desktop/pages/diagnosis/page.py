"""故障检测: one click runs every check; what is wrong stands first, with cause, remedy and a button where one helps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from hebca_helper.desktop.actions import Actions
from hebca_helper.desktop.file_dialogs import file_to_save
from hebca_helper.desktop.link import Call, Link
from hebca_helper.desktop.look.widgets import button, empty, label
from hebca_helper.desktop.pages.diagnosis.browser_check import examine_browser, invitation
from hebca_helper.desktop.pages.diagnosis.findings import Progress, group_card, summary, trouble_card
from hebca_helper.desktop.pages.page import Page, nothing_here
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.errors import HelperError
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.checks.model import Check, Finding, Fix
    from hebca_helper.checks.report import Report
    from hebca_helper.portals.browsers import Browser

REPORT_NAME = "检测报告.txt"


class DiagnosisPage(Page):
    def __init__(self, runtime: Callable[[], Runtime | None], link: Link, actions: Actions) -> None:
        super().__init__(tr("故障检测"), tr("检查 USBKEY、驱动、浏览器和系统，告诉您原因和解决办法"))
        self._runtime = runtime
        self._link = link
        self._actions = actions
        self._call: Call | None = None
        self._progress: Progress | None = None
        self.report: Report | None = None
        self._after = [
            button(tr("复制报告"), "copyReportButton", self._copy),
            button(tr("保存报告"), "saveReportButton", self._save),
            button(tr("重新检测"), "checkAgainButton", self.start, "primary"),
        ]
        for made in self._after:
            self.top.addWidget(made, 0, Qt.AlignmentFlag.AlignBottom)
        self._show()

    def shown_first(self) -> None:
        """Called when the person comes here, and when the services change: what was found stays."""
        if self._call is None and self.report is None:
            self._show()

    # Checking

    def start(self) -> None:
        runtime = self._runtime()
        if runtime is None or self._call is not None:
            return
        self.report = None
        work = examine(runtime, self._tell_progress)
        self._call = self._link.submit(runtime.loop, work, self._found, self._failed, told="")
        self._show()

    def start_in(self, browser: Browser) -> None:
        """What was found stays, and what the browser says comes to it."""
        runtime = self._runtime()
        if runtime is None or self._call is not None:
            return
        work = examine_browser(runtime, browser)
        self._call = self._link.submit(runtime.loop, work, self._found_in_browser, self._failed, told="")
        self._show()
        if self._progress is not None:
            self._progress.say(tr("请在打开的网页上完成检测，最后点“完成”"))

    def _found_in_browser(self, findings: list[Finding]) -> None:
        from hebca_helper.checks.model import Group

        self._call = None
        if self.report is not None:
            others = [finding for finding in self.report.findings if finding.check.group is not Group.BROWSER]
            self.report = replace(self.report, findings=[*others, *findings])
        self._show()

    def stop(self) -> None:
        if self._call is not None:
            self._call.cancel()
            self._call = None
            self._show()

    def _tell_progress(self, done: int, of: int, check: Check) -> None:
        """On the loop."""
        self._link.in_window(lambda: self._show_progress(done, of, tr(check.title)))

    def _show_progress(self, done: int, of: int, title: str) -> None:
        if self._progress is not None:
            self._progress.tell(done, of, title)

    def _found(self, report: Report) -> None:
        self._call, self.report = None, report
        self._show()

    def _failed(self, problem: HelperError) -> None:
        self._call = None
        self._show()
        self._actions.tell(str(problem))

    def _mend(self, fix: Fix) -> None:
        """Then look at everything again: one thing mended may show in several places."""
        if (runtime := self._runtime()) is not None:
            work = asyncio.to_thread(fix.apply)
            self._link.submit(runtime.loop, work, lambda _: self.start(), self._failed)

    # Showing

    def _show(self) -> None:
        empty(self.body)
        self._progress = None
        for made in self._after:
            made.setVisible(self.report is not None)
        if self._call is not None:
            self._progress = Progress(self.stop)
            self.body.addWidget(self._progress)
        elif self.report is not None:
            self._show_report(self.report)
        else:
            self._invite()
        self.body.addStretch(1)
        self._keep_focus()

    def _keep_focus(self) -> None:
        """The button that was pressed is gone: the keyboard goes on at the one that comes next."""
        if not self.isVisible():
            return
        if self._progress is not None:
            self._progress.give_up.setFocus()
        elif self.report is not None:
            self._after[-1].setFocus()

    def _invite(self) -> None:
        start = button(tr("开始检测"), "startChecksButton", self.start, "primary")
        start.setEnabled(self._runtime() is not None)
        text = tr("遇到网页打不开、读不到证书、不能登录时，先在这里检测。\n大约需要几秒钟，不会改动您的电脑。")
        self.body.addWidget(nothing_here("diagnosis-on", tr("一键检测，找出问题"), text, start))

    def _show_report(self, report: Report) -> None:
        from hebca_helper.checks.model import Group, Outcome

        wrong = [f for f in report.findings if f.outcome in (Outcome.PROBLEM, Outcome.WARNING)]
        wrong.sort(key=lambda finding: finding.outcome is Outcome.WARNING)
        self.body.addWidget(summary(report))
        self.body.addSpacing(4)
        if wrong:
            self.body.addWidget(label(tr("需要处理"), "groupTitle"))
            for finding in wrong:
                self.body.addWidget(trouble_card(finding, self._mend, self._actions.open_link))
            self.body.addSpacing(8)
        if (card := invitation(self.start_in)) is not None:
            self.body.addWidget(card)
            self.body.addSpacing(8)
        for group in Group:
            self._show_group(tr(group), [f for f in report.findings if f.check.group is group and f not in wrong])

    def _show_group(self, title: str, findings: list[Finding]) -> None:
        if findings:
            self.body.addWidget(label(title, "groupTitle"))
            self.body.addWidget(group_card(findings, self._mend))
            self.body.addSpacing(8)

    # The report

    def _copy(self) -> None:
        if self.report is not None:
            self._actions.copy(self.report.as_text())

    def _save(self) -> None:
        kinds = tr("文本文件 (*.txt);;JSON 文件 (*.json)")
        path = file_to_save(self, tr("保存检测报告"), Path.home() / tr(REPORT_NAME), kinds)
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """JSON for a name that ends in .json, else text."""
        if self.report is not None:
            self._actions.write(path, self.report.content(path.name))


async def examine(runtime: Runtime, progress: Callable[[int, int, Check], None]) -> Report:
    """On the loop: run every check."""
    from hebca_helper.checks.gathering import gather
    from hebca_helper.checks.report import Report
    from hebca_helper.checks.runner import CHECKS, run_checks
    from hebca_helper.checks.surroundings import services_of

    wanted = services_of(runtime.settings)
    urls = [status.url for status in runtime.services()] or [""] * len(wanted)
    services = [service.at(url) for service, url in zip(wanted, urls, strict=True)]
    surroundings = await gather(runtime.assistant, runtime.modules, runtime.home, services)
    findings = await run_checks(CHECKS, surroundings, progress)
    return Report(findings, surroundings.failures, surroundings.clock())
