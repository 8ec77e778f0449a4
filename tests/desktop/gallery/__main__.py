"""`python -m tests.desktop.gallery HOME LANGUAGE THEME PERCENT FOLDER [STATE…]`: pictures into the folder (none where it is empty),
what is wrong as JSON.

HOME has a practice USBKEY; the scale is QT_SCALE_FACTOR. Run on a display of its own (tests/desktop/test_gallery.py).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QScrollArea, QWidget

from hebca_helper.desktop.look.theme import text_scale
from hebca_helper.desktop.window import USUAL_SIZE
from hebca_helper.practice.ca import ISSUING_NAME, ROOT_NAME, SEAL_MAKER_NAME
from tests.desktop.gallery import access, layout
from tests.desktop.gallery.stage import SITES, Stage, furnish, stage
from tests.desktop.gallery.states import states
from tests.desktop.questions import CONTENTS, SUBJECTS
from tests.documents.pdf.stamper import Stamper

QUICKLY = 70
"""Of Qt's PNG writer: larger files for half the time."""


def main(home: Path, language: str, theme: str, percent: int, folder: Path | None, wanted: list[str]) -> None:
    furnish(home, language, theme, percent)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    wrong: dict[str, list[str]] = {}
    with stage(home, home / "office") as running:
        data = _data(running)
        for name, window in states(running):
            if wanted and name not in wanted:
                continue
            found = sorted(set(_looked_at(running, name, window, folder, language == "en", data)))
            if found:
                wrong[name] = found
    json.dump(wrong, sys.stdout, ensure_ascii=False)
    sys.stdout.flush()
    os._exit(0)  # Qt's own end is no part of what is tested here


def _looked_at(
    running: Stage, name: str, window: QWidget, folder: Path | None, english: bool, data: set[str]
) -> list[str]:
    found: list[str] = []
    for size in [window.minimumSize(), USUAL_SIZE * text_scale()] if window is running.window else [None]:
        if size is not None:
            window.resize(size)
            running.settle()
        found += layout.examine(window, english=english, data=data)
    _keep(window, folder, name)
    if window is running.window:
        found += _whole_page(running, name, folder)
    found += access.examine(window)
    return found


def _keep(widget: QWidget, folder: Path | None, name: str) -> None:
    if folder is not None:
        widget.grab().save(str(folder / f"{name}.png"), quality=QUICKLY)


def _whole_page(running: Stage, name: str, folder: Path | None) -> Iterator[str]:
    """Also what is scrolled away."""
    page = running.window._stack.currentWidget()
    assert page is not None
    area = page.findChild(QScrollArea)
    inside = area.widget() if isinstance(area, QScrollArea) else None
    if inside is not None and inside.height() > page.height():
        _keep(inside, folder, f"{name}-whole")
        yield from layout.contrasts(inside, layout.texts(inside), whole=True)


def _data(running: Stage) -> set[str]:
    """What is Chinese in any language: names in certificates, and contents of the questions."""
    insecure = running.office.connect(insecure=True).warning
    kept = {"简体中文", *SITES, "财务 USBKEY", "河北CA USBKEY", "演练 USBKEY", "社保专用章", insecure}
    kept |= {ROOT_NAME, ISSUING_NAME, SEAL_MAKER_NAME}
    kept.add(Stamper().certificate.holder)
    kept |= {"颐和国际", "富海广场", "众鑫大厦", "百度空间", "CA业务系统"}  # names, as signs and WeChat have them
    kept |= {*SUBJECTS.values(), *CONTENTS.values()}
    office = [running.office.entry(), *running.office.choice().entries, *running.office.long_choice().entries]
    for entry in [*running.window.state.entries, *office]:
        certificate = entry.certificate
        kept |= {text for _, text in (*certificate.subject.items, *certificate.issuer.items)}
        kept |= {certificate.holder, certificate.issuer_name, certificate.subject.text, certificate.issuer.text}
        kept |= {entry.token.label, entry.token.manufacturer}
    return {text for text in kept if text}


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        sys.argv[2],
        sys.argv[3],
        int(sys.argv[4]),
        Path(sys.argv[5]) if sys.argv[5] else None,
        sys.argv[6:],
    )
