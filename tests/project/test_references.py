"""Papers in the tree: whatever the code refers to can be opened from a checkout."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXTS = (".py", ".toml", ".js", ".ts", ".sh", ".c", ".html", ".md", ".qss")
PAPER = re.compile(r"[\w./-]*\w\.md\b")
SECTION = re.compile(r"resources/protocol\.md,\s+sections? (\d+)")
RULES = re.compile(r"house rules? (\d+)(?: (?:and|to) (\d+))?")
ELSEWHERE = re.compile(r"protocol reference|seals reference|\(design,|design, rule|shared/")
"""How papers were named that are not in the tree."""


def sources() -> list[Path]:
    folders = [ROOT / name for name in ("hebca_helper", "resources", "drivers", "installer", "tests")]
    found = [path for folder in folders for path in folder.rglob("*") if path.suffix in TEXTS and path.is_file()]
    return [path for path in [*found, ROOT / "README.md", ROOT / "pyproject.toml"] if path != Path(__file__).resolve()]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Path from the root to content, comments' line ends taken for blanks."""
    return {
        path.relative_to(ROOT).as_posix(): re.sub(r"\n\s*(?:#|//|\*)?\s*", " ", path.read_text("utf-8"))
        for path in sources()
    }


def test_nothing_points_to_a_paper_outside(texts: dict[str, str]) -> None:
    assert {name: found[0] for name, text in texts.items() if (found := ELSEWHERE.search(text))} == {}


def test_every_paper_that_is_named_is_there(texts: dict[str, str]) -> None:
    missing = set()
    for name, text in texts.items():
        for paper in PAPER.findall(text):
            near = ((ROOT / name).parent / paper, ROOT / paper, ROOT / "resources" / paper)
            if not any(place.exists() for place in near):
                missing.add((name, paper))
    assert missing == set()


def test_rules_and_sections_that_are_named_have_their_headings(texts: dict[str, str]) -> None:
    rules = set(re.findall(r"^### House rule (\d+)", (ROOT / "hebca_helper/README.md").read_text("utf-8"), re.M))
    sections = set(re.findall(r"^## (\d+)\.", (ROOT / "resources/protocol.md").read_text("utf-8"), re.M))
    named_rules = {number for text in texts.values() for pair in RULES.findall(text) for number in pair if number}
    named_sections = {number for text in texts.values() for number in SECTION.findall(text)}
    assert named_rules - rules == set() and named_sections - sections == set()
    assert len(named_rules) > 5 and len(named_sections) > 4, "the code does refer to them"
