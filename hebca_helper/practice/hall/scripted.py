"""The clerk without a browser: registers, binds the unit and the certificate, logs in, files a register with the unit's
seal on it, and tells each step."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from websockets.exceptions import ConnectionClosed

from hebca_helper.errors import HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.practice.hall import captcha
from hebca_helper.practice.hall.clerk import (
    DEMO_CLERK,
    DEMO_PEOPLE,
    Added,
    Clerk,
    Judge,
    Report,
    already,
    people_added,
    to_the_counter,
    walk,
)
from hebca_helper.practice.hall.materials.calls import PIECE
from hebca_helper.practice.hall.materials.forms import SEAL_KEYWORD
from hebca_helper.practice.hall.refusals import Reason
from hebca_helper.practice.hall.signing import Sealing, ServiceError, Signing
from hebca_helper.practice.hall.visitor import Note, Visitor, unnoted
from hebca_helper.texts import tr


class _RefusedError(Exception):
    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer.get("message", ""))
        self.reason = answer.get("reason")


@dataclass(frozen=True, slots=True)
class Office:
    """What a clerk needs who files."""

    sealing: Sealing
    judge: Judge


class ScriptedClerk:
    """`await ScriptedClerk(origin, signing).work(report)` is True when every step went well. With an office the clerk
    also files the register."""

    def __init__(
        self,
        origin: str,
        signing: Signing,
        clerk: Clerk = DEMO_CLERK,
        office: Office | None = None,
        note: Note = unnoted,
    ) -> None:
        self._visitor = Visitor(origin, note)
        self._signing = signing
        self._clerk = clerk
        self._office = office
        self._whoami: dict[str, Any] = {}
        self._made: dict[str, Any] = {}
        self._counter = False

    @property
    def files(self) -> bool:
        return self._office is not None

    @property
    def office(self) -> Office:
        assert self._office is not None, "this clerk does not file"  # noqa: S101 a programming error
        return self._office

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

    async def add_people(self) -> str:
        return people_added(sum([await self._add(person) for person in DEMO_PEOPLE]))

    async def _add(self, person: Added) -> bool:
        """False for one who is there already."""
        try:
            fields = {"person": person.name, "id_number": person.id_number, "wage": person.wage}
            await self._post("/api/materials/person", **fields)
        except _RefusedError as refusal:
            if refusal.reason != Reason.FIELD_WRONG:
                raise
            return False
        return True

    async def make_register(self) -> str:
        """Without a seal it goes to the counter, as 申报提交 of the page does."""
        self._counter = await self.office.sealing.seal_count() == 0
        self._made = await self._post("/api/materials/register")
        if self._counter:
            await self._post("/api/materials/counter", paper=self._made["paper"]["id"])
        return f"{self._made['paper']['title']} {self._made['paper']['serial']}"

    async def seal_and_upload(self) -> str:
        if self._counter:
            return to_the_counter()
        sealed = await self.office.sealing.seal_at_words(self._made["pdf"], SEAL_KEYWORD)
        return str((await self._upload(base64.b64decode(sealed)))["message"])

    async def _upload(self, sealed: bytes) -> dict[str, Any]:
        pieces = [sealed[start : start + PIECE] for start in range(0, len(sealed), PIECE)]
        which = {"paper": self._made["paper"]["id"], "digest": hashlib.sha256(sealed).hexdigest(), "count": len(pieces)}
        answer: dict[str, Any] = {}
        for place, piece in enumerate(pieces):
            content = base64.b64encode(piece).decode()
            answer = await self._post("/api/materials/piece", **which, place=place, content=content)
        return answer

    async def check_receipt(self) -> str:
        if self._counter:
            return to_the_counter()
        return await self.office.judge(await self._visitor.fetch(f"/receipt/{self._made['paper']['id']}.pdf"))

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
