"""What a help desk asks for, in one file: the report of all checks and the program's log."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from hebca_helper import log_file
from hebca_helper.checks.report import Report, without_home

NAMES = "doctor.txt", "doctor.json"


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
