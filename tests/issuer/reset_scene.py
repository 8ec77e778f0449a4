"""A locked practice USBKEY, the practice CA's service, and an assistant that may call it: all real but the person."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from hebca_helper.app.parts import issuer_client
from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.assistant import Assistant
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.assistant.sites.origins import FixedOrigins
from hebca_helper.places import shipped
from hebca_helper.practice.announcement import CA, AnnouncedOrigins
from hebca_helper.practice.ca_service.server import CaService
from hebca_helper.practice.trust import PracticeTrust
from hebca_helper.settings import Settings
from hebca_helper.tokens.catalogue import load_catalogue
from hebca_helper.tokens.discovery import find_modules
from hebca_helper.tokens.model import PinState
from hebca_helper.tokens.service import TokenService
from tests.assistant.scripted import ScriptedPrompts
from tests.practice_homes import put_practice_usbkey

ISSUER = "https://www.hebca.com"
HALL = "http://localhost:17280"
NEW_PIN = "Fq27!kp9"


@dataclass
class ResetScene:
    home: Path
    assistant: Assistant
    tokens: TokenService
    ca: CaService
    person: ScriptedPrompts = field(default_factory=ScriptedPrompts)

    def page(self, origin: str | None = None) -> Connection:
        return self.assistant.connect(Asker(Channel.CERTIFICATE_SERVICE, origin or self.ca.origin))

    async def signer(self, connection: Connection) -> CertificateEntry:
        return await self.assistant.choose(connection, Usage.SIGN)

    async def order(self, entry: CertificateEntry) -> str:
        """The address that the CA's page would hand over."""
        return await asyncio.to_thread(self._order, entry.certificate.serial_hex)

    def _order(self, serial: str) -> str:
        request = urllib.request.Request(  # noqa: S310 the practice CA on this computer
            f"{self.ca.origin}/orders",
            json.dumps({"certificate": serial}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as reply:
            return str(json.loads(reply.read())["url"])

    async def pin_state(self) -> PinState:
        return (await self.tokens.tokens())[0].pin_state

    async def accepts(self, pin: str) -> bool:
        (token,) = await self.tokens.tokens()
        await self.tokens.login(token.id, pin)
        await self.tokens.logout(token.id)
        return True

    def journal(self) -> list[tuple[str, str]]:
        """(operation, result), oldest first."""
        rows = self.assistant.journal.recent()
        return [(row.operation, row.result) for row in reversed(rows) if row.operation != "connect"]

    def everything_written(self) -> bytes:
        """All files of the home but the token's own store and the CA."""
        with closing(sqlite3.connect(self.home / "journal.sqlite3")) as journal:
            rows = repr(journal.execute("SELECT * FROM journal").fetchall()).encode()
        practice = self.home / "practice"
        files = [path for path in self.home.rglob("*") if path.is_file() and practice not in path.parents]
        return rows + b"".join(path.read_bytes() for path in files)


@asynccontextmanager
async def resetting(home: Path, scenario: str = "locked") -> AsyncIterator[ResetScene]:
    put_practice_usbkey(home, scenario)
    ca = CaService(home, 0)
    await ca.start()
    drivers, _ = load_catalogue(shipped("drivers"))
    settings = Settings(practice_module="/usr/lib/softhsm/libsofthsm2.so")
    tokens = TokenService(find_modules(drivers, settings, home, environment={}))
    await tokens.start()
    announced = AnnouncedOrigins(home, CA)
    fixed = FixedOrigins(
        known=frozenset({HALL}),
        issuer=frozenset({ISSUER}),
        practice=lambda: frozenset({HALL}),
        practice_issuer=announced,
    )
    assistant = Assistant(
        tokens,
        settings,
        home,
        fixed=fixed,
        is_practice=PracticeTrust(home).issued,
        issuer=lambda: issuer_client(home, frozenset({ISSUER}), announced, settings.proxy),
    )
    scene = ResetScene(home, assistant, tokens, ca)
    assistant.prompts = scene.person
    scene.person.decisions = {ConfirmKind.CONNECT: Decision.ONCE, ConfirmKind.RESET_PIN: Decision.ONCE}
    try:
        yield scene
    finally:
        await assistant.stop()
        await tokens.stop()
        await ca.stop()
