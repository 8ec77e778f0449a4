"""argparse in the person's language: its own words, and lines that are measured as a terminal shows them."""

from __future__ import annotations

import argparse
import textwrap
from typing import Any
from unicodedata import east_asian_width

from hebca_helper.texts import tr

_WORDS = {
    "usage: ": "用法：",
    "options": "选项",
    "positional arguments": "参数",
    "show this help message and exit": "显示这段说明",
    "%(prog)s: error: %(message)s\n": "%(prog)s：参数有误：%(message)s\n",
    "argument %(argument_name)s: %(message)s": "参数 %(argument_name)s：%(message)s",
    "the following arguments are required: %s": "缺少参数：%s",
    "one of the arguments %s is required": "以下参数需要一个：%s",
    "unrecognized arguments: %s": "不认识的参数：%s",
    "not allowed with argument %s": "不能与 %s 一起使用",
    "ignored explicit argument %r": "不带值：%r",
    "expected one argument": "需要一个值",
    "expected at most one argument": "最多一个值",
    "expected at least one argument": "至少一个值",
    "expected %s argument": "需要 %s 个值",
    "expected %s arguments": "需要 %s 个值",
    "ambiguous option: %(option)s could match %(matches)s": "不明确的选项：%(option)s 可以是 %(matches)s",
    "invalid %(type)s value: %(value)r": "不是数字：%(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)": "不能是 %(value)r，可选 %(choices)s",
}
"""argparse's English (its gettext sources, Python 3.11 to 3.14) and ours."""


def _said(text: str) -> str:
    return tr(_WORDS[text]) if text in _WORDS else text


def _said_of(one: str, many: str, number: int) -> str:
    return _said(one if number == 1 else many)


def use() -> None:
    """argparse takes its words from gettext by the names that it imported; it offers no other way to say them."""
    argparse._ = _said  # type: ignore[attr-defined]
    argparse.ngettext = _said_of  # type: ignore[attr-defined]


def width(text: str) -> int:
    """Columns of a terminal."""
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)


class Formatter(argparse.HelpFormatter):
    """Chinese has no blanks to break a line at, and takes two columns a character."""

    def _split_lines(self, text: str, columns: int) -> list[str]:
        lines, line = [], ""
        for piece in _pieces(text):
            if line and width(line + piece.rstrip()) > columns:
                lines.append(line.rstrip())
                line = ""
            line += piece if line else piece.lstrip()
        return [*lines, line.rstrip()]

    def _fill_text(self, text: str, columns: int, indent: str) -> str:
        return "\n".join(textwrap.indent(line, indent) for line in self._split_lines(text, columns))


def _pieces(text: str) -> list[str]:
    """What is not broken: words with their blanks, single characters of Chinese; no line begins with 。，）."""
    pieces: list[str] = []
    for each in " ".join(text.split()):
        joined = pieces and (
            each in " 。，；：、）”" or not (_is_wide(each) or _is_wide(pieces[-1][-1]) or pieces[-1][-1] == " ")
        )
        if joined:
            pieces[-1] += each
        else:
            pieces.append(each)
    return pieces


def _is_wide(character: str) -> bool:
    return width(character) == 2


class Parser(argparse.ArgumentParser):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": Formatter, **options})
