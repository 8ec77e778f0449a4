"""Named data objects on a token. Private ones only under this connection's own login (hebca_helper/README.md, "Logins")."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.person.content import described
from hebca_helper.assistant.person.prompts import ConfirmKind, Content, Wish
from hebca_helper.assistant.sites.policy import is_seal_object
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import DataObject

LONGEST_NAME = 255
"""Characters of an object's name."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_OPERATIONS = {ConfirmKind.WRITE_DATA: Operation.WRITE_DATA, ConfirmKind.DELETE_DATA: Operation.DELETE_DATA}


class DataObjects:
    """A page is asked for once per object, kind of access and connection; for the objects of a seal at each change."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def list(self, connection: Connection, token_id: str) -> list[DataObject]:
        """Public objects, and private ones where this connection itself is logged in."""
        await self._parts.admit(connection)
        public = await self._parts.tokens.data_objects(token_id, private=False)
        if not self._is_logged_in(connection, token_id):
            return public
        return public + await self._parts.tokens.data_objects(token_id, private=True)

    async def read(self, connection: Connection, device: Device, name: str) -> bytes:
        """One object's bytes. HelperError(DATA_OBJECT_MISSING), also for a private one without a login of one's own."""
        parts = self._parts
        await parts.admit(connection)
        with parts.recorder.operation(connection, Operation.READ_DATA, token_id=device.id):
            _require_name(name)
            if connection.asker.origin is not None and not _is_agreed(connection, device, ConfirmKind.READ_DATA, name):
                wish = Wish(ConfirmKind.READ_DATA, subject=visible_name(name))
                await parts.consents.ask(connection, wish, device)
                _agree(connection, device, ConfirmKind.READ_DATA, name)
            return await self._read(connection, device.id, name)

    async def write(self, connection: Connection, device: Device, name: str, value: bytes, *, private: bool) -> None:
        """Create or replace the object of this name, public or private as it may have been."""

        async def write() -> None:
            await self._parts.tokens.write_data(device.id, name, private, value)
            await self._delete(device.id, name, not private)

        await self._change(connection, device, ConfirmKind.WRITE_DATA, name, write, await described(value))

    async def delete(self, connection: Connection, device: Device, name: str) -> None:
        """HelperError(DATA_OBJECT_MISSING) where there is neither a public nor a private one."""

        async def delete() -> None:
            if not any([await self._delete(device.id, name, private) for private in (False, True)]):
                raise HelperError(Code.DATA_OBJECT_MISSING)

        await self._change(connection, device, ConfirmKind.DELETE_DATA, name, delete)

    async def _change(
        self,
        connection: Connection,
        device: Device,
        kind: ConfirmKind,
        name: str,
        work: Callable[[], Awaitable[None]],
        content: Content | None = None,
    ) -> None:
        parts, wish = self._parts, Wish(kind, content, visible_name(name))
        await parts.admit(connection)
        with parts.recorder.operation(connection, _OPERATIONS[kind], token_id=device.id, content=content) as row:
            parts.policy.require_object(connection, name, device.token)
            _require_name(name)
            agreed = _is_agreed(connection, device, kind, name)
            await parts.consents.use_key(row, device, wish, work, agreed=lambda: agreed)
            _agree(connection, device, kind, name)

    async def _read(self, connection: Connection, token_id: str, name: str) -> bytes:
        try:
            return await self._parts.tokens.read_data(token_id, name, private=False)
        except HelperError as problem:
            if problem.code is not Code.DATA_OBJECT_MISSING or not self._is_logged_in(connection, token_id):
                raise
        return await self._parts.tokens.read_data(token_id, name, private=True)

    async def _delete(self, token_id: str, name: str, private: bool) -> bool:
        try:
            await self._parts.tokens.delete_data(token_id, name, private)
        except HelperError as problem:
            if problem.code is not Code.DATA_OBJECT_MISSING:
                raise
            return False
        return True

    def _is_logged_in(self, connection: Connection, token_id: str) -> bool:
        return self._parts.logins.of(connection, token_id) is not None


def _require_name(name: str) -> None:
    """A name with control characters means one thing here and another to a program that reads up to a NUL or a line's end."""
    if not 0 < len(name) <= LONGEST_NAME or _CONTROL.search(name):
        raise HelperError(Code.BAD_REQUEST)


def _is_agreed(connection: Connection, device: Device, kind: ConfirmKind, name: str) -> bool:
    return (kind, device.id, name) in connection.agreed


def _agree(connection: Connection, device: Device, kind: ConfirmKind, name: str) -> None:
    """Remember the person's yes for this object; for the objects of a seal each change asks."""
    if kind is ConfirmKind.READ_DATA or not is_seal_object(name):
        connection.agreed.add((kind, device.id, name))
