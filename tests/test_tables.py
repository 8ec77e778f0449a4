"""One wording of what is wrong in a file that a person edits, whichever file it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hebca_helper import tables
from hebca_helper.desktop.pages.help import content as help_content
from hebca_helper.errors import Code, HelperError
from hebca_helper.portals import catalogue
from hebca_helper.tokens.catalogue import load_catalogue

ENTRY = 'id = "a"\ntitle = "甲"\n'


def driver_problem(path: Path) -> str:
    return load_catalogue(path.parent)[1][0].detail


def told(load: Callable[[], object]) -> str:
    with pytest.raises(HelperError) as wrong:
        load()
    assert wrong.value.code is Code.FILE_UNREADABLE
    return wrong.value.detail


def test_a_driver_a_link_and_a_guide_say_the_same_of_the_same_mistake(tmp_path: Path) -> None:
    path = tmp_path / "guides.toml"
    path.write_text('title = "甲"\nnew = 1\n', "utf-8")
    assert driver_problem(path) == "guides.toml:2: 不认识的字段 new"
    (tmp_path / "contacts.toml").write_text("")
    path.write_text(f"[[portal]]\n{ENTRY}new = 1\n[[entry]]\n{ENTRY}new = 1\n", "utf-8")
    expected = "guides.toml: a: 不认识的字段 new"
    assert told(lambda: catalogue.load(path)) == told(lambda: help_content.load(tmp_path)) == expected


def test_a_file_that_is_too_large_or_no_text_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_bytes(b"#" * (tables.LARGEST_FILE + 1))
    assert told(lambda: tables.read(path, dict)) == "large.toml: 文件太大"
    path.write_bytes(b"\xb4\xed")
    assert "utf-8" in told(lambda: tables.read(path, dict))


@pytest.mark.parametrize("value", [True, 3, 0.5, "1", None])
def test_a_whole_number_is_neither_a_truth_nor_a_text(value: object) -> None:
    with pytest.raises(tables.TableError, match=r"tries\.fine: 应为 0 到 2 之间的数"):
        tables.number(value, "tries.fine", 0, 2)
