"""The clerk of `demo` over the wire, and the same steps by the pages in a real Chromium, with the real service and the practice USBKEY."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.errors import Code, HelperError
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.hall.clerk import DEMO_CLERK, Step, StepName
from hebca_helper.practice.hall.materials import forms
from hebca_helper.practice.hall.materials.forms import Filing
from hebca_helper.practice.hall.materials.inspection import ReceiptJudge
from hebca_helper.practice.hall.scripted import Office, ScriptedClerk
from hebca_helper.practice.hall.server import Hall
from hebca_helper.practice.hall.signing import CertificateService, SealService
from hebca_helper.practice.hall.units import UNITS
from hebca_helper.practice.names import OTHER_COMPANY
from hebca_helper.practice.serving import AssistantPorts
from tests.practice.hall.browser_clerk import BrowserClerk, browser_clerk
from tests.practice.hall.held import HeldCertificate, issued
from tests.practice.hall.people import LI, Person
from tests.practice.hands import Hands, chromium, hook
from tests.practice_homes import put_practice_usbkey
from tests.running import Service, serving

pytestmark = pytest.mark.anyio


@pytest.fixture
def service(home: Path) -> Iterator[Service]:
    put_practice_usbkey(home)
    with serving("--unattended") as running:
        yield running


def _port(url: str) -> int:
    return urlsplit(url).port or 0


@pytest.fixture
def judge(home: Path) -> ReceiptJudge:
    return ReceiptJudge(home, utc_now)


@pytest.fixture
async def open_hall(home: Path, service: Service) -> AsyncIterator[Hall]:
    """On the same home, so that the assistant knows its origin."""
    running = Hall(home, port=0, ports=AssistantPorts(_port(service.url), _port(service.urls["seal_service"])))
    await running.start()
    yield running
    await running.stop()


async def scripted(hall: Hall, service: Service, judge: ReceiptJudge) -> list[Step]:
    told: list[Step] = []
    async with (
        CertificateService(service.url, hall.origin) as signing,
        SealService(service.urls["seal_service"], hall.origin) as sealing,
    ):
        done = await ScriptedClerk(hall.origin, signing, office=Office(sealing, judge)).work(told.append)
    assert done == all(step.ok for step in told)
    return told


async def test_over_the_wire_every_step_goes_well_also_a_second_time(
    open_hall: Hall, service: Service, judge: ReceiptJudge
) -> None:
    first = await scripted(open_hall, service, judge)
    assert [(step.name, step.ok) for step in first] == [(name, True) for name in StepName], first
    details = {step.name: step.detail for step in first}
    assert "演练科技有限公司9900000001" in details[StepName.HOME]
    assert details[StepName.PEOPLE] == "录入 2 人"
    assert "电子签章验证通过" in details[StepName.SEAL]
    assert "演练市社会保险事业管理中心" in details[StepName.RECEIPT] and "签章有效" in details[StepName.RECEIPT]
    second = await scripted(open_hall, service, judge)
    assert all(step.ok for step in second), second
    assert "此前已完成" in second[0].detail
    assert second[list(StepName).index(StepName.PEOPLE)].detail == "此前已完成"


async def test_a_receipt_that_was_changed_is_no_receipt(home: Path, hall: Hall, judge: ReceiptJudge) -> None:
    moment = utc_now()
    PracticeCa.create(home / "practice" / "ca", utc_now)
    filing = Filing("演练市青禾小学", "139900100001", "张三", "1", moment)
    receipt = await hall.services.receipts.receipt(filing, "名册", moment)
    assert "签章有效" in await judge(receipt)
    for other in (receipt.replace(b"%PDF-1.3", b"%PDF-1.4", 1), forms.receipt(filing, "名册", moment), b"nothing"):
        with pytest.raises(HelperError) as refused:
            await judge(other)
        assert refused.value.code is Code.SIGNATURE_WRONG


async def test_without_a_seal_the_register_goes_to_the_counter(
    hall: Hall, company: HeldCertificate, judge: ReceiptJudge
) -> None:
    class NoSeal:
        async def seal_count(self) -> int:
            return 0

        async def seal_at_words(self, document: str, words: str) -> str:
            raise AssertionError

    told: list[Step] = []
    assert await ScriptedClerk(hall.origin, company, office=Office(NoSeal(), judge)).work(told.append), told
    assert "柜台" in told[-1].detail


async def test_the_first_step_that_fails_ends_the_row(hall: Hall, company: HeldCertificate) -> None:
    told: list[Step] = []
    li = Person(hall, replace(LI, unit=DEMO_CLERK.unit))
    await li.arrive()
    assert not await ScriptedClerk(hall.origin, company).work(told.append)
    assert [(step.name, step.ok) for step in told][-1] == (StepName.BIND_UNIT, False)
    assert "已被其他账户绑定" in told[-1].detail


async def test_a_practice_usbkey_made_anew_takes_the_place_of_the_old_one(
    hall: Hall, company: HeldCertificate, other_company: HeldCertificate
) -> None:
    for held in (company, other_company):
        told: list[Step] = []
        assert await ScriptedClerk(hall.origin, held).work(told.append), told


async def test_a_certificate_that_a_person_bound_by_hand_logs_in_there(hall: Hall, company: HeldCertificate) -> None:
    await Person(hall, LI).settle(company)
    told: list[Step] = []
    assert await ScriptedClerk(hall.origin, company).work(told.append), told
    assert LI.person in told[-1].detail


@pytest.mark.browser
async def test_in_chromium_every_step_goes_well(open_hall: Hall, service: Service, judge: ReceiptJudge) -> None:
    told: list[Step] = []
    assert await browser_clerk(open_hall.origin, told.append, judge=judge), told
    details = {step.name: step.detail for step in told}
    assert list(details) == list(StepName)
    assert details[StepName.BIND_CERTIFICATE] == "绑定成功，请重新登录"
    assert "演练科技有限公司9900000001 · CA证书登录" in details[StepName.HOME]
    assert "电子签章验证通过" in details[StepName.SEAL]
    assert "签章有效" in details[StepName.RECEIPT]


@pytest.mark.browser
async def test_in_chromium_a_new_usbkey_is_bound_after_unbinding_the_old_one(
    open_hall: Hall, service: Service, home: Path
) -> None:
    told: list[Step] = []
    former = issued(PracticeCa.load(home / "practice" / "ca", utc_now), OTHER_COMPANY)
    assert await ScriptedClerk(open_hall.origin, former).work(told.append), told
    told.clear()
    assert await browser_clerk(open_hall.origin, told.append), told
    assert told[3].detail == "绑定成功，请重新登录"


@pytest.mark.browser
async def test_in_chromium_a_unit_logs_in_with_the_former_user(open_hall: Hall, service: Service) -> None:
    former = UNITS[-1]
    async with asyncio.timeout(110), chromium() as page:
        hands = Hands(open_hall.origin, page)
        await hands.open("/login", "login")
        await hands.click("tab-unit")
        await hands.click("unit-login")
        await hands.go_on(hook("former-username"))
        assert await hands.text("former-holder") == "演练科技有限公司"
        await hands.fill("former-username", former.old_username)
        await hands.fill("former-password", former.old_password)
        await hands.click("former-confirm")
        assert former.name in await BrowserClerk(open_hall.origin, page).see_home()


async def test_a_hall_that_is_gone_is_told(home: Path, company: HeldCertificate) -> None:
    told: list[Step] = []
    hall = Hall(home, port=0)
    await hall.start()
    origin = hall.origin
    await hall.stop()
    assert not await ScriptedClerk(origin, company).work(told.append)
    assert [(step.name, step.ok) for step in told] == [(StepName.REGISTER, False)]
