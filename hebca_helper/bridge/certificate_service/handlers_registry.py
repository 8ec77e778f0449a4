"""The registry as pages see it: a virtual table, never the real one."""

from __future__ import annotations

from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.errors import Code, HelperError

_CLIENT_KEY = "hkey_current_user\\software\\hebca\\clientx"


async def read_reg_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    """Only `version` exists (resources/protocol.md, section 2, `getAssistorVersion`), with or without a leading backslash.
    `p11ObjectDebug`, which the v2 library asks first, is missing: it takes that for "no"."""
    session.require_admitted()
    key = arguments.text("key").removeprefix("\\").lower()
    if key != _CLIENT_KEY or arguments.text("name").lower() != "version":
        raise HelperError(Code.REGISTRY_VALUE_MISSING)
    return {"value": version_number(session.settings.compatible_version)}


def version_number(version: str) -> int:
    """ "6.3.5" → 0x060305 (0x00MMmmpp). REGISTRY_VALUE_MISSING for what is no such version."""
    parts = version.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
        raise HelperError(Code.REGISTRY_VALUE_MISSING)
    major, minor, patch = (int(part) for part in parts)
    if max(major, minor, patch) > 255:
        raise HelperError(Code.REGISTRY_VALUE_MISSING)
    return major << 16 | minor << 8 | patch
