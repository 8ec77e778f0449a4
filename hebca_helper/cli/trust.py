"""`trust`: have the browsers of this person trust the HTTPS service of this computer, or not any more."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.bridge.trust.trust import State, Told, Trust
from hebca_helper.cli.program import Program
from hebca_helper.cli.terminal import FAILED, tell_rows
from hebca_helper.texts import tr

_WORDS = {State.TRUSTED: "已信任", State.NOT_TRUSTED: "未信任", State.FAILED: "失败"}


def trust(options: argparse.Namespace, program: Program) -> int:
    """0; 1 when a place could not be changed, and for `status` also when no place trusts us."""
    told = _act(options.action, Trust(program.home))
    tell_rows([_row(each) for each in told]) if options.json else print(_text(told))
    if options.action == "install" and not options.json:
        print(tr("已经打开的浏览器，重新打开后生效。"))
    failed = any(each.state is State.FAILED for each in told)
    unknown = options.action == "status" and not any(each.state is State.TRUSTED for each in told)
    return FAILED if failed or unknown else 0


def _act(action: str, of: Trust) -> Sequence[Told]:
    match action:
        case "install":
            of.renewed(utc_now())
            return of.install(utc_now())
        case "remove":
            return of.remove()
        case _:
            return of.status()


def _row(told: Told) -> dict[str, str | None]:
    place, problem = told.place, told.problem
    return {
        "kind": place.kind,
        "path": str(place.path),
        "title": place.title,
        "state": told.state,
        "code": problem.code if problem else None,
        "problem": str(problem) if problem else None,
    }


def _text(told: Sequence[Told]) -> str:
    return "\n".join(_line(each) for each in told) or tr("没有安装过。")


def _line(told: Told) -> str:
    why = f"  {told.problem} [{told.problem.code}]" if told.problem else ""
    return f"{tr(_WORDS[told.state])}  {told.place.title}  {told.place.path}{why}"
