"""Named data objects on the token. Text is stored as UTF-8 (choice)."""

from __future__ import annotations

from hebca_helper.bridge.websocket.encoding import b64, encoded
from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.bridge.websocket.session import Session

TEXT_ENCODING = "utf-8"


async def write_data_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    return await _write(session, arguments, arguments.data("b64data"))


async def write_data_text(session: Session, arguments: Arguments) -> dict[str, object]:
    return await _write(session, arguments, encoded(arguments.text("data"), TEXT_ENCODING))


async def read_data_b64(session: Session, arguments: Arguments) -> dict[str, object]:
    return {"b64data": b64(await _read(session, arguments))}


async def read_data_text(session: Session, arguments: Arguments) -> dict[str, object]:
    """What is no UTF-8, another program's text perhaps, is read as GBK; what is neither comes with replacement characters."""
    value = await _read(session, arguments)
    try:
        return {"data": value.decode(TEXT_ENCODING)}
    except UnicodeDecodeError:
        return {"data": value.decode("gbk", errors="replace")}


async def delete_data(session: Session, arguments: Arguments) -> dict[str, object]:
    await session.assistant.data.delete(session.connection, await session.device(), arguments.text("name"))
    return {}


async def _write(session: Session, arguments: Arguments, value: bytes) -> dict[str, object]:
    name, private = arguments.text("name"), arguments.flag("isprivate")
    await session.assistant.data.write(session.connection, await session.device(), name, value, private=private)
    return {}


async def _read(session: Session, arguments: Arguments) -> bytes:
    return await session.assistant.data.read(session.connection, await session.device(), arguments.text("name"))
