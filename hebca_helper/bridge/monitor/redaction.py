"""What of a call may be shown to a developer: its shape always, its values only where they are known to be harmless."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hebca_helper.texts import tr

_SHOWN = frozenset(
    {"ret", "msg", "code", "remedy", "index", "count", "certsn", "wait", "signflag", "rsaflag", "isprivate"}
    | {"digestalg", "cipheralg", "version", "result", "type", "format", "algorithm", "usage", "detached"}
    | {"fingerprint", "status", "state", "keytype", "hash", "form", "mode", "number"}
)
"""Names of fields whose values say nothing of the person and nothing secret."""
_SECRET = ("pin", "password", "pwd")
"""Parts of the names of fields of which not even the length is shown."""
_MOST = 60
"""Entries of a list, and fields of an object, that are shown."""
_LONGEST = 120
"""Characters of a shown text; a longer one can only be content under a harmless name."""
_DEEPEST = 6


def redacted(value: Any, name: str = "", depth: int = 0) -> Any:
    """The same shape. Texts and numbers that are not known to be harmless become a word about their length or kind."""
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        shown = list(value.items())[:_MOST]
        return {str(key)[:_LONGEST]: redacted(item, str(key), depth + 1) for key, item in shown}
    if isinstance(value, list | tuple):
        return [redacted(item, name, depth + 1) for item in value[:_MOST]]
    if value is None or isinstance(value, bool):
        return value
    if any(word in name.lower() for word in _SECRET):
        return tr("〔密码〕")
    if name.lower() in _SHOWN and len(str(value)) <= _LONGEST:
        return value
    return redacted_text(value) if isinstance(value, str) else tr("〔数字〕")


def redacted_text(text: str) -> str:
    return tr("〔{count} 个字符〕").format(count=len(text))
