"""The clerk without a browser: registers, binds the unit and the certificate, logs in, and tells each step."""

from __future__ import annotations

import base64
from typing import Any

from websockets.exceptions import ConnectionClosed

from hebca_helper.errors import HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.practice.hall import captcha
from hebca_helper.practice.hall.clerk import DEMO_CLERK, Clerk, Report, already, walk
from hebca_helper.practice.hall.refusals import Reason
from hebca_helper.practice.hall.signing import ServiceError, Signing
from hebca_helper.practice.hall.visitor import Visitor
from hebca_helper.texts import tr


class _RefusedError(Exception):
    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer.get("message", ""))
        self.reason = answer.get("reason")


class ScriptedClerk:
    """`await ScriptedClerk(origin, signing).work(report)` is True when every step went well."""

    def __init__(self, origin: str, signing: Signing, clerk: Clerk = DEMO_CLERK) -> None:
        self._visitor = Visitor(origin)
        self._signing = signing
        self._clerk = clerk
        self._whoami: dict[str, Any] = {}

    async def work(self, report: Report) -> bool:
        return await walk(self, report, (_RefusedError, ServiceError, ConnectionClosed, HelperError, OSError))

    async def register(self) -> str:
        clerk = self._clerk
        await self._post("/api/register/code", phone=clerk.phone, captcha=await self._read_captcha())
        try:
            answer = await self._post(
                "/api/register",
                username=clerk.username,
                person=clerk.person,
                id_number=clerk.id_number,
                password=clerk.password,
                phone=clerk.phone,
                code=await self._newest_code(),
                agreed=True,
            )
        except _RefusedError as refusal:
            if refusal.reason != Reason.USERNAME_TAKEN:
                raise
            return already()
        return str(answer["message"])

    async def log_in_with_password(self) -> str:
        clerk = self._clerk
        answers = {"username": clerk.username, "password": clerk.password, "captcha": await self._read_captcha()}
        await self._post("/api/login", **answers)
        self._whoami = await self._post("/api/whoami")
        return str(self._whoami["person"])

    async def bind_unit(self) -> str:
        if self._whoami["unit"]:
            return f"{already()}：{self._whoami['unit_name']}"
        unit = self._clerk.unit
        await self._post(
            "/api/bind/unit",
            number=unit.number,
            legal_person=unit.legal_person,
            legal_id_number=unit.legal_id_number,
        )
        return f"{unit.number} {unit.name}"

    async def bind_certificate(self) -> str:
        certificate = Certificate.parse(base64.b64decode(await self._signing.certificate()))
        bound = self._whoami["bound_id"]
        if bound == certificate.unique_id:
            return f"{already()}：{certificate.holder}"
        if bound:  # the practice USBKEY was made anew with another holder
            await self._post("/api/unbind/certificate", password=self._clerk.password)
        try:
            return str((await self._post("/api/bind/certificate", **await self._prove()))["message"])
        except _RefusedError as refusal:
            if refusal.reason != Reason.CERTIFICATE_TAKEN:
                raise
            return tr("这张证书已绑定大厅里的另一个账户，用该账户登录")

    async def log_in_with_certificate(self) -> str:
        answer = await self._post("/api/ca/login", **await self._prove())
        return str(answer["holder"])

    async def confirm_code(self) -> str:
        await self._post("/api/ca/code")
        code = await self._newest_code()
        await self._post("/api/ca/confirm", code=code)
        return code

    async def see_home(self) -> str:
        answer = await self._post("/api/whoami")
        certificate = answer.get("certificate")
        if not certificate:
            raise _RefusedError({"message": tr("首页没有显示证书登录")})
        parts = (answer["person"], answer["unit_name"], certificate["unique_id"], answer["method"])
        return " · ".join(parts)

    async def _prove(self) -> dict[str, str]:
        challenge = (await self._post("/api/challenge"))["challenge"]
        signature = await self._signing.sign(challenge)
        return {"challenge": challenge, "signature": signature, "certificate": await self._signing.certificate()}

    async def _read_captcha(self) -> str:
        return captcha.read(await self._visitor.get("/captcha.svg"))

    async def _newest_code(self) -> str:
        return str((await self._post("/api/phone/messages"))["messages"][0]["code"])

    async def _post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = await self._visitor.post(path, **body)
        if not answer["ok"]:
            raise _RefusedError(answer)
        return answer
