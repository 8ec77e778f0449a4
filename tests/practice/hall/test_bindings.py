"""One certificate, one account, one 单位编号: both ways, by the certificate's unique id."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hebca_helper.pki.certificates import Certificate
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.hall.refusals import Reason
from hebca_helper.practice.hall.server import Hall
from hebca_helper.practice.hall.units import UNITS
from hebca_helper.practice.names import COMPANY
from tests.practice.hall.held import HeldCertificate, Issue, MovingClock, rsa_key
from tests.practice.hall.people import LI, ZHANG, Person, accepted, refused

pytestmark = pytest.mark.anyio


async def test_a_unit_belongs_to_one_account_and_an_account_to_one_unit(hall: Hall) -> None:
    zhang = await Person(hall, ZHANG).arrive()
    refused(await zhang.bind_unit(number=UNITS[2].number), Reason.UNIT_ALREADY_BOUND)
    li = Person(hall, LI).with_(unit=ZHANG.unit)
    accepted(await li.register())
    accepted(await li.log_in())
    refused(await li.bind_unit(), Reason.UNIT_TAKEN)
    assert (await li.whoami())["unit"] == ""
    accepted(await li.with_(unit=LI.unit).bind_unit())


async def test_a_unit_of_the_former_system_already_has_its_account(hall: Hall) -> None:
    li = Person(hall, LI).with_(unit=UNITS[-1])
    accepted(await li.register())
    accepted(await li.log_in())
    refused(await li.bind_unit(), Reason.UNIT_TAKEN)


async def test_number_and_legal_person_must_be_those_of_the_unit(hall: Hall) -> None:
    zhang = Person(hall, ZHANG)
    accepted(await zhang.register())
    accepted(await zhang.log_in())
    refused(await zhang.bind_unit(number="139900999999"), Reason.UNIT_UNKNOWN)
    refused(await zhang.bind_unit(legal_person="演练乙"), Reason.FIELD_WRONG)
    refused(await zhang.bind_unit(legal_id_number=UNITS[1].legal_id_number), Reason.FIELD_WRONG)
    accepted(await zhang.bind_unit())


async def test_binding_a_certificate_ends_the_login(hall: Hall, company: HeldCertificate) -> None:
    zhang = await Person(hall, ZHANG).arrive()
    answer = accepted(await zhang.bind_certificate(company))
    assert (answer["message"], answer["next"]) == ("绑定成功，请重新登录", "/login")
    assert not (await zhang.whoami())["logged_in"]


async def test_the_unit_comes_first(hall: Hall, company: HeldCertificate) -> None:
    zhang = Person(hall, ZHANG)
    refused(await zhang.bind_certificate(company), Reason.NOT_LOGGED_IN)
    accepted(await zhang.register())
    accepted(await zhang.log_in())
    refused(await zhang.bind_certificate(company), Reason.UNIT_FIRST)


async def test_a_certificate_belongs_to_one_account(hall: Hall, company: HeldCertificate) -> None:
    await Person(hall, ZHANG).settle(company)
    li = await Person(hall, LI).arrive()
    refused(await li.bind_certificate(company), Reason.CERTIFICATE_TAKEN)
    assert (await li.whoami())["bound_id"] == ""


async def test_an_account_has_one_certificate(
    hall: Hall, company: HeldCertificate, other_company: HeldCertificate
) -> None:
    zhang = await Person(hall, ZHANG).settle(company)
    accepted(await zhang.log_in())
    refused(await zhang.bind_certificate(other_company), Reason.CERTIFICATE_ALREADY_BOUND)
    assert (await zhang.whoami())["bound_id"] == Certificate.parse(company.der).unique_id


async def test_the_unit_s_second_certificate_has_another_id_and_goes_to_another_account(
    hall: Hall, company: HeldCertificate, issue: Issue
) -> None:
    second = issue(replace(COMPANY, digits="9900000077"), key=rsa_key("second"))
    assert Certificate.parse(second.der).common_name == Certificate.parse(company.der).common_name
    zhang = await Person(hall, ZHANG).settle(company)
    refused(await zhang.certificate_login(second), Reason.CERTIFICATE_NOT_BOUND)
    await Person(hall, LI).settle(second)


async def test_a_renewed_certificate_stays_bound(
    hall: Hall, company: HeldCertificate, issue: Issue, moving: MovingClock
) -> None:
    zhang = await Person(hall, ZHANG).settle(company)
    moving.advance(days=364)
    renewed = issue(key=rsa_key("renewed"))
    assert renewed.der != company.der
    accepted(await zhang.certificate_login(renewed))
    accepted(await zhang.confirm())
    certificate = (await zhang.whoami())["certificate"]
    assert certificate["serial"] == Certificate.parse(renewed.der).serial_hex


async def test_unbinding_takes_the_password_and_frees_both(
    hall: Hall, company: HeldCertificate, other_company: HeldCertificate
) -> None:
    zhang = await Person(hall, ZHANG).settle(company)
    accepted(await zhang.log_in())
    wrong = await zhang.visitor.post("/api/unbind/certificate", password="Wrong-2026")
    refused(wrong, Reason.PASSWORD_WRONG)
    accepted(await zhang.visitor.post("/api/unbind/certificate", password=ZHANG.password))
    accepted(await zhang.bind_certificate(other_company))
    await Person(hall, LI).settle(company)


async def test_binding_takes_a_certificate_that_is_valid_and_held(
    hall: Hall, company: HeldCertificate, other_company: HeldCertificate, ca: PracticeCa
) -> None:
    """A certificate is public: without the proof, somebody could take it away from its holder."""
    zhang = await Person(hall, ZHANG).arrive()
    stolen = HeldCertificate(other_company.key, company.der)
    assert refused(await zhang.bind_certificate(stolen), Reason.CERTIFICATE_REFUSED)["result"] == -6406
    ca.revoke(Certificate.parse(company.der).serial_number)
    assert refused(await zhang.bind_certificate(company), Reason.CERTIFICATE_REFUSED)["result"] == 7
