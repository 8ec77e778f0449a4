"""单位用户登录, as in 石家庄: first use binds with the former user name and password."""

from __future__ import annotations

import pytest

from hebca_helper.practice.hall.refusals import Reason
from hebca_helper.practice.hall.server import Hall
from hebca_helper.practice.hall.units import UNITS
from tests.practice.hall.held import HeldCertificate
from tests.practice.hall.people import LI, ZHANG, Answer, Person, accepted, refused

pytestmark = pytest.mark.anyio
FORMER, OTHER_FORMER = UNITS[-2], UNITS[-1]


async def _login(person: Person, held: HeldCertificate) -> Answer:
    return await person.visitor.post("/api/unit/login", **await person.prove(held))


async def _bind(person: Person, username: str, password: str) -> Answer:
    return await person.visitor.post("/api/unit/bind", username=username, password=password)


async def test_first_use_binds_and_logs_in_later_the_certificate_is_enough(
    hall: Hall, company: HeldCertificate
) -> None:
    clerk = Person(hall, ZHANG)
    assert accepted(await _login(clerk, company))["step"] == "bind"
    assert not (await clerk.whoami())["logged_in"]
    refused(await _bind(clerk, FORMER.old_username, "Wrong@2001"), Reason.PASSWORD_WRONG)
    assert accepted(await _bind(clerk, FORMER.old_username, FORMER.old_password))["next"] == "/home"
    who = await clerk.whoami()
    assert (who["unit_name"], who["method"]) == (FORMER.name, "单位用户登录")

    again = Person(hall, ZHANG)
    assert accepted(await _login(again, company))["next"] == "/home"
    assert (await again.whoami())["username"] == FORMER.old_username


async def test_binding_rules_hold_here_too(
    hall: Hall, company: HeldCertificate, other_company: HeldCertificate
) -> None:
    clerk = Person(hall, ZHANG)
    accepted(await _login(clerk, company))
    accepted(await _bind(clerk, FORMER.old_username, FORMER.old_password))

    second = Person(hall, LI)
    accepted(await _login(second, other_company))
    taken = await _bind(second, FORMER.old_username, FORMER.old_password)
    refused(taken, Reason.CERTIFICATE_ALREADY_BOUND)
    accepted(await _bind(second, OTHER_FORMER.old_username, OTHER_FORMER.old_password))


async def test_a_certificate_that_meanwhile_went_to_somebody_else_is_not_bound_again(
    hall: Hall, company: HeldCertificate
) -> None:
    clerk = Person(hall, ZHANG)
    accepted(await _login(clerk, company))
    await Person(hall, LI).settle(company)
    refused(await _bind(clerk, FORMER.old_username, FORMER.old_password), Reason.CERTIFICATE_TAKEN)


async def test_binding_needs_a_verified_certificate(hall: Hall, company: HeldCertificate) -> None:
    clerk = Person(hall, ZHANG)
    refused(await _bind(clerk, FORMER.old_username, FORMER.old_password), Reason.NOT_LOGGED_IN)
    li = await Person(hall, LI).settle(company)
    accepted(await li.certificate_login(company))  # verified, but for the second step of its own account
    refused(await _bind(li, FORMER.old_username, FORMER.old_password), Reason.NOT_LOGGED_IN)


async def test_an_account_of_the_former_system_needs_no_code(hall: Hall, company: HeldCertificate) -> None:
    """It has no telephone."""
    clerk = Person(hall, ZHANG)
    accepted(await _login(clerk, company))
    accepted(await _bind(clerk, FORMER.old_username, FORMER.old_password))
    other = Person(hall, ZHANG)
    assert accepted(await other.certificate_login(company))["next"] == "/home"
    assert (await other.whoami())["method"] == "CA证书登录"
