"""The result for the help desk, as text and as JSON: what the person sees, and the codes of the last failures."""

from __future__ import annotations

import io
import json
import platform
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hebca_helper import __version__, log_file
from hebca_helper.checks.model import Finding, Group, Outcome
from hebca_helper.checks.surroundings import PastFailure
from hebca_helper.pki.moments import beijing_text
from hebca_helper.texts import tr

FORMAT = 1
MARKS = {Outcome.OK: "正常", Outcome.WARNING: "提醒", Outcome.PROBLEM: "问题", Outcome.NOT_APPLICABLE: "未检测"}
NAMES = "doctor.txt", "doctor.json"


@dataclass(frozen=True, slots=True)
class Report:
    """`at` is aware; `failures` newest first."""

    findings: Sequence[Finding]
    failures: Sequence[PastFailure]
    at: datetime

    def count(self, outcome: Outcome) -> int:
        return sum(finding.outcome is outcome for finding in self.findings)

    @property
    def summary(self) -> str:
        """One sentence."""
        problems, warnings = self.count(Outcome.PROBLEM), self.count(Outcome.WARNING)
        if not problems and not warnings:
            return tr("全部正常")
        parts = [tr("{count} 个问题").format(count=problems)] if problems else []
        parts += [tr("{count} 个提醒").format(count=warnings)] if warnings else []
        return tr("，").join(parts)

    def content(self, file_name: str) -> bytes:
        """JSON for a name that ends in .json, else text; UTF-8."""
        return (self.as_json() + "\n" if file_name.lower().endswith(".json") else self.as_text()).encode()

    def as_json(self) -> str:
        return json.dumps(self._table(), ensure_ascii=False, indent=2)

    def _table(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "program": __version__,
            "system": platform.platform(),
            "python": platform.python_version(),
            "at": self.at.isoformat(timespec="seconds"),
            "problems": self.count(Outcome.PROBLEM),
            "warnings": self.count(Outcome.WARNING),
            "checks": [_row(finding) for finding in self.findings],
            "failures": [{"at": f.at, "operation": f.operation, "code": f.code} for f in self.failures],
        }

    def as_text(self) -> str:
        lines = [
            tr("河北CA数字证书助手 检测报告"),
            tr("时间：{time}（北京时间）").format(time=beijing_text(self.at)),
            tr("版本：{version}  系统：{system}").format(version=__version__, system=platform.platform()),
            tr("结果：{summary}").format(summary=self.summary),
        ]
        for group in Group:
            lines += _group_lines(group, [f for f in self.findings if f.check.group is group])
        if self.failures:
            lines += ["", f"[{tr('最近的失败')}]"]
            lines += [f"  {failure.at}  {failure.operation}  {failure.code}" for failure in self.failures]
        return "\n".join(lines) + "\n"


def _group_lines(group: Group, findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return []
    return ["", f"[{tr(group)}]", *(line for finding in findings for line in finding_lines(finding))]


def finding_lines(finding: Finding) -> list[str]:
    """The state, and for what is wrong cause and remedy beneath it."""
    told = f"  {without_home(finding.seen.told)}" if finding.seen.told else ""
    lines = [f"  {tr(MARKS[finding.outcome])}  {finding.title}{told}"]
    if finding.seen.code:
        lines.append(f"        {finding.cause} [{finding.seen.code}]")
        lines.append(f"        → {finding.remedy}")
    return lines


def _row(finding: Finding) -> dict[str, Any]:
    seen = finding.seen
    return {
        "id": finding.check.id,
        "group": finding.check.group.name.lower(),
        "title": finding.title,
        "outcome": finding.outcome,
        "told": without_home(seen.told),
        "code": seen.code,
        "cause": finding.cause,
        "remedy": finding.remedy,
        "fix": seen.fix.id if seen.fix else None,
    }


def without_home(text: str) -> str:
    """The person's account name stands in the path of their home folder: `~` says as much."""
    own = str(Path.home())
    return text.replace(own, "~") if len(own) > 1 else text


def support_file(report: Report, home: Path) -> bytes:
    """A zip (APPNOTE 6.3) of both forms of the report and the log. No PIN is in either; the person's account name in
    paths is replaced by ~."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in NAMES:
            archive.writestr(name, report.content(name))
        for path in log_file.files(home):
            archive.writestr(path.name, without_home(path.read_text("utf-8", errors="replace")))
    return packed.getvalue()
