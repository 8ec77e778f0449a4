"""The clerk that `demo` plays, and how each step is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hebca_helper.practice.hall.units import DEMO_UNIT, Unit, invented_id_number
from hebca_helper.texts import tr

STEP_TIME = 60.0
"""Seconds for one step; a signature on a slow USBKEY takes a few."""


class StepName(StrEnum):
    """The steps in their order, by the words the portals use."""

    REGISTER = "注册"
    PASSWORD_LOGIN = "用户名登录"
    BIND_UNIT = "单位绑定"
    BIND_CERTIFICATE = "CA 绑定"
    CERTIFICATE_LOGIN = "CA证书登录"
    CODE = "短信验证码"
    HOME = "首页"
    PEOPLE = "人员参保登记"
    REPORT = "上报材料"
    SEAL = "电子签章上传"
    RECEIPT = "回执"


@dataclass(frozen=True, slots=True)
class Step:
    """One step that ended: `detail` is for people."""

    name: StepName
    ok: bool
    detail: str


Report = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who registers, and for which unit."""

    username: str
    person: str
    id_number: str
    password: str
    phone: str
    unit: Unit


# The same at each run, so that a second `demo` of a home finds its account again.
DEMO_CLERK = Clerk("demo_clerk", "演小示", invented_id_number(900), "Demo-2026-lian", "13900000009", DEMO_UNIT)


@dataclass(frozen=True, slots=True)
class Added:
    """One person whom the unit reports; the texts as they are typed."""

    name: str
    id_number: str
    wage: str


DEMO_PEOPLE = (Added("练习甲", invented_id_number(901), "5200"), Added("练习乙", invented_id_number(902), "6800"))

Judge = Callable[[bytes], Awaitable[str]]
"""Checks a receipt (PDF): what is told of a good one. HelperError for any other."""


class Walker(Protocol):
    """Somebody who can do the steps; each gives its detail, or raises. `files`: whether there is something to seal
    with, so that the clerk also files the register."""

    @property
    def files(self) -> bool: ...

    async def register(self) -> str: ...
    async def log_in_with_password(self) -> str: ...
    async def bind_unit(self) -> str: ...
    async def bind_certificate(self) -> str: ...
    async def log_in_with_certificate(self) -> str: ...
    async def confirm_code(self) -> str: ...
    async def see_home(self) -> str: ...
    async def add_people(self) -> str: ...
    async def make_register(self) -> str: ...
    async def seal_and_upload(self) -> str: ...
    async def check_receipt(self) -> str: ...


async def walk(walker: Walker, report: Report, failures: tuple[type[Exception], ...]) -> bool:
    """All steps in order, each told; one that fails or takes too long ends the row. True when all went well."""
    for name, step in _steps(walker):
        try:
            async with asyncio.timeout(STEP_TIME):
                report(Step(name, True, await step()))
        except TimeoutError:
            report(Step(name, False, tr("{seconds} 秒内没有反应").format(seconds=int(STEP_TIME))))
            return False
        except failures as problem:
            report(Step(name, False, str(problem)))
            return False
    return True


def _steps(walker: Walker) -> list[tuple[StepName, Callable[[], Awaitable[str]]]]:
    login: list[tuple[StepName, Callable[[], Awaitable[str]]]] = [
        (StepName.REGISTER, walker.register),
        (StepName.PASSWORD_LOGIN, walker.log_in_with_password),
        (StepName.BIND_UNIT, walker.bind_unit),
        (StepName.BIND_CERTIFICATE, walker.bind_certificate),
        (StepName.CERTIFICATE_LOGIN, walker.log_in_with_certificate),
        (StepName.CODE, walker.confirm_code),
        (StepName.HOME, walker.see_home),
    ]
    filing: list[tuple[StepName, Callable[[], Awaitable[str]]]] = [
        (StepName.PEOPLE, walker.add_people),
        (StepName.REPORT, walker.make_register),
        (StepName.SEAL, walker.seal_and_upload),
        (StepName.RECEIPT, walker.check_receipt),
    ]
    return login + filing if walker.files else login


def already() -> str:
    return tr("此前已完成")


def people_added(count: int) -> str:
    return tr("录入 {count} 人").format(count=count) if count else already()


def to_the_counter() -> str:
    """A certificate without a seal (manual 3): not a failure, but the end of what can be done here."""
    return tr("您的证书中没有印章信息，材料已提交，到柜台办理")
