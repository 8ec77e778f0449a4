"""No module needs itself on a roundabout way: imports inside functions and for types count as any other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "hebca_helper"


def module_name(path: Path, root: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def imported(source: str) -> Iterator[str]:
    """Every name that may be a module, wherever in the source it is imported."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            assert node.level == 0, "relative imports are not counted here"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def import_graph(root: Path, package: str) -> dict[str, set[str]]:
    """Doors (`__init__`) are left out where they hand nothing on."""
    sources = {module_name(path, root): path.read_text("utf-8") for path in (root / package).rglob("*.py")}
    bare = {name for name, source in sources.items() if not any(name_ in sources for name_ in imported(source))}
    return {name: {*imported(source)} & (sources.keys() - bare) - {name} for name, source in sources.items()}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """One circle, each module before the one that it imports; empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return list(reversed(found.args[1]))
    return []


def test_no_import_leads_back_to_where_it_began() -> None:
    assert circle(import_graph(ROOT, PACKAGE)) == []


@pytest.mark.parametrize(
    "needed",
    [
        "import house.door",
        "def later():\n    from house import door\n",
        "if TYPE_CHECKING:\n    from house.door import Key\n",
    ],
)
def test_an_import_counts_wherever_it_stands(tmp_path: Path, needed: str) -> None:
    house = tmp_path / "house"
    house.mkdir()
    (house / "__init__.py").write_text('"""A house."""\n')
    (house / "door.py").write_text("from house.window import pane\n")
    (house / "window.py").write_text(needed)
    found = circle(import_graph(tmp_path, "house"))
    assert set(found) == {"house.door", "house.window"}
