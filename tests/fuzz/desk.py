"""What the fuzzers shake: the real dispatcher, assistant, token host and practice USBKEY, without a socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hebca_helper.bridge.budget import Budget
from hebca_helper.bridge.seal_service.replies import Style
from hebca_helper.bridge.seal_service.service import dialect_of
from hebca_helper.bridge.seal_service.session import SealSession
from hebca_helper.bridge.websocket import frames
from hebca_helper.bridge.websocket.dispatcher import answer
from hebca_helper.bridge.websocket.session import Session
from hebca_helper.documents import LARGEST_FILE
from hebca_helper.errors import TABLE
from hebca_helper.settings import Settings
from tests.assistant.scene import TRUSTED, UNKNOWN, Scene, open_scene
from tests.bridge.node import read_as_a_page
from tests.bridge.standin import Changes

PIN = "123456"
PATIENCE = 60.0
NUMBERS = {entry.number for entry in TABLE.values()} | {0}
NO_STYLES: Mapping[str, Style] = {}
NO_LIMITS: dict[str, Any] = {"failed_requests": 10**9, "refused_dialogs": 10**9}


class Unexpected(logging.Handler):
    """Keeps what the dispatcher logs as an error: an exception that no row of the failure table foresaw."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record.getMessage())


class Desk:
    """Two pages, a trusted one and a stranger; prompts answer by themselves and refuse what is not for practice."""

    def __init__(self, scene: Scene, runner: asyncio.Runner) -> None:
        scene.assistant.answer_unattended(PIN)
        self._runner = runner
        self._sessions = {
            origin: Session(scene.assistant, scene.page(origin), Settings(), Changes()) for origin in (TRUSTED, UNKNOWN)
        }
        self._seals = {
            origin: SealSession(scene.assistant, scene.page(origin), Settings(), Changes(), Budget(LARGEST_FILE))
            for origin in (TRUSTED, UNKNOWN)
        }
        self.unexpected = Unexpected()
        self.reply("1|SelectSignCert")

    def reply(self, frame: str, origin: str = TRUSTED) -> str:
        """The one reply to a frame. Raises where there is none, or where something failed that nobody foresaw."""
        return self._replied(answer(self._sessions[origin], frame))

    def seal_reply(self, frame: str, origin: str = TRUSTED) -> str:
        """As `reply`, from the seal service."""
        session = self._seals[origin]
        return self._replied(answer(session, frame, dialect_of(session)))

    def _replied(self, answering: Coroutine[Any, Any, str]) -> str:
        self.unexpected.seen.clear()
        reply = self._runner.run(asyncio.wait_for(answering, PATIENCE))
        assert not self.unexpected.seen, self.unexpected.seen
        return reply


@contextmanager
def open_desk(home: Path) -> Iterator[Desk]:
    """`home` has a practice USBKEY."""
    with asyncio.Runner() as runner:
        opening = open_scene(home, **NO_LIMITS)
        scene = runner.run(opening.__aenter__())
        desk = Desk(scene, runner)
        logging.getLogger("hebca_helper.bridge").addHandler(desk.unexpected)
        try:
            yield desk
        finally:
            logging.getLogger("hebca_helper.bridge").removeHandler(desk.unexpected)
            runner.run(opening.__aexit__(None, None, None))


def judge(seen: list[tuple[str, str]], styles: Mapping[str, Style] = NO_STYLES) -> None:
    """Every reply, read as a page reads it (`split`, `eval`), says what it should about its frame."""
    called = [(frame, reply) for frame, reply in seen if not _greets(reply)]
    for (frame, reply), (kind, name, found, fields) in zip(
        called, read_as_a_page([reply for _, reply in called]), strict=True
    ):
        request = frames.parse(frame)
        assert (kind, name, fields) == ("1", request.name, 3), (frame, reply)
        if styles.get(name) is Style.S:
            assert (found["error"] == "") is found["success"] is ("errorCode" not in found)
            found = {"ret": found.get("errorCode", 0), "msg": found["error"]}
        assert found["ret"] in NUMBERS
        assert not set("<>") & set(found["msg"])
        assert reply.isascii()
        assert reply.isprintable()


def _greets(reply: str) -> bool:
    return reply.startswith("0|Welcome ")
