"""The HTTPS service on a real assistant, token host and SoftHSM2, in the test's own loop; only the person is a script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import jsonschema_rs

from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.bridge.https.service import HttpsService
from hebca_helper.settings import Settings
from tests.assistant.scene import HALL, Scene, open_scene
from tests.bridge.https.openapi import document
from tests.https_page import HttpsPage

PIN = "123456"


@dataclass
class Bridge:
    """`page` opens pages that talk from threads, as browsers do from processes of their own."""

    scene: Scene
    service: HttpsService
    pages: list[HttpsPage] = field(default_factory=list)

    def page(self, origin: str = HALL) -> Page:
        opened = HttpsPage(origin, self.service.url)
        self.pages.append(opened)
        return Page(opened)

    def agree(self, *kinds: ConfirmKind) -> None:
        for kind in kinds:
            self.scene.person.decisions[kind] = Decision.ONCE


@dataclass
class Page:
    """`HttpsPage` for the loop. Every answer is held against the OpenAPI document."""

    page: HttpsPage

    async def call(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await asyncio.to_thread(partial(self.page.call, name, **arguments))
        schema(name).validate(answer)
        return answer

    async def fails(self, *arguments: Any, **named: Any) -> bool:
        return await asyncio.to_thread(partial(self.page.fails, *arguments, **named))

    async def open_session(self) -> str:
        return await asyncio.to_thread(self.page.open_session)

    async def next_event(self) -> dict[str, Any]:
        return await asyncio.to_thread(self.page.next_event)

    async def request(self, *arguments: Any) -> tuple[int, dict[str, str], bytes]:
        return await asyncio.to_thread(self.page.request, *arguments)


@cache
def schema(name: str) -> Any:
    row = document()["paths"][f"/v1/{name}"]
    (operation,) = row.values()
    return jsonschema_rs.validator_for(operation["responses"]["200"]["content"]["application/json"]["schema"])


@asynccontextmanager
async def open_bridge(home: Path, **settings: Any) -> AsyncIterator[Bridge]:
    async with open_scene(home, **settings) as scene:
        service = HttpsService(scene.assistant, Settings(https_port=0, **settings), home)
        await service.start()
        bridge = Bridge(scene, service)
        try:
            yield bridge
        finally:
            for page in bridge.pages:
                await asyncio.to_thread(page.close)
            await service.stop()


def as_json(answer: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer)
    return found
