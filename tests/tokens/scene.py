"""A SoftHSM2 of its own for each test, with one token that already has keys; and the fault shim in front of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path

from hebca_helper.tokens.discovery import ModulePlace, practice_place
from hebca_helper.tokens.messages import KeyPairKind, Work
from hebca_helper.tokens.model import EventKind, TokenEvent
from hebca_helper.tokens.service import TokenService
from tests.tokens.shim.build import SOFTHSM

PIN = "123456"
SO_PIN = "12345678"
RSA_KEY = b"\x01"
EC_KEY = b"\x02"


@dataclass
class Prepared:
    """A SoftHSM2 folder as made once: copied for each test, because key generation is slow."""

    folder: Path
    token_id: str
    rsa_spki: bytes
    ec_spki: bytes


@dataclass
class Seen:
    """Every event since the service started; `wait` returns when one of this kind has been seen."""

    events: list[TokenEvent] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, event: TokenEvent) -> None:
        self.events.append(event)
        self._changed.set()

    def kinds(self) -> list[EventKind]:
        return [event.kind for event in self.events]

    async def wait(self, kind: EventKind, seconds: float = 60.0) -> None:
        async with asyncio.timeout(seconds):
            while kind not in self.kinds():
                self._changed.clear()
                await self._changed.wait()


def write_configuration(folder: Path) -> Path:
    """A practice folder whose SoftHSM2 configuration and tokens are its own."""
    (folder / "tokens").mkdir(parents=True, exist_ok=True)
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    return folder


async def _prepare(folder: Path) -> Prepared:
    place = practice_place(folder, SOFTHSM)
    service = TokenService([place])
    await service.start()
    try:
        token = await service.initialise(place, "演练", SO_PIN, PIN)
        await service.login(token.id, PIN)
        rsa = await service.generate_key_pair(token.id, KeyPairKind.RSA_2048, RSA_KEY, "签名")
        ec = await service.generate_key_pair(token.id, KeyPairKind.EC_P256, EC_KEY, "签名")
    finally:
        await service.stop()
    return Prepared(folder, token.id, rsa, ec)


def hurried(place: ModulePlace, work: Work, seconds: float) -> ModulePlace:
    """For a library that hangs: with this limit for that work. What is well must keep it on a busy machine, too."""
    return replace(place, driver=replace(place.driver, limits={**place.driver.limits, work: seconds}))
