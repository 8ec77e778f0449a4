"""A person at a terminal of their own (a pseudo-terminal): questions, and leaving them."""

from __future__ import annotations

import os
import pty
import select
import sys
import termios
from pathlib import Path

import pytest

from hebca_helper.errors import Code
from tests.documents.pdf import papers
from tests.practice_homes import put_practice_usbkey

SECONDS = 60.0


class Terminal:
    """A command at work in it; `typed` waits for the question before."""

    def __init__(self, *words: str) -> None:
        self.shown = ""
        self._number, self._screen = pty.fork()
        if self._number == 0:
            os.execv(sys.executable, [sys.executable, "-m", "hebca_helper", *words])  # noqa: S606

    def typed(self, question: str, keys: bytes) -> None:
        while question not in self.shown:
            assert self._read(), self.shown
        os.write(self._screen, keys)

    @property
    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self._screen)[3] & termios.ECHO)

    def ended(self) -> int:
        """Exit status."""
        while self._read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self._number, 0)[1])

    def _read(self) -> bool:
        """Something more; False when the other end is closed (EIO on Linux)."""
        assert select.select([self._screen], [], [], SECONDS)[0], self.shown
        try:
            more = os.read(self._screen, 4096)
        except OSError:
            return False
        self.shown += more.decode("utf-8", "replace")
        return bool(more)


LEAVING = {"Ctrl-C": b"\x03", "Ctrl-D": b"\x04", "Ctrl-C in the middle": b"12\x03", "Ctrl-D in the middle": b"12\x04"}


@pytest.mark.parametrize("keys", LEAVING.values(), ids=LEAVING)
def test_the_question_for_the_pin_is_left_at_once(practice_home: Path, keys: bytes) -> None:
    terminal = Terminal("sign", "--text", "x")
    while "证书密码: " not in terminal.shown:
        assert terminal._read()
    assert not terminal.echoes
    os.write(terminal._screen, keys)
    status = terminal.ended()
    assert (status, terminal.echoes) == (3, True)
    assert f"[{Code.USER_CANCELLED}]" in terminal.shown
    assert "Traceback" not in terminal.shown
    assert "12" not in terminal.shown.partition("证书密码: ")[2]


def test_a_pin_is_not_shown(practice_home: Path) -> None:
    terminal = Terminal("sign", "--text", "x")
    terminal.typed("证书密码: ", b"123456\n")
    assert terminal.ended() == 0
    assert "123456" not in terminal.shown.partition("证书密码: ")[2].partition("初始密码")[0]


def test_ctrl_c_at_a_question_that_is_shown(home: Path, tmp_path: Path) -> None:
    put_practice_usbkey(home, "two-tokens")
    terminal = Terminal("sign", "--text", "x")
    terminal.typed("请选择证书编号: ", b"\x03")
    assert terminal.ended() == 3
    assert "Traceback" not in terminal.shown


def test_of_two_seals_the_person_chooses(home: Path, tmp_path: Path) -> None:
    put_practice_usbkey(home, "two-seals")
    (tmp_path / "paper.pdf").write_bytes(papers.register(1))
    terminal = Terminal("seal", str(tmp_path / "paper.pdf"), str(tmp_path / "out.pdf"))
    terminal.typed("请选择印章编号: ", b"2\n")
    terminal.typed("证书密码: ", b"123456\n")
    assert terminal.ended() == 0, terminal.shown
    assert (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize(
    ("new", "wrong"), [("123", "现在是 3 位"), ("123456", "这是初始密码"), ("777777", "这是连续或重复的字符")]
)
def test_a_weak_pin_is_told_what_is_wrong_with_it(practice_home: Path, new: str, wrong: str) -> None:
    terminal = Terminal("change-pin")
    terminal.typed("原密码: ", b"123456\n")
    terminal.typed("新密码: ", f"{new}\n".encode())
    terminal.typed("再输一次新密码: ", f"{new}\n".encode())
    while wrong not in terminal.shown:
        assert terminal._read(), terminal.shown
    os.write(terminal._screen, b"\x03")
    terminal.ended()
