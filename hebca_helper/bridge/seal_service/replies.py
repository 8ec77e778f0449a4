"""The two ways in which the seal service words its replies (protocol reference, section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from hebca_helper.bridge import frames
from hebca_helper.errors import Code, HelperError

CANCELLED = "用户没有选择签章"
"""What tells a page that the person changed their mind: it stays quiet then."""


class Style(Enum):
    """R is `{ret, msg, …}`, S is `{success, error, …}`."""

    R = "R"
    S = "S"


def success(style: Style, name: str, fields: Mapping[str, object]) -> str:
    if style is Style.R:
        return frames.success(name, fields)
    return frames.reply(name, {"success": True, "error": "", **fields})


def failure(style: Style, name: str, problem: HelperError) -> str:
    """`errorCode` in S, as `ret` in R, is the number of the table of failures; a choice, pages look at the text."""
    text = CANCELLED if problem.code is Code.USER_CANCELLED else frames.message(problem)
    if style is Style.R:
        return frames.reply(name, {"ret": problem.number, "msg": text})
    return frames.reply(name, {"success": False, "error": text, "errorCode": problem.number})
