"""A real assistant on a real token host and SoftHSM2; only the person is a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.assistant import Assistant
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.assistant.sites.origins import FixedOrigins
from hebca_helper.places import shipped
from hebca_helper.practice.trust import PracticeTrust
from hebca_helper.settings import Settings
from hebca_helper.tokens.catalogue import load_catalogue
from hebca_helper.tokens.discovery import ModulePlace, find_modules
from hebca_helper.tokens.model import EventKind
from hebca_helper.tokens.service import TokenService
from tests.assistant.scripted import ScriptedPrompts

HALL = "http://localhost:17280"
TRUSTED = "https://trusted.example"
UNKNOWN = "https://unknown.example"
INSECURE = "http://insecure.example"
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"


@dataclass
class Scene:
    """The assistant, its person, and shortcuts to tell a story with."""

    assistant: Assistant
    tokens: TokenService
    home: Path
    person: ScriptedPrompts = field(default_factory=ScriptedPrompts)

    def page(self, origin: str = HALL) -> Connection:
        return self.assistant.connect(Asker(Channel.CERTIFICATE_SERVICE, origin))

    def window(self) -> Connection:
        return self.assistant.connect(Asker(Channel.WINDOW))

    async def signer(self, connection: Connection | None = None) -> CertificateEntry:
        return await self.assistant.choose(connection or self.window(), Usage.SIGN)

    async def event(self, kind: EventKind, cause: Callable[[], object]) -> None:
        """Do something and wait until the token service tells that event."""
        seen = asyncio.Event()
        stop = self.assistant.subscribe(lambda event: seen.set() if event.kind is kind else None)
        cause()
        await asyncio.wait_for(seen.wait(), 60)
        stop()


@asynccontextmanager
async def open_scene(
    home: Path, *places: ModulePlace, clock: Clock | None = None, library: str = SOFTHSM, **settings: Any
) -> AsyncIterator[Scene]:
    """With the practice USBKEY of this home, or what is served at these places."""
    drivers, problems = load_catalogue(shipped("drivers"))
    assert problems == []
    practised = find_modules(drivers, Settings(practice_module=library), home, environment={})
    tokens = TokenService(places or practised)
    await tokens.start()
    known = frozenset({HALL, INSECURE})
    fixed = FixedOrigins(known=known, trusted=frozenset({TRUSTED}), practice=lambda: known)
    practice = PracticeTrust(home).issued
    assistant = Assistant(tokens, Settings(**settings), home, fixed=fixed, is_practice=practice, clock=clock)
    scene = Scene(assistant, tokens, home)
    assistant.prompts = scene.person
    try:
        yield scene
    finally:
        await assistant.stop()
        await tokens.stop()
