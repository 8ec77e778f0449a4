"""Which token an operation is about, where the page has not said by choosing a certificate."""

from __future__ import annotations

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.person.prompts import ChooseCertificate


class Devices:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def choose(self, connection: Connection) -> Device:
        """One token: silently when there is one, by the person's choice of a certificate when there are several.

        A token without any certificate is only taken where there is no other. HelperError(NO_CERTIFICATE or
        what is wrong with that which is plugged in, USER_CANCELLED).
        """
        await self._parts.admit(connection)
        devices = await self._offered(connection) or await self._empty()
        if not devices:
            raise await self._parts.inventory.nothing()
        entries = tuple(device.entry for device in devices if device.entry)
        if len(entries) < 2:
            return devices[0]
        async with self._parts.dialogs.turn(connection.asker):
            question = ChooseCertificate(connection.asker, Usage.SIGN, entries)
            return Device.of(await self._parts.prompts().choose_certificate(question))

    async def _offered(self, connection: Connection) -> list[Device]:
        """Each token this connection may know of, with its first certificate."""
        first: dict[str, Device] = {}
        for entry in await self._parts.inventory.offered(connection):
            first.setdefault(entry.token.id, Device.of(entry))
        return list(first.values())

    async def _empty(self) -> list[Device]:
        """Tokens without a certificate. A practice token without one proves nothing (house rule 10)."""
        if self._parts.inventory.practice_only:
            return []
        known = {entry.token.id for entry in await self._parts.inventory.entries()}
        tokens = await self._parts.tokens.tokens()
        return [Device(token) for token in tokens if token.id not in known and not token.practice]
