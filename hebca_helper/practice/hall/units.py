"""Invented units. Nobody has these numbers: region code 139900 is not assigned and the birthdays lie in 1900."""

from __future__ import annotations

from dataclasses import dataclass

from hebca_helper.practice.hall.rules import id_check_character


@dataclass(frozen=True, slots=True)
class Unit:
    """One 单位. With `old_username` it has an account of the former system (the 石家庄 flow), else it waits for 单位绑定."""

    number: str
    name: str
    legal_person: str
    legal_id_number: str
    old_username: str = ""
    old_password: str = ""
    note: str = ""


def invented_id_number(count: int) -> str:
    """A well-formed 身份证号码 that belongs to nobody."""
    first = f"13990019000101{count:03d}"
    return first + id_check_character(first)


UNITS: tuple[Unit, ...] = (
    Unit("139900100001", "演练市青禾小学", "演练甲", invented_id_number(1)),
    Unit("139900100002", "演练市白洋水务有限公司", "演练乙", invented_id_number(2)),
    Unit("139900100003", "演练市太行文化馆", "演练丙", invented_id_number(3)),
    Unit("139900100009", "演练市自动演示有限公司", "演练丁", invented_id_number(9), note="hebca-helper demo 专用"),
    Unit("139900200001", "演练市滹沱商贸有限公司", "演练戊", invented_id_number(21), "yl200001", "Yanlian@2001"),
    Unit("139900200002", "演练市正定社区服务中心", "演练己", invented_id_number(22), "yl200002", "Yanlian@2002"),
)
DEMO_UNIT = UNITS[3]
