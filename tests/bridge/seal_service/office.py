"""Pages of the seal service before a real assistant, token host, document host and SoftHSM2; only the person is a script."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fpdf import FPDF

from hebca_helper.app.parts import App
from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.bridge.budget import Budget
from hebca_helper.bridge.seal_service.packets import PACKET
from hebca_helper.bridge.seal_service.service import dialect_of
from hebca_helper.bridge.seal_service.session import SealSession
from hebca_helper.bridge.websocket.dispatcher import answer
from hebca_helper.cli.program import Core
from hebca_helper.documents import LARGEST_FILE
from tests.assistant.scripted import ScriptedPrompts
from tests.bridge.standin import Changes
from tests.practice_homes import put_practice_usbkey

TRUSTED = "https://trusted.example"
STRANGER = "https://stranger.example"
PIN = "123456"
WORDS = "Seal here"


@dataclass
class Office:
    core: Core
    person: ScriptedPrompts = field(default_factory=ScriptedPrompts)

    def page(self, origin: str = TRUSTED) -> Page:
        connection = self.core.assistant.connect(Asker(Channel.SEAL_SERVICE, origin))
        return Page(SealSession(self.core.assistant, connection, self.core.settings, Changes(), Budget(LARGEST_FILE)))

    def agree(self, *kinds: ConfirmKind) -> None:
        self.person.decisions |= dict.fromkeys(kinds, Decision.ONCE)

    def refuse(self, *kinds: ConfirmKind) -> None:
        self.person.decisions |= dict.fromkeys(kinds, Decision.NO)


@dataclass
class Page:
    session: SealSession

    async def call(self, name: str, /, **parameters: Any) -> dict[str, Any]:
        return await self.raw(name, json.dumps(parameters))

    async def raw(self, name: str, arguments: str) -> dict[str, Any]:
        reply = await answer(self.session, f"1|{name}|{arguments}", dialect_of(self.session))
        kind, echoed, body = reply.split("|")
        assert (kind, echoed) == ("1", name)
        found: dict[str, Any] = json.loads(body)
        return found

    async def seal_words(self, document: bytes, words: str = WORDS) -> dict[str, Any]:
        """As the older client does: packet after packet until an answer is the only packet, whatever else it says."""
        text = base64.b64encode(document).decode()
        pieces = [text[place : place + PACKET] for place in range(0, len(text), PACKET)]
        sent = {"subPacketCnt": len(pieces), "keyword": b64(words), "sealTSType": 0, "offsetX": 0, "offsetY": 0}
        for index in range(2 * len(pieces) + 2):
            piece = pieces[index] if index < len(pieces) else ""
            reply = await self.call("SealKeyWordBase64PDF", curPacketIndex=index, pdfB64=piece, **sent)
            if (reply["curPacketIndex"], reply["subPacketCnt"]) == (0, 1):
                return reply
            assert reply["success"] and (reply["curPacketIndex"], reply["subPacketCnt"]) == (index, len(pieces))
        raise AssertionError("it would send for ever")


@asynccontextmanager
async def opened(home: Path, scenario: str = "fresh", *, ec: bool = False) -> AsyncIterator[Office]:
    put_practice_usbkey(home, scenario, ec=ec)
    (home / "settings.toml").write_text('practice_module = "/usr/lib/softhsm/libsofthsm2.so"')
    async with App(home).core([TRUSTED]) as core:
        office = Office(core)
        core.assistant.prompts = office.person
        yield office


def paper(pages: int = 2) -> bytes:
    """A PDF with the words on each page, several packets long."""
    document = FPDF(format="A4")
    document.set_compression(False)
    for number in range(pages):
        document.add_page()
        document.set_font("Helvetica", size=14)
        document.text(60, 200, WORDS)
        for line in range(40):
            document.text(20, 20 + 4 * line, f"page {number} line {line} " + "x" * 40)
    return bytes(document.output())


def pdfsig(document: bytes, folder: Path) -> str:
    """What poppler says of a document."""
    path = folder / "judged.pdf"
    path.write_bytes(document)
    return subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout


def octets(reply: dict[str, Any], name: str = "result") -> bytes:
    return base64.b64decode(reply[name])


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
