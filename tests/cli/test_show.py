"""`show PAGE` and `summon`: a fixed list of words, and nothing of a p11 link is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from hebca_helper.app.parts import App
from hebca_helper.cli.main import main
from hebca_helper.cli.program import Program
from hebca_helper.cli.terminal import FAILED
from hebca_helper.pages import PageName
from hebca_helper.settings import Settings


@dataclass
class Noting:
    """The program, as far as these commands use it."""

    settings: Settings = field(default_factory=Settings)
    shown: list[str] = field(default_factory=list)
    problems: tuple[Any, ...] = ()

    def show_window(self, page: str) -> int:
        self.shown.append(page)
        return 0


@pytest.mark.parametrize("page", [*PageName])
def test_each_page_has_a_word(page: PageName) -> None:
    program = Noting()
    assert main(["show", page], cast(Program, program)) == 0
    assert program.shown == [page]


def test_other_words_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["show", "../../etc/passwd"], cast(Program, Noting()))
    assert "seals" in capsys.readouterr().err


@pytest.mark.parametrize(
    "link", ["p11://", "p11:--help", "p11:show seals", "P11://-x;$(reboot)", "p11://show/settings"]
)
def test_nothing_of_a_link_is_read(link: str) -> None:
    """Launchers append it, whether the entry asks for it or not."""
    program = Noting()
    assert main(["summon", link], cast(Program, program)) == 0
    assert program.shown == [""]


def test_without_a_display_there_is_nothing_to_show(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(["show", "seals"], App(home)) == FAILED
    assert "没有显示器" in capsys.readouterr().err
