"""What the program needs of the operating system, and what else runs there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from hebca_helper.checks.autostart import Autostart, read_autostart, turn_off, turn_on
from hebca_helper.checks.model import Check, Fix, Group, Seen, fine, not_applicable, problem, warning
from hebca_helper.checks.surroundings import Surroundings
from hebca_helper.errors import Code
from hebca_helper.texts import bracketed, tr
from hebca_helper.tokens.catalogue import System

LEAST_BYTES = 100 * 1024 * 1024
SCARCE_BYTES = 1024 * 1024 * 1024
ANTIVIRUS: Mapping[str, frozenset[str]] = {
    "360 安全卫士": frozenset({"360tray.exe", "360safe.exe", "zhudongfangyu.exe", "safeboxtray.exe"}),
    "360 杀毒": frozenset({"360sd.exe", "360rp.exe", "360rps.exe"}),
    "电脑管家": frozenset({"qqpctray.exe", "qqpcrtp.exe", "qqpcmgr.exe"}),
}
"""Process names in lower case (the issuer's manuals name the products)."""
_OFFICES: Mapping[System, tuple[str, ...]] = {
    System.LINUX: ("et", "wps", "libreoffice", "soffice"),
    System.WINDOWS: ("excel", "et", "wps", "soffice"),
    System.MACOS: ("Microsoft Excel", "wpsoffice", "LibreOffice", "Numbers"),
}
_PDF_VIEWERS: Mapping[System, tuple[str, ...]] = {
    System.LINUX: (
        *("evince", "papers", "okular", "atril", "xreader", "deepin-reader", "reader", "qpdfview", "wpspdf"),
        *("xpdf", "mupdf", "zathura", "foxitreader", "acroread"),
        *("google-chrome", "chromium", "microsoft-edge", "firefox", "firefox-esr"),
    ),
    System.WINDOWS: ("acrord32", "acrobat", "foxitreader", "foxitpdfreader", "wpspdf", "chrome", "msedge", "firefox"),
    System.MACOS: ("Preview", "Google Chrome", "Safari"),
}


_PROGRAM_NAMES = {
    "et": "WPS",
    "wps": "WPS",
    "wpspdf": "WPS PDF",
    "wpsoffice": "WPS",
    "excel": "Excel",
    "soffice": "LibreOffice",
    "libreoffice": "LibreOffice",
    "acrord32": "Adobe Reader",
    "acroread": "Adobe Reader",
    "acrobat": "Adobe Acrobat",
    "foxitreader": "Foxit",
    "foxitpdfreader": "Foxit",
    "google-chrome": "Chrome",
    "chrome": "Chrome",
    "chromium": "Chromium",
    "microsoft-edge": "Edge",
    "msedge": "Edge",
    "firefox": "Firefox",
    "firefox-esr": "Firefox",
}
"""What people call a program, by the name of its file; others are called as their files are."""


def _look_for_libraries(surroundings: Surroundings) -> Iterator[Seen]:
    if surroundings.machine.system is not System.LINUX:
        yield not_applicable(tr("这个系统自带所需组件"))
    elif missing := surroundings.machine.missing_libraries():
        yield problem(Code.SYSTEM_LIBRARY_MISSING, tr("、").join(missing))
    else:
        yield fine(tr("齐全"))


def _look_for_fonts(surroundings: Surroundings) -> Iterator[Seen]:
    if surroundings.machine.has_chinese_font():
        yield fine(tr("已安装"))
    else:
        yield problem(Code.FONT_MISSING)


def _look_at_autostart(surroundings: Surroundings) -> Iterator[Seen]:
    if surroundings.machine.system is not System.LINUX:
        yield not_applicable(tr("这个系统上未检测"))
        return
    environment = surroundings.environment
    state = read_autostart(environment)
    on = partial(turn_on, environment)
    if state is Autostart.BROKEN:
        yield warning(Code.AUTOSTART_BROKEN, fix=Fix("autostart-on", "重新开启", on))
    elif state is Autostart.ON:
        yield fine(tr("已开启"), fix=Fix("autostart-off", "不再自动启动", partial(turn_off, environment)))
    else:
        yield fine(tr("未开启，使用前请先打开证书助手"), fix=Fix("autostart-on", "开启", on))


def _look_at_disk(surroundings: Surroundings) -> Iterator[Seen]:
    free = surroundings.machine.free_bytes(surroundings.home)
    told = tr("剩余 {size}").format(size=_size_text(free))
    if free < LEAST_BYTES:
        yield problem(Code.DISK_FULL, told)
    elif free < SCARCE_BYTES:
        yield warning(Code.DISK_FULL, told)
    else:
        yield fine(told)


def _size_text(size: int) -> str:
    return f"{size / 1024**3:.1f} GB" if size >= 1024**3 else f"{size / 1024**2:.0f} MB"


def _look_for_restart(surroundings: Surroundings) -> Iterator[Seen]:
    waiting = surroundings.machine.restart_pending()
    if waiting is None:
        yield not_applicable(tr("这个系统不提供这项信息，未检测"))
    elif waiting:
        yield warning(Code.RESTART_PENDING, waiting)
    else:
        yield fine(tr("不需要重新启动"))


def _look_for_antivirus(surroundings: Surroundings) -> Iterator[Seen]:
    running = {program.name.lower() for program in surroundings.machine.programs()}
    found = [tr(name) for name, names in ANTIVIRUS.items() if running & names]
    if found:
        yield warning(Code.ANTIVIRUS_RUNNING, tr("、").join(found))
    else:
        yield fine(tr("没有发现 360 安全卫士、360 杀毒、电脑管家"))


def _look_for_office(surroundings: Surroundings) -> Iterator[Seen]:
    path = surroundings.machine.installed(_OFFICES[surroundings.machine.system])
    yield fine(_program(path)) if path else warning(Code.OFFICE_MISSING)


def _look_for_pdf_viewer(surroundings: Surroundings) -> Iterator[Seen]:
    path = surroundings.machine.installed(_PDF_VIEWERS[surroundings.machine.system])
    yield fine(_program(path)) if path else warning(Code.PDF_VIEWER_MISSING)


def _program(path: Path) -> str:
    return bracketed(_PROGRAM_NAMES.get(path.stem.lower(), path.stem), str(path))


SYSTEM_CHECKS = (
    Check("libraries", Group.SYSTEM, "系统组件", _look_for_libraries),
    Check("fonts", Group.SYSTEM, "中文字体", _look_for_fonts),
    Check("autostart", Group.SYSTEM, "开机自动启动", _look_at_autostart),
    Check("disk", Group.SYSTEM, "磁盘空间", _look_at_disk),
    Check("restart", Group.SYSTEM, "系统更新", _look_for_restart),
    Check("antivirus", Group.PROGRAMS, "安全软件", _look_for_antivirus),
    Check("office", Group.PROGRAMS, "表格软件", _look_for_office),
    Check("pdf-viewer", Group.PROGRAMS, "PDF 阅读器", _look_for_pdf_viewer),
)
