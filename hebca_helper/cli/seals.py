"""`seals`: the electronic seals on the USBKEYs that are plugged in, checked; for people and for scripts."""

from __future__ import annotations

import argparse
from typing import Any

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.stamping.seals import TokenSeal
from hebca_helper.cli.findings import seal_lines
from hebca_helper.cli.program import Program
from hebca_helper.cli.terminal import tell_rows
from hebca_helper.documents.report import encoded
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr


async def seals(options: argparse.Namespace, program: Program) -> int:
    """One JSON array with --json, else a paragraph for each seal. Private objects need a login and are left out."""
    async with program.core() as core:
        person = core.assistant.connect(Asker(Channel.TERMINAL))
        found = await core.assistant.seals.listed(person)
        tokens = await core.assistant.tokens()
    if options.json:
        tell_rows([seal_row(seal) for seal in found])
    else:
        print("\n\n".join(_text(seal) for seal in found) if found else _nothing(bool(tokens)))
    return 0


def seal_row(seal: TokenSeal) -> dict[str, Any]:
    """`seal` is that of `check --json`; `problem` is why the seal may not be used, null when it may."""
    problem = {"code": seal.problem.code, "text": str(seal.problem)} if seal.problem else None
    return {
        "token": seal.token_id,
        "serial": seal.token.serial,
        "practice": seal.token.practice,
        "label": seal.label,
        "seal_id": seal.id,
        "kind": "seal",
        "verdict": seal.verdict,
        "trust": seal.trust,
        "valid_now": seal.valid_now,
        "problem": problem,
        "seal": encoded(seal.report),
    }


def _text(seal: TokenSeal) -> str:
    mark = tr("（演练）") if seal.token.practice else ""
    state = str(seal.problem) if seal.problem else tr("可以使用")
    lines = [f"{visible_name(seal.name) or tr('无法读取的印章')}{mark}: {state}"]
    lines.append(
        f"  USBKEY: {visible_name(seal.token.label)} {seal.token.serial}  {tr('数据对象')}: {visible_name(seal.label)}"
    )
    return "\n".join(lines + (seal_lines(seal.report, "  ") if seal.report else []))


def _nothing(plugged_in: bool) -> str:
    if not plugged_in:
        return tr("没有找到 USBKEY，请插入后重试")
    return str(HelperError(Code.NO_SEAL))
