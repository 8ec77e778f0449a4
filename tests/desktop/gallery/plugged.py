"""What the pages show for USBKEYs in every state: none, locked, expiring, replaced, unreadable, a hundred of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from hebca_helper.errors import Code, HelperError
from hebca_helper.practice.names import OTHER_COMPANY
from hebca_helper.tokens.model import PinState
from tests.desktop.gallery.stage import Stage
from tests.desktop.questions import LONG_COMPANY, TOKEN

MANY = 100


def states(stage: Stage) -> Iterator[tuple[str, QWidget]]:
    state, office, window = stage.window.state, stage.office, stage.window
    before = state.tokens, state.entries
    locked = replace(TOKEN, id="locked", pin_state=PinState.LOCKED)
    few = replace(TOKEN, id="few", pin_state=PinState.FEW_LEFT, tries_left=3)
    last = replace(TOKEN, id="last", pin_state=PinState.LAST_TRY, tries_left=1)
    bare = replace(TOKEN, id="bare", label="财务 USBKEY")
    entries = [
        office.entry(-12, token=locked),
        office.entry(60, token=few),
        office.entry(20, token=last),
        office.entry(-3, token=few, replaced=True),
    ]
    long, other = office.entry(20, holder=LONG_COMPANY), office.entry(30, holder=OTHER_COMPANY, token=bare)
    shown = {
        "certificates-none": ("certificates", [], [], None),
        "certificates-troubles": ("certificates", [locked, few, last, bare], entries, None),
        "certificates-many": (
            "certificates",
            [replace(TOKEN, id=f"many-{number}") for number in range(MANY)],
            [replace(other, token=replace(TOKEN, id=f"many-{number}")) for number in range(MANY)],
            None,
        ),
        "certificates-long-name": ("certificates", [TOKEN, bare], [long, other], None),
        "certificates-error": ("certificates", [], [], HelperError(Code.MODULE_CRASHED)),
        "seals-none": ("seals", [], [], None),
        "links-error": ("links", [], [], HelperError(Code.MODULE_CRASHED)),
    }
    for name, (page, tokens, held, problem) in shown.items():
        stage.person.click(window, f"{page}Button")
        state.tokens, state.entries, state.problem = tokens, held, problem
        state.changed.emit()
        stage.settle()
        yield name, window
    (state.tokens, state.entries), state.problem = before, None
    state.changed.emit()
    stage.settle()
