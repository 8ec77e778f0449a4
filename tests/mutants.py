"""Breaks the files that guard, one small fault at a time, and names every fault that no test notices.

    python -m tests.mutants [FILE ...] [--count N] [--seed S] [--most TESTS] [--collect [TESTS ...]]

Each fault is made in a copy of the checkout, which the program's own child processes run from too. Only the tests that run
its line are asked, the quickest first: `--collect` notes once which these are. A file that changed since then is asked with
all tests that run any of it.
"""

from __future__ import annotations

import argparse
import ast
import configparser
import copy
import hashlib
import importlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import coverage
import pytest

ROOT = Path(__file__).parent.parent
NOTES = Path(tempfile.gettempdir()) / f"hebca-helper-mutants-{os.getuid()}.json"
ROOMS = ("tests/assistant", "tests/bridge", "tests/security")
"""Where the guarding files are tested."""
IN_CHILDREN = {
    "hebca_helper/tokens/host/": [
        "tests/tokens/test_pin_corners.py",
        "tests/tokens/test_faults.py",
        "tests/tokens/test_service.py",
        "tests/security/test_pin_guessing.py",
        "tests/assistant/test_logins.py",
    ]
}
"""Tests of what only child processes run."""
SECONDS = 20.0
"""Beside five times what the tests took when they were noted; then a fault hangs."""
_IMPORTED_ONCE = ("asn1crypto.cms", "cryptography.x509", "pkcs11", "starlette.applications", "uvicorn", "websockets")
_QUIET = ["-q", "-p", "no:cacheprovider", "-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
_SWAPPED: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}


@dataclass(frozen=True)
class Mutant:
    file: str
    line: int
    old: str
    new: str
    source: bytes
    """The whole file with the fault in it."""
    asked: frozenset[int]
    """Lines whose tests may notice it: its own, or those that use a constant."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {' '.join(self.old.split())} → {' '.join(self.new.split())}"


def mutants_of(file: str) -> Iterator[Mutant]:
    source = (ROOT / file).read_bytes()
    starts = [0, *(place + 1 for place, octet in enumerate(source) if octet == 0x0A)]
    tree = ast.parse(source)
    nodes = list(_mutable(tree))
    asked = {inner: lines for outer in tree.body for lines in [_uses(tree, outer)] for inner in ast.walk(outer)}
    turned = [(each.test, ast.UnaryOp(ast.Not(), each.test)) for each in nodes if _asks(each)]
    for node, other in chain(turned, ((each, other) for each in nodes for other in _faults(each))):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        old = source[begin:end].decode()
        new = ast.unparse(other) if isinstance(other, ast.stmt) else f"({ast.unparse(other)})"
        lines = asked[node] or frozenset(range(node.lineno, node.end_lineno + 1))
        yield Mutant(file, node.lineno, old, new, source[:begin] + new.encode() + source[end:], lines)


def _uses(tree: ast.Module, statement: ast.stmt) -> frozenset[int]:
    """The lines that use what the module's statement assigns, if it assigns something."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    names = {name.id for target in targets if target for name in ast.walk(target) if isinstance(name, ast.Name)}
    uses = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return frozenset(node.lineno for node in uses if node.id in names)


def _asks(node: Any) -> bool:
    """Whether it has a condition that `_faults` does not change from within."""
    plain = ast.Name | ast.Attribute | ast.Call | ast.Await
    asks = isinstance(node, ast.If | ast.IfExp) and isinstance(node.test, plain)
    return asks and not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING")


def _mutable(node: ast.AST) -> Iterator[Any]:
    """All nodes but types, decorators, protocols and text."""
    if isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.ClassDef) and "Protocol" in map(ast.unparse, node.bases)
    ):
        return
    if isinstance(node, ast.stmt | ast.expr):
        yield node
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns", "decorator_list", "bases"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _mutable(child)


def _faults(node: ast.AST) -> Iterator[ast.AST]:
    yield from _other_operators(node)
    yield from _other_contents(node)


def _other_operators(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[operator]):
            yield from (_with(node, ops=[other()]) for other in _SWAPPED[type(operator)])
        case ast.BoolOp(op=operator) | ast.BinOp(op=operator):
            yield from (_with(node, op=other()) for other in _SWAPPED.get(type(operator), ()))
            if isinstance(node, ast.BoolOp):
                yield from node.values
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand


def _other_contents(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Set(elts=items) | ast.Tuple(elts=items, ctx=ast.Load()) | ast.List(elts=items, ctx=ast.Load()):
            yield from (_with(node, elts=_without(items, at)) for at in range(len(items)) if len(items) > 1)
        case ast.Dict(keys=keys, values=values):
            yield from (_with(node, keys=_without(keys, at), values=_without(values, at)) for at in range(len(keys)))
        case ast.Call(keywords=keywords) if keywords:
            yield from (_with(node, keywords=_without(keywords, at)) for at in range(len(keywords)))
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise() | ast.AugAssign() | ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) not in ("None", "()", "''"):
            yield ast.Return(ast.Constant(None))


def _with(node: ast.AST, **fields: Any) -> Any:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def _without(items: list[Any], at: int) -> list[Any]:
    return items[:at] + items[at + 1 :]


class Noting:
    """A pytest plugin: which test is running, and for how long."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self._measured = measured
        self.seconds: dict[str, float] = {}

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._measured.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration


def collect(files: list[str], rooms: list[str]) -> None:
    """Notes which tests of these rooms run which line; runs in a process of its own."""
    measured = coverage.Coverage(data_file=None, config_file=False, include=[str(Path.cwd() / file) for file in files])
    measured.start()
    noting = Noting(measured)
    pytest.main([*_QUIET, *rooms], plugins=[noting])
    measured.stop()
    notes = json.loads(NOTES.read_text()) if NOTES.exists() else {"seconds": {}, "files": {}}
    notes["seconds"] |= noting.seconds
    for file in files:
        lines = measured.get_data().contexts_by_lineno(str(Path.cwd() / file))
        known = notes["files"].setdefault(file, {"digest": "", "lines": {}})
        known["digest"] = _digest(Path(file))
        for line, tests in lines.items():
            known["lines"][str(line)] = sorted({*known["lines"].get(str(line), ()), *filter(None, tests)})
    NOTES.write_text(json.dumps(notes))


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def tests_of(mutant: Mutant, notes: dict[str, Any]) -> list[str]:
    """The tests that run these lines, or else this file, or else all of its room: those named like it first, the quickest
    first; then those whose children run it."""
    file = Path(mutant.file)
    known = notes["files"].get(mutant.file, {"digest": "", "lines": {}})
    lines = known["lines"] if known["digest"] == _digest(ROOT / file) else {}
    tests = set(chain.from_iterable(lines.get(str(line), ()) for line in mutant.asked))
    tests = tests or set(chain.from_iterable(known["lines"].values()))
    beside = list(chain.from_iterable(tests for start, tests in IN_CHILDREN.items() if mutant.file.startswith(start)))
    if not tests and not beside:
        return [str(Path("tests", *file.parts[1:-1]))]
    return (
        sorted(tests, key=lambda test: (file.stem not in test.split("::")[0], notes["seconds"].get(test, 0))) + beside
    )


def in_child(folder: Path, run: Callable[[], object], log: Path, seconds: float) -> int:
    """Fork, in `folder`: the libraries are imported already. The exit code; -1 where the time ran out."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(folder)
        sys.path[0] = os.environ["PYTHONPATH"] = str(folder)
        for name in [name for name in sys.modules if name.split(".")[0] == "tests"]:
            del sys.modules[name]
        os._exit(int(run() or 0))  # type: ignore[call-overload]
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.05)
        return -1
    finally:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)


def outcome(mutant: Mutant, folder: Path, tests: list[str], seconds: float) -> str:
    """ "SURVIVED", "killed", or "hung", which nobody overlooks either; a busy computer may be the reason."""
    file = folder / mutant.file
    original, times = file.read_bytes(), file.stat()
    file.write_bytes(mutant.source)
    try:
        code = in_child(folder, lambda: pytest.main([*_QUIET, "-x", *tests]), folder / "log", seconds)
        return {0: "SURVIVED", 1: "killed", 2: "killed", -1: "hung"}.get(code, "unknown")
    finally:
        file.write_bytes(original)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def guarding_files() -> list[str]:
    rules = configparser.ConfigParser()
    rules.read(ROOT / "tests/guarding.coveragerc")
    return rules["run"]["include"].split()


def chosen(files: list[str], count: int, seed: int) -> list[Mutant]:
    """The same ones for the same seed, one file after the other."""
    rows = [list(mutants_of(file)) for file in files]
    for row in rows:
        random.Random(seed).shuffle(row)
    return [mutant for mutant in chain.from_iterable(zip_longest(*rows)) if mutant is not None][:count]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, help="tests for each fault")
    parser.add_argument("--collect", nargs="*", metavar="TESTS", help="note which tests run which line, then stop")
    arguments = parser.parse_args()
    for name in _IMPORTED_ONCE:
        importlib.import_module(name)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name) / "copy"
        shutil.copytree(ROOT, folder, symlinks=True, ignore=shutil.ignore_patterns(".git", ".venv", "*_cache"))
        if arguments.collect is not None:
            rooms = arguments.collect or list(ROOMS)
            return in_child(folder, lambda: collect(guarding_files(), rooms), NOTES.with_suffix(".log"), 7200)
        notes = json.loads(NOTES.read_text())
        ends: Counter[str] = Counter()
        for mutant in chosen(arguments.files or guarding_files(), arguments.count, arguments.seed):
            tests = tests_of(mutant, notes)[: arguments.most]
            seconds = SECONDS + 5 * sum(notes["seconds"].get(test, 20) for test in tests)
            end = outcome(mutant, folder, tests, seconds) if tests else "SURVIVED"
            ends[end] += 1
            print(f"{end} ({len(tests)} tests) {mutant}", flush=True)
    print(dict(ends))
    return int(ends["killed"] < ends.total())


if __name__ == "__main__":
    raise SystemExit(main())
