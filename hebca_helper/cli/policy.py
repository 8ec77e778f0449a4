"""`policy`: browser policies for the portals of the catalogue. Writing needs root; `status` does not."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from hebca_helper.bridge.policies import policies
from hebca_helper.bridge.policies.policies import PolicyState
from hebca_helper.cli.terminal import FAILED, tell_rows
from hebca_helper.texts import tr


def policy(options: argparse.Namespace) -> int:
    """0; 1 when a browser's policies could not be changed."""
    actions = {"install": policies.install, "remove": policies.remove, "status": policies.status}
    states = actions[options.action]()
    tell_rows([_row(state) for state in states]) if options.json else print(_text(states))
    if options.action != "status" and not options.json:
        print(tr("已经打开的浏览器，重新打开后生效。"))
    return FAILED if any(state.problem for state in states) else 0


def _row(state: PolicyState) -> dict[str, object]:
    return {
        "browser": state.title,
        "path": str(state.path),
        "allowed": list(state.allowed),
        "missing": list(state.missing),
        "code": state.problem.code if state.problem else None,
        "problem": str(state.problem) if state.problem else None,
    }


def _text(states: Sequence[PolicyState]) -> str:
    return "\n".join(_line(state) for state in states)


def _line(state: PolicyState) -> str:
    if state.problem:
        return tr("失败  {browser}  {problem} [{code}]").format(
            browser=state.title, problem=state.problem, code=state.problem.code
        )
    words = tr("{browser}  允许连接本机的网站 {allowed} 个，未设置 {missing} 个  {path}")
    return words.format(browser=state.title, allowed=len(state.allowed), missing=len(state.missing), path=state.path)
