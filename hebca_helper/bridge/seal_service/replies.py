"""The two ways in which the seal service words its replies (resources/protocol.md, section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from hebca_helper.bridge.websocket import frames
from hebca_helper.errors import Code, HelperError

CANCELLED = "用户没有选择签章"
"""What tells a page that the person changed their mind: it stays quiet then."""
LAST_PACKET: Mapping[str, object] = {"curPacketIndex": 0, "subPacketCnt": 1}
"""What ends an exchange of packets."""
_LOOKED_AT: Mapping[str, Mapping[str, object]] = {"GetTextSignContent": {"result": ""}}
"""Fields that a page uses before it looks whether the call failed."""


class Style(Enum):
    """R is `{ret, msg, …}`, S is `{success, error, …}`."""

    R = "R"
    S = "S"


def success(style: Style, name: str, fields: Mapping[str, object]) -> str:
    if style is Style.R:
        return frames.success(name, fields)
    return frames.reply(name, {"success": True, "error": "", **fields})


def failure(name: str, problem: HelperError) -> str:
    """In both styles at once, and as the last packet: the older client sends packets until it sees that, for ever if need
    be. `errorCode`, as `ret`, is the number of the table of failures; a choice, pages look at the text."""
    text = CANCELLED if problem.code is Code.USER_CANCELLED else frames.message(problem)
    told = {"ret": problem.number, "msg": text, "success": False, "error": text, "errorCode": problem.number}
    return frames.reply(name, {**told, **LAST_PACKET, **_LOOKED_AT.get(name, {})})
