"""Where the scripted clerk's signatures and seals come from: the services for browsers, spoken to as a portal's page does."""

from __future__ import annotations

import base64
import json
from typing import Any, Protocol, Self

from websockets.asyncio.client import connect

from hebca_helper.practice.hall.visitor import Note, unnoted
from hebca_helper.texts import tr

_PACKET = 10_240
"""Characters of a document in one frame, as the portals' pages cut it."""


class Signing(Protocol):
    async def certificate(self) -> str:
        """The chosen certificate, DER in base64."""

    async def sign(self, text: str) -> str:
        """What SignText gives, in base64."""


class ServiceError(Exception):
    """The certificate service said no; `number` is its `ret`."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(tr("证书助手：{text}（错误代码 {number}）").format(text=text, number=number))
        self.number = number


class _Service:
    """`async with` gives one connection, greeted."""

    def __init__(self, url: str, origin: str, note: Note = unnoted) -> None:
        self._note = note
        # websockets' Origin is a NewType of str
        shown: Any = origin.rstrip("/")
        self._connecting = connect(url, origin=shown, max_size=None, proxy=None, compression=None)

    async def __aenter__(self) -> Self:
        self._socket = await self._connecting
        await self._socket.send("0|0")
        await self._greeted(str(await self._socket.recv()))
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._socket.close()

    async def _greeted(self, welcome: str) -> None: ...


class CertificateService(_Service):
    """`async with CertificateService(url, origin) as signing`: one connection to ws://localhost:PORT/test."""

    async def _greeted(self, welcome: str) -> None:
        await self.call("SelectSignCert")

    async def certificate(self) -> str:
        return str((await self.call("GetCertB64"))["cert"])

    async def sign(self, text: str) -> str:
        return str((await self.call("SignText", f'{{"signText":"{text}"}}'))["signature"])

    async def call(self, name: str, arguments: str = "") -> dict[str, Any]:
        """One request, one reply (resources/protocol.md, section 1)."""
        self._note(f"{tr('证书服务')} {name}")
        await self._socket.send(f"1|{name}|{arguments}" if arguments else f"1|{name}")
        fields = str(await self._socket.recv()).split("|")
        answer: dict[str, Any] = json.loads(fields[2])
        if answer["ret"] != 0:
            raise ServiceError(int(answer["ret"]), str(answer.get("msg", "")))
        return answer


class Sealing(Protocol):
    async def seal_count(self) -> int:
        """Seals on the USBKEY that can be used."""

    async def seal_at_words(self, document: str, words: str) -> str:
        """The PDF (base64) with a seal where the words stand."""


class SealService(_Service):
    """`async with SealService(url, origin) as sealing`: as CertificateService, for ws://localhost:PORT/test of the seals
    (resources/protocol.md, section 6)."""

    async def _greeted(self, welcome: str) -> None:
        number = welcome.split("|")[1].split()[-1]
        await self._socket.send(f'1|MyID|{{"ID":"{number}"}}')

    async def seal_count(self) -> int:
        return int((await self._call("GetSealCountInKey", {}))["count"])

    async def seal_at_words(self, document: str, words: str) -> str:
        pieces = [document[start : start + _PACKET] for start in range(0, len(document), _PACKET)]
        answer: dict[str, Any] = {}
        keyword = base64.b64encode(words.encode()).decode()
        for index, piece in enumerate(pieces):
            packet = {"subPacketCnt": len(pieces), "curPacketIndex": index, "pdfB64": piece, "keyword": keyword}
            answer = await self._call("SealKeyWordBase64PDF", {**packet, "sealSN": "", "pwd": ""})
        return str(answer["result"])

    async def _call(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """One request, its reply; in either style."""
        self._note(f"{tr('签章服务')} {name}")
        await self._socket.send(f"1|{name}|{json.dumps(arguments, ensure_ascii=False)}")
        fields = [""]
        while fields[0] != "1" or fields[1] != name:  # the answer to MyID comes between
            fields = str(await self._socket.recv()).split("|", 2)
        answer: dict[str, Any] = json.loads(fields[2])
        if answer.get("ret") == 0 or answer.get("success") is True:
            return answer
        number, text = answer.get("ret", answer.get("errorCode", -1)), answer.get("msg", answer.get("error", ""))
        raise ServiceError(int(number), str(text))
