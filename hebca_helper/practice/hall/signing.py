"""Where the scripted clerk's signatures come from: the certificate service, spoken to as a portal's page does."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection, connect

from hebca_helper.texts import tr


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


class CertificateService:
    """`async with CertificateService(url, origin) as signing`: one connection to ws://localhost:PORT/test."""

    def __init__(self, url: str, origin: str) -> None:
        self._connecting = connect(url, origin=_origin(origin), max_size=None, proxy=None, compression=None)
        self._socket: ClientConnection | None = None

    async def __aenter__(self) -> CertificateService:
        self._socket = await self._connecting
        await self._socket.send("0|0")
        await self._socket.recv()
        await self.call("SelectSignCert")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def certificate(self) -> str:
        return str((await self.call("GetCertB64"))["cert"])

    async def sign(self, text: str) -> str:
        return str((await self.call("SignText", f'{{"signText":"{text}"}}'))["signature"])

    async def call(self, name: str, arguments: str = "") -> dict[str, Any]:
        """One request, one reply (protocol reference, section 1)."""
        assert self._socket is not None, "not connected"  # noqa: S101 a programming error
        await self._socket.send(f"1|{name}|{arguments}" if arguments else f"1|{name}")
        fields = str(await self._socket.recv()).split("|")
        answer: dict[str, Any] = json.loads(fields[2])
        if answer["ret"] != 0:
            raise ServiceError(int(answer["ret"]), str(answer.get("msg", "")))
        return answer


def _origin(text: str) -> Any:
    return text.rstrip("/")  # websockets' Origin is a NewType of str
