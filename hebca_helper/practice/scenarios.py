"""States of a practice USBKEY that a help desk meets, by name (`practice init --scenario NAME`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.moments import BEIJING, beijing
from hebca_helper.practice.names import COMPANY, OTHER_COMPANY, Holder
from hebca_helper.tokens.practice_state import TRIES

_YEAR = 365
"""Days a user certificate is good for."""


@dataclass(frozen=True, slots=True)
class Period:
    """First and last second of a certificate, aware."""

    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class SealPlan:
    """A seal on the USBKEY, made when its first certificate was. `label` is the data object's name.

    `by_digest`: the list holds the digest of the certificate instead of the certificate. `days`: how long it is good
    for, 0 for the usual time.
    """

    label: str = "seal"
    purpose: str = "社保专用章"
    sm2: bool = False
    by_digest: bool = False
    damaged: bool = False
    days: int = 0
    place: int = 0
    """Among the holder's seals; it goes into the seal's number."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """`title` is the source text: show `tr(title)`.

    `last_days`: for each certificate of a key, oldest first, the days from today to its last day.

    `holders` has one token each; `wrong_pins` were entered already; `seals` are on each token.
    """

    name: str
    title: str
    last_days: tuple[int, ...] = (_YEAR,)
    holders: tuple[Holder, ...] = (COMPANY,)
    revoked: bool = False
    seals: tuple[SealPlan, ...] = (SealPlan(),)
    wrong_pins: int = 0

    def periods(self, now: datetime) -> list[Period]:
        """Whole days in Beijing: they end at 15:59:59Z as real ones do."""
        today = beijing(now).date()
        return [_year_until(today + timedelta(days=days)) for days in self.last_days]


def scenario_named(name: str) -> Scenario:
    """BAD_REQUEST with the names that exist."""
    try:
        return SCENARIOS[name]
    except KeyError:
        raise HelperError(Code.BAD_REQUEST, " / ".join(SCENARIOS)) from None


def _year_until(last: date) -> Period:
    first = last - timedelta(days=_YEAR)
    end_of_day = time(23, 59, 59, tzinfo=BEIJING)
    return Period(datetime.combine(first, time(tzinfo=BEIJING)), datetime.combine(last, end_of_day))


_ALL = (
    Scenario("fresh", "新办理的证书，一年有效"),
    Scenario("expiring", "证书还有 20 天到期", last_days=(20,)),
    Scenario("expired", "证书已过期 30 天", last_days=(-30,)),
    Scenario("revoked", "证书已吊销", revoked=True),
    Scenario("no-seal", "USBKEY 中没有签章", seals=()),
    Scenario("last-try", "证书密码只剩 1 次机会", wrong_pins=TRIES - 1),
    Scenario("locked", "证书密码已锁定", wrong_pins=TRIES),
    Scenario("two-tokens", "同时插着两家单位的 USBKEY", holders=(COMPANY, OTHER_COMPANY)),
    Scenario("renewed", "延期后的新证书与旧证书并存，印章需更新", last_days=(20, _YEAR)),
    Scenario(
        "sm2-seal", "国密印章（SM2 制章人签名，按证书杂凑值列出签章人）", seals=(SealPlan(sm2=True, by_digest=True),)
    ),
    Scenario(
        "two-seals",
        "USBKEY 中有社保专用章和电子公章",
        seals=(SealPlan(), SealPlan("ESEAL", "电子公章", sm2=True, place=1)),
    ),
    Scenario("expired-seal", "印章已过期", last_days=(300,), seals=(SealPlan(days=30),)),
    Scenario("damaged-seal", "印章数据被改动", seals=(SealPlan(damaged=True),)),
)
SCENARIOS: Mapping[str, Scenario] = MappingProxyType({scenario.name: scenario for scenario in _ALL})
