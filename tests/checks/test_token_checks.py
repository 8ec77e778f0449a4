"""USBKEY, PIN, certificates and clock, from real practice USBKEYs in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hebca_helper.app.parts import App
from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.checks.gathering import gather
from hebca_helper.checks.model import Outcome
from hebca_helper.checks.runner import CHECKS, run_checks
from hebca_helper.checks.surroundings import Surroundings, TokenPicture
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.moments import Validity
from tests.assistant.scripted import ScriptedPrompts
from tests.checks.situation import FINE, Situation, look, only, verdict
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.anyio


async def seen_with(home: Path, scenario: str | None, patience: float = 30.0) -> Surroundings:
    """What is gathered with a practice USBKEY of this scenario."""
    if scenario is not None:
        put_practice_usbkey(home, scenario)
    async with App(home).core() as core:
        return await gather(core.assistant, core.tokens.modules, home, (), patience=patience)


async def test_a_fresh_usbkey_is_fine_in_everything(home: Path) -> None:
    surroundings = await seen_with(home, "fresh")
    assert verdict("token", surroundings) == FINE
    assert verdict("pin", surroundings) == FINE
    assert verdict("clock", surroundings) == FINE
    assert "还可以试 10 次" in only("pin", surroundings).told
    certificates = only("certificates", surroundings)  # issued together: one line for both
    assert certificates.outcome is Outcome.OK
    assert certificates.told.startswith("演练科技有限公司：签名证书、加密证书有效期至 ")


async def test_without_a_usbkey_only_that_is_told(home: Path) -> None:
    surroundings = await seen_with(home, None)
    assert verdict("token", surroundings) == (Outcome.PROBLEM, Code.NO_CERTIFICATE)
    for name in ("pin", "certificates"):
        assert verdict(name, surroundings) == (Outcome.NOT_APPLICABLE, None)


@pytest.mark.parametrize(("scenario", "code"), [("last-try", Code.PIN_LAST_TRY), ("locked", Code.PIN_LOCKED)])
async def test_what_wrong_pins_left_behind(home: Path, scenario: str, code: Code) -> None:
    assert verdict("pin", await seen_with(home, scenario)) == (Outcome.PROBLEM, code)


@pytest.mark.parametrize(
    ("scenario", "outcome", "code", "said"),
    [
        ("expired", Outcome.PROBLEM, Code.CERTIFICATE_EXPIRED, "到期"),
        ("expiring", Outcome.WARNING, Code.CERTIFICATE_EXPIRING, "有效期至"),
    ],
)
async def test_certificates_that_ended_or_end_soon(
    home: Path, scenario: str, outcome: Outcome, code: Code, said: str
) -> None:
    seen = look("certificates", await seen_with(home, scenario))
    assert {(each.outcome, each.code) for each in seen} == {(outcome, code)}
    assert all(said in each.told for each in seen)


async def test_a_replaced_certificate_is_no_trouble(home: Path) -> None:
    surroundings = await seen_with(home, "renewed")
    assert any(entry.replaced for entry in surroundings.picture.entries)
    assert {seen.outcome for seen in look("certificates", surroundings)} == {Outcome.OK}


async def test_two_usbkeys_are_told_apart(home: Path) -> None:
    surroundings = await seen_with(home, "two-tokens")
    names = [seen.name for seen in look("pin", surroundings)]
    assert len(set(names)) == 2
    assert all(names)


async def test_a_certificate_that_is_not_valid_yet(home: Path) -> None:
    surroundings = await seen_with(home, "fresh")
    early = [replace(entry, validity=Validity.NOT_YET_VALID) for entry in surroundings.picture.entries]
    seen = only("certificates", replace(surroundings, picture=replace(surroundings.picture, entries=early)))
    assert (seen.outcome, seen.code) == (Outcome.PROBLEM, Code.CERTIFICATE_NOT_YET_VALID)
    assert "起有效" in seen.told
    none = replace(surroundings, picture=replace(surroundings.picture, entries=[]))
    assert verdict("certificates", none) == (Outcome.PROBLEM, Code.TOKEN_WITHOUT_CERTIFICATE)


async def test_the_next_certificate_that_begins_later_is_no_problem_and_no_wrong_clock(home: Path) -> None:
    """Renewed before the old one ends: both are on the USBKEY."""
    surroundings = await seen_with(home, "fresh")
    entry = surroundings.picture.entries[0]
    structure = replace(entry.certificate.structure, not_before=entry.certificate.not_after)
    later = replace(entry, certificate=Certificate(b"later", structure), validity=Validity.NOT_YET_VALID)
    both = replace(surroundings, picture=replace(surroundings.picture, entries=[entry, later]))
    assert [(seen.outcome, "起有效" in seen.told) for seen in look("certificates", both)] == [
        (Outcome.OK, False),
        (Outcome.OK, True),
    ]
    assert verdict("clock", both) == FINE


async def test_what_is_plugged_in_and_cannot_be_used_is_told_as_what_it_is(home: Path) -> None:
    """Never as missing: nobody is told to plug in what is plugged in."""
    nothing = TokenPicture(unusable=[HelperError(Code.TOKEN_BLANK, "GM3000")])
    surroundings = replace(await seen_with(home, None), picture=nothing)
    assert verdict("token", surroundings) == (Outcome.PROBLEM, Code.TOKEN_BLANK)
    seen = await seen_with(home, "fresh")
    unreadable = HelperError(Code.CERTIFICATE_UNREADABLE, "演练，签名，有效期写得不对")
    broken = [HelperError(Code.TOKEN_UNREADABLE, "CKR_DEVICE_ERROR"), unreadable]
    beside = replace(seen, picture=replace(seen.picture, unusable=broken))
    assert [each.code for each in look("token", beside)] == [None, Code.TOKEN_UNREADABLE]
    assert [each.code for each in look("certificates", beside)] == [None, Code.CERTIFICATE_UNREADABLE]
    alone = replace(beside, picture=replace(beside.picture, entries=[]))
    assert [each.told for each in look("certificates", alone)] == [unreadable.detail]


async def test_a_clock_before_the_certificate_began_is_wrong(home: Path) -> None:
    surroundings = await seen_with(home, "fresh")
    began = max(entry.certificate.not_before for entry in surroundings.picture.entries)
    early = replace(surroundings, clock=lambda: began - timedelta(days=1))
    assert verdict("clock", early) == (Outcome.PROBLEM, Code.CLOCK_WRONG)


@pytest.mark.parametrize("year", [1970, 2020, 2100])
def test_a_clock_that_no_computer_with_this_program_can_have(situation: Situation, year: int) -> None:
    surroundings = situation(clock=lambda: datetime(year, 1, 1, tzinfo=UTC))
    assert verdict("clock", surroundings) == (Outcome.PROBLEM, Code.CLOCK_WRONG)


def test_a_usbkey_that_cannot_be_asked_says_why(situation: Situation) -> None:
    surroundings = situation(picture=TokenPicture(problem=HelperError(Code.PRACTICE_BUSY)))
    assert verdict("token", surroundings) == (Outcome.PROBLEM, Code.PRACTICE_BUSY)
    assert verdict("modules", surroundings) == (Outcome.NOT_APPLICABLE, None)


async def test_looking_ends_no_login(home: Path) -> None:
    put_practice_usbkey(home)
    async with App(home).core() as core:
        person = core.assistant.connect(Asker(Channel.WINDOW))
        prompts = ScriptedPrompts()
        prompts.type("123456")
        core.assistant.prompts = prompts
        [entry, _] = await core.assistant.entries(person)
        await core.assistant.login(person, entry)
        await core.assistant.errands_done()
        surroundings = await gather(core.assistant, core.tokens.modules, home, ())
        await run_checks(CHECKS, surroundings)
        assert core.assistant.is_logged_in(person, entry.token.id)
        prompts.decisions[ConfirmKind.SIGN] = Decision.ONCE
        assert await core.assistant.sign(person, entry, "报表".encode("gbk"), text="报表")


async def test_a_usbkey_that_does_not_answer_in_time_does_not_hold_up_the_rest(home: Path) -> None:
    surroundings = await seen_with(home, "fresh", patience=0.0)
    assert verdict("token", surroundings) == (Outcome.PROBLEM, Code.MODULE_TIMEOUT)
    assert surroundings.picture.modules


@pytest.mark.parametrize(
    ("scenario", "outcome", "code"),
    [
        ("fresh", Outcome.OK, None),
        ("no-seal", Outcome.WARNING, Code.NO_SEAL),
        ("expired-seal", Outcome.PROBLEM, Code.SEAL_EXPIRED),
        ("damaged-seal", Outcome.PROBLEM, Code.SEAL_INVALID),
        ("renewed", Outcome.PROBLEM, Code.SEAL_NEEDS_RENEWAL),
    ],
)
async def test_the_seal_is_told_as_what_it_is(home: Path, scenario: str, outcome: Outcome, code: Code | None) -> None:
    assert verdict("seals", await seen_with(home, scenario)) == (outcome, code)


async def test_a_revoked_certificate_is_a_problem(home: Path) -> None:
    assert verdict("certificates", await seen_with(home, "revoked")) == (Outcome.PROBLEM, Code.CERTIFICATE_REVOKED)


async def test_seals_that_cannot_be_looked_at_are_told(home: Path) -> None:
    (put_practice_usbkey(home, "fresh") / "practice" / "ca" / "root.cer").write_bytes(b"no certificate")
    assert verdict("seals", await seen_with(home, None)) == (Outcome.PROBLEM, Code.FILE_UNREADABLE)
