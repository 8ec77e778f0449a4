"""Clerks who walk through the hall over real HTTP, for the tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hebca_helper.practice.hall import captcha
from hebca_helper.practice.hall.clerk import Clerk
from hebca_helper.practice.hall.refusals import Reason
from hebca_helper.practice.hall.server import Hall
from hebca_helper.practice.hall.signing import Signing
from hebca_helper.practice.hall.units import UNITS, invented_id_number
from hebca_helper.practice.hall.visitor import Visitor

ZHANG = Clerk("zhangsan", "张三", invented_id_number(301), "Zhang-2026", "13900000301", UNITS[0])
LI = Clerk("lisi_2026", "李四", invented_id_number(302), "Lisi@2026", "13900000302", UNITS[1])

Answer = dict[str, Any]


class Person:
    """One clerk at one browser."""

    def __init__(self, hall: Hall, clerk: Clerk) -> None:
        self.clerk = clerk
        self.visitor = Visitor(hall.origin)

    def with_(self, **changes: Any) -> Person:
        """The same browser, other details."""
        self.clerk = replace(self.clerk, **changes)
        return self

    async def captcha(self) -> str:
        return captcha.read(await self.visitor.get("/captcha.svg"))

    async def send_code(self) -> Answer:
        return await self.visitor.post("/api/register/code", phone=self.clerk.phone, captcha=await self.captcha())

    async def newest_code(self) -> str:
        return str((await self.visitor.post("/api/phone/messages"))["messages"][0]["code"])

    async def register(self, **changes: Any) -> Answer:
        clerk = self.clerk
        form = {
            "username": clerk.username,
            "person": clerk.person,
            "id_number": clerk.id_number,
            "password": clerk.password,
            "phone": clerk.phone,
            "agreed": True,
        }
        if "code" not in changes:
            accepted(await self.send_code())
            form["code"] = await self.newest_code()
        return await self.visitor.post("/api/register", **{**form, **changes})

    async def log_in(self, **changes: Any) -> Answer:
        form = {"username": self.clerk.username, "password": self.clerk.password, "captcha": await self.captcha()}
        return await self.visitor.post("/api/login", **{**form, **changes})

    async def bind_unit(self, **changes: Any) -> Answer:
        unit = self.clerk.unit
        form = {
            "number": unit.number,
            "legal_person": unit.legal_person,
            "legal_id_number": unit.legal_id_number,
        }
        return await self.visitor.post("/api/bind/unit", **{**form, **changes})

    async def prove(self, signing: Signing) -> Answer:
        challenge = accepted(await self.visitor.post("/api/challenge"))["challenge"]
        return {
            "challenge": challenge,
            "signature": await signing.sign(challenge),
            "certificate": await signing.certificate(),
        }

    async def bind_certificate(self, signing: Signing) -> Answer:
        return await self.visitor.post("/api/bind/certificate", **await self.prove(signing))

    async def certificate_login(self, signing: Signing) -> Answer:
        return await self.visitor.post("/api/ca/login", **await self.prove(signing))

    async def whoami(self) -> Answer:
        return await self.visitor.post("/api/whoami")

    async def confirm(self) -> Answer:
        accepted(await self.visitor.post("/api/ca/code"))
        return await self.visitor.post("/api/ca/confirm", code=await self.newest_code())

    async def arrive(self) -> Person:
        """Registered, logged in by name, unit bound."""
        accepted(await self.register())
        accepted(await self.log_in())
        accepted(await self.bind_unit())
        return self

    async def settle(self, signing: Signing) -> Person:
        """As `arrive`, and with the certificate bound (so: logged out)."""
        await self.arrive()
        accepted(await self.bind_certificate(signing))
        return self


def accepted(answer: Answer) -> Answer:
    assert answer["ok"], answer
    return answer


def refused(answer: Answer, reason: Reason) -> Answer:
    assert (answer["ok"], answer.get("reason")) == (False, reason), answer
    return answer
