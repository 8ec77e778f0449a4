"""`python -m tests.desktop.small_screen HOME FOLDER`: dialogs about endless names on the display it is given, pictures of
them into the folder (none where it is empty), and as JSON which of them hide a button or a field.

For a process of its own: QT_SCALE_FACTOR is read once (tests/desktop/test_small_screen.py).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.visible import visible_line, visible_name
from hebca_helper.assistant.person.prompts import Confirm, ConfirmKind
from hebca_helper.desktop.application import make_application
from hebca_helper.desktop.dialogs.choose import ChooseDialog
from hebca_helper.desktop.dialogs.consent import ConsentDialog
from hebca_helper.desktop.dialogs.new_pin import NewPinDialog
from hebca_helper.desktop.dialogs.pin import PinDialog
from hebca_helper.desktop.dialogs.question import QuestionDialog
from tests.desktop.person import Person
from tests.desktop.questions import Office, content_of, make_office

NAMES = {"lines": "合同\n" * 5000, "word": "a" * 5000, "chinese": "合" * 5000, "bidi": "\u202e" * 5000}
PATHS = "\n".join(visible_line("/" + "/".join([each * 200] * 20)) for each in "ab合")
HOST = Asker(Channel.CERTIFICATE_SERVICE, "https://" + ".".join(["x" * 61] * 4) + ".example")


def dialogs(office: Office) -> Iterator[tuple[str, QuestionDialog]]:
    for name, text in NAMES.items():
        asked = replace(office.about(ConfirmKind.WRITE_DATA), subject=visible_name(text))
        yield name, ConsentDialog(replace(asked, content=content_of(text)))
    yield "paths", ConsentDialog(replace(office.about(ConfirmKind.ENCRYPT_FILE), subject=PATHS))
    yield "raw-lines", ConsentDialog(replace(office.about(ConfirmKind.ENCRYPT_FILE), subject=NAMES["lines"]))
    yield "host", ConsentDialog(Confirm(HOST, ConfirmKind.CONNECT, "这个网站不在证书助手的网站目录中", waiting=24))
    yield "choice", ChooseDialog(office.long_choice())
    yield "stamp", PinDialog(replace(office.stamp_with_pin(), subject=PATHS))
    yield "sign", PinDialog(office.sign_with_pin())
    yield "change", NewPinDialog(office.change())


def hidden(dialog: QuestionDialog) -> list[str]:
    """What has to be clicked or filled in and is not wholly on the screen and seen."""
    kinds: list[type[QWidget]] = [QPushButton, QLineEdit] if isinstance(dialog, PinDialog) else [QPushButton]
    needed = [w for kind in kinds for w in dialog.findChildren(kind) if w.isVisible() and w.objectName() in _NEEDED]
    room = dialog.screen().availableGeometry()
    told = [w.objectName() for w in needed if w.visibleRegion().boundingRect() != w.rect()]
    told += [
        w.objectName() for w in needed if not room.contains(w.rect().translated(w.mapToGlobal(w.rect().topLeft())))
    ]
    return told or ([] if needed else ["nothing"])


_NEEDED = frozenset(
    {"cancelButton", "confirmButton", "onceButton", "rememberButton", "blockButton", "allButton", "pinEdit"}
)


def main(home: Path, folder: Path | None) -> None:
    application = make_application()
    office, person = make_office(home), Person()
    found: dict[str, list[str]] = {}
    for name, dialog in dialogs(office):
        dialog.show()
        person.window(type(dialog))
        application.processEvents()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            dialog.grab().save(str(folder / f"{name}.png"))
        if told := hidden(dialog):
            found[name] = told
        dialog.withdraw()
    json.dump(found, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # Qt's own end is no part of what is tested here


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2] else None)
