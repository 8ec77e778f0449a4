"""Pages of different sites that call at random, and check what comes back: one reply each, nothing wrong signed."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from hebca_helper.bridge.certificate_service.functions import FUNCTIONS, Standing
from hebca_helper.errors import TABLE, Code
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms.verification import read, verify
from hebca_helper.pki.keys import SignatureAlgorithm
from hebca_helper.pki.keys import verify as verify_signature

Tell = Callable[[str, object], None]

PATIENCE = 90.0
"""Seconds for a reply: behind 19 others and a few hangs."""
MEANINGS = {entry.number: code for code, entry in TABLE.items()}
LOST = {Code.NO_CERTIFICATE, Code.TOKEN_REMOVED, Code.MODULE_NOT_LOADED, Code.CERTIFICATE_NOT_SELECTED}
"""After these a page looks for its USBKEY again."""
READING = [
    "1|GetSignCertCount",
    "1|GetCertB64",
    '1|GetSubjectItem|{"index":0}',
    "1|GetCertList",
    '1|IsCertLogined|{"cn":"x"}',
    '1|ReadRegB64|{"key":"","name":""}',
    "1|NoSuchFunction|{}",
    "1|UILogin",
    "1|Logout",
]


@dataclass
class Tally:
    """What all pages together saw. `budget` is how many calls there may still be; `each` is called before each one."""

    budget: int
    each: Callable[[int], None]
    calls: int = 0
    replies: Counter[str] = field(default_factory=Counter)
    signatures: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0

    def take(self) -> bool:
        if self.calls >= self.budget:
            return False
        self.calls += 1
        self.each(self.calls)
        return True


class Page:
    """One socket. Sends one to four calls at once and takes exactly as many replies, in order."""

    def __init__(self, socket: ClientConnection, tally: Tally, chance: random.Random) -> None:
        self._socket = socket
        self._tally = tally
        self._chance = chance
        self._certificate: Certificate | None = None
        self._number = 0

    async def work(self) -> None:
        await self.find_usbkey()
        while burst := [call for _ in range(self._chance.randint(1, 4)) if (call := self._next_call())]:
            codes = await self._exchange(burst)
            if LOST & set(codes) or self._chance.random() < 0.02:
                await self.find_usbkey()

    async def find_usbkey(self) -> bool:
        return (await self._exchange(["1|ReloadDevice", "1|SelectSignCert", "1|GetCertB64"]))[-1] is None

    async def no_reply_is_left(self) -> None:
        """Nothing but the answer to this call comes."""
        assert await self._exchange(["1|NoSuchFunction|last"]) == [Code.UNKNOWN_FUNCTION]

    async def signs(self) -> bool:
        return await self.find_usbkey() and await self._exchange([self._signing()]) == [None]

    def _next_call(self) -> str:
        if not self._tally.take():
            return ""
        return self._signing() if self._chance.random() < 0.5 else self._chance.choice(READING)

    def _signing(self) -> str:
        self._number += 1
        text = f"{id(self)}/{self._number}/" + "签" * self._chance.randint(0, 200)
        content = base64.b64encode(text.encode()).decode()
        ways = [f'1|SignText|{{"signText":"{text}"}}', f'1|SignB64|{{"b64data":"{content}"}}']
        if FUNCTIONS["P7SignB64"].standing is Standing.WORKS:
            ways.append(f'1|P7SignB64|{{"b64data":"{content}"}}')
        return self._chance.choice(ways)

    async def _exchange(self, calls: list[str]) -> list[Code | None]:
        for call in calls:
            await self._socket.send(call)
        return [await self._checked(call) for call in calls]

    async def _checked(self, call: str) -> Code | None:
        """The code of the reply to `call`, None when it is well; what was signed must be what was asked."""
        began = asyncio.get_running_loop().time()
        reply = str(await asyncio.wait_for(self._socket.recv(), PATIENCE))
        self._tally.longest = max(self._tally.longest, asyncio.get_running_loop().time() - began)
        one, name, body = reply.split("|")
        assert (one, name) == ("1", call.split("|")[1])
        answer: dict[str, Any] = json.loads(body)
        code = MEANINGS[answer["ret"]] if answer["ret"] else None
        self._tally.replies[code or "ok"] += 1
        if code is None:
            self._judge(name, call, answer)
        return code

    def _judge(self, name: str, call: str, answer: dict[str, Any]) -> None:
        if name == "GetCertB64":
            self._certificate = Certificate.parse(base64.b64decode(answer["cert"]))
        if name not in ("SignText", "SignB64", "P7SignB64"):
            return
        assert self._certificate is not None
        asked = json.loads(call.split("|", 2)[2])
        if name == "P7SignB64":
            message = base64.b64decode(answer["b64data"])
            assert read(message).content == base64.b64decode(asked["b64data"])
            [signer] = verify(message)
            assert signer.signature_ok
            assert signer.digest_ok
        else:
            data = asked["signText"].encode("gbk") if name == "SignText" else base64.b64decode(asked["b64data"])
            signature = base64.b64decode(answer["signature"])
            assert verify_signature(self._certificate.spki, SignatureAlgorithm.RSA_SHA1, data, signature)
        self._tally.signatures[name] += 1


async def opened(url: str, origin: str) -> ClientConnection:
    return await connect(url, origin=origin, proxy=None, ping_interval=None, max_size=None)  # type: ignore[arg-type]
