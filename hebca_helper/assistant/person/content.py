"""Describing bytes so that a person can judge them before signing."""

from __future__ import annotations

import asyncio
import hashlib

from hebca_helper.assistant.asker.visible import visible_text
from hebca_helper.assistant.person.kinds import kind_of
from hebca_helper.assistant.person.prompts import Content
from hebca_helper.texts import tr

HEX_BYTES_SHOWN = 256
LARGE = 2 * 1024 * 1024
"""Bytes from which the work leaves the loop."""
_PLAIN = bytes(range(0x20, 0x7F)) + b"\n\t"
"""Text in which nothing can hide; told ten times as fast as with `str`."""
_BEGINNING = 1024
_LAYOUT = "\r\n\t\u3000"
"""Characters that are part of ordinary text although `str.isprintable` does not count them."""


def describe(data: bytes, text: str | None = None) -> Content:
    """`text` is what the page said the bytes are; without it bytes that are UTF-8 or GBK text are shown as such.

    Octets that are text in both encodings, but not the same, are shown in both: nobody knows how they will be read.
    """
    digest, kind = hashlib.sha256(data).hexdigest(), kind_of(data)
    if text is None and _is_plain(data[:_BEGINNING]) and _is_plain(data):
        return Content(data.decode("ascii"), len(data), digest, kind=kind)
    readings = _readings(data, text)
    if not readings:
        return Content(data[:HEX_BYTES_SHOWN].hex(" "), len(data), digest, readable=False, kind=kind)
    first, *others = readings
    also = [tr("—— 同样的数据，网站也可能读作：——") + "\n" + other for other in others]
    return Content("\n\n".join([first, *also]), len(data), digest, kind=kind)


async def described(data: bytes, text: str | None = None) -> Content:
    """`describe`; large data in a thread, so that other pages need not wait."""
    return describe(data, text) if len(data) < LARGE else await asyncio.to_thread(describe, data, text)


def _readings(data: bytes, text: str | None) -> list[str]:
    """Made visible, the likeliest first, each once; none where the octets are no text."""
    found = [] if text is None else [visible_text(text)]
    if text is not None and text.isascii():
        return found
    for encoding in ("utf-8", "gbk"):
        try:
            reading = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _without_layout(reading).isprintable():
            found.append(visible_text(reading))
    return list(dict.fromkeys(found))


def _is_plain(data: bytes) -> bool:
    return not data.translate(None, _PLAIN)


def _without_layout(text: str) -> str:
    """`str.translate` would take five times as long."""
    for character in _LAYOUT:
        text = text.replace(character, "")
    return text
