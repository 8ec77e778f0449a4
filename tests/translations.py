"""The English of the program: what needs one, what has one.

`python -m tests.translations update` brings the catalogue in line with the sources: new texts come in empty, those that
nobody shows any more go, and the compiled file is written. `missing` prints what has no English yet as JSON, and
`fill FILE` takes such JSON back with the English in it.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeGuard

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from hebca_helper.texts import DOMAIN

ROOT = Path(__file__).resolve().parents[1]
PO = ROOT / "resources" / "translations" / "en" / "LC_MESSAGES" / f"{DOMAIN}.po"
MO = PO.with_suffix(".mo")
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"\{(\w*)[^{}]*\}")
DATA = (
    "hebca_helper/pki/",
    "hebca_helper/bridge/https/",
    "hebca_helper/documents/pdf/searching.py",
    "hebca_helper/practice/ca.py",
    "hebca_helper/practice/names.py",
    "hebca_helper/practice/personalise.py",
    "hebca_helper/practice/seal_drawing.py",
    "hebca_helper/practice/hall/",
)
"""Modules whose Chinese is names, letters that are looked for, terms in English text, or pages of the practice hall, which stands for a Chinese site; what they show of the
program itself is in tr()."""
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""The same sources make the same file on any day."""


def source_texts() -> dict[str, set[str]]:
    """Each text that the program may show in Chinese, with the files it stands in."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "hebca_helper").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for text in _of_module(path, tables=not name.startswith(DATA)):
            found.setdefault(text, set()).add(name)
    return found


def _of_module(path: Path, tables: bool) -> Iterator[str]:
    """Texts in tr(…); with `tables` also literals on their own, which are shown by a tr() elsewhere."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if is_tr(node):
            yield from (str(each.value) for each in node.args if isinstance(each, ast.Constant) and each.value)
    if tables:
        hidden = {id(each) for node in ast.walk(tree) for each in _not_shown(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in hidden and CHINESE.search(str(node.value)):
                yield str(node.value)


def is_tr(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr"


def _not_shown(node: ast.AST) -> list[ast.expr]:
    """Docstrings, and the fixed pieces of f-strings."""
    if isinstance(node, ast.Expr):
        return [node.value]
    return node.values if isinstance(node, ast.JoinedStr) else []


def read() -> dict[str, str]:
    """Chinese to English; empty where there is none."""
    if not PO.exists():
        return {}
    return {str(m.id): str(m.string) for m in read_po(io.BytesIO(PO.read_bytes())) if m.id}


def write(english: dict[str, str]) -> None:
    """Both files, for the texts that the sources have now."""
    catalog = Catalog("en", DOMAIN, project="hebca-helper", charset="utf-8", fuzzy=False, creation_date=None)
    for text, files in sorted(source_texts().items()):
        catalog.add(text, english.get(text, ""), locations=[(name, 0) for name in sorted(files)])
    PO.parent.mkdir(parents=True, exist_ok=True)
    with io.BytesIO() as content:
        write_po(content, catalog, width=0, include_lineno=False)
        PO.write_bytes(_without_dates(content.getvalue()))
    MO.write_bytes(compiled())


def _without_dates(po: bytes) -> bytes:
    return re.sub(rb'"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator):[^\n]*\n', b"", po)


def compiled() -> bytes:
    catalog = read_po(io.BytesIO(PO.read_bytes()))
    catalog.creation_date = catalog.revision_date = _NO_DATE
    with io.BytesIO() as content:
        write_mo(content, catalog)
        return content.getvalue()


def missing() -> list[str]:
    english = read()
    return [text for text in source_texts() if not english.get(text)]


def main(command: str, *files: str) -> None:
    if command == "missing":
        json.dump(dict.fromkeys(missing(), ""), sys.stdout, ensure_ascii=False, indent=0)
        return
    english = read()
    for name in files:
        english.update(json.loads(Path(name).read_text("utf-8")))
    write(english)
    print(f"{len(source_texts())} texts, {len(missing())} without English")


if __name__ == "__main__":
    main(*sys.argv[1:])
