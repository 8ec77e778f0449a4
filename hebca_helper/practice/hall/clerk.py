"""The clerk that `demo` plays, and how each step is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from hebca_helper.practice.hall.units import DEMO_UNIT, Unit, invented_id_number
from hebca_helper.texts import tr


class StepName(StrEnum):
    """The steps in their order, by the words the portals use."""

    REGISTER = "注册"
    PASSWORD_LOGIN = "用户名登录"
    BIND_UNIT = "单位绑定"
    BIND_CERTIFICATE = "CA 绑定"
    CERTIFICATE_LOGIN = "CA证书登录"
    CODE = "短信验证码"
    HOME = "首页"


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


def already() -> str:
    return tr("此前已完成")
