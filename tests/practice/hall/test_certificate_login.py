"""CA证书登录: what the hall checks itself, and the second step."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.moments import beijing_text
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.extensions import Usage
from hebca_helper.practice.hall import verdicts
from hebca_helper.practice.hall.refusals import Reason
from hebca_helper.practice.hall.server import Hall
from hebca_helper.relying_party.login import ResultCode
from tests.practice.hall.held import HeldCertificate, Issue, MovingClock, issued
from tests.practice.hall.people import LI, ZHANG, Person, accepted, refused

pytestmark = pytest.mark.anyio


async def test_challenge_signature_code_home(hall: Hall, company: HeldCertificate) -> None:
    zhang = await Person(hall, ZHANG).settle(company)
    step = accepted(await zhang.certificate_login(company))
    assert (step["step"], step["holder"], step["phone"]) == ("code", "演练科技有限公司", "139****0301")
    assert not (await zhang.whoami())["logged_in"]  # half a login is none
    assert accepted(await zhang.confirm())["next"] == "/home"
    who = await zhang.whoami()
    parsed = Certificate.parse(company.der)
    assert (who["person"], who["unit_name"], who["method"]) == ("张三", "演练市青禾小学", "CA证书登录")
    assert who["certificate"]["unique_id"] == parsed.unique_id == "演练科技有限公司9900000001"
    assert who["certificate"]["not_after"] == beijing_text(parsed.not_after)


async def test_an_ec_key_logs_in_too(hall: Hall, issue: Issue) -> None:
    held = issue(key=ec.generate_private_key(ec.SECP256R1()))
    zhang = await Person(hall, ZHANG).settle(held)
    accepted(await zhang.certificate_login(held))
    accepted(await zhang.confirm())


async def test_a_challenge_is_ascii_of_44_and_new_each_time(hall: Hall) -> None:
    """Not 64, 96 or 128 bytes: what could be a login token's input must not be signed raw."""
    zhang = Person(hall, ZHANG)
    seen = {(await zhang.visitor.post("/api/challenge"))["challenge"] for _ in range(4)}
    assert len(seen) == 4
    assert all(text.isascii() and len(text) == 44 for text in seen)


async def test_a_challenge_is_used_once(hall: Hall, company: HeldCertificate) -> None:
    zhang = await Person(hall, ZHANG).settle(company)
    proof = await zhang.prove(company)
    accepted(await zhang.visitor.post("/api/ca/login", **proof))
    refused(await zhang.visitor.post("/api/ca/login", **proof), Reason.CHALLENGE_WRONG)


async def test_a_failed_try_uses_the_challenge_up(hall: Hall, company: HeldCertificate) -> None:
    zhang = await Person(hall, ZHANG).settle(company)
    proof = await zhang.prove(company)
    wrong = await zhang.visitor.post("/api/ca/login", **{**proof, "signature": "AAAA"})
    assert refused(wrong, Reason.CERTIFICATE_REFUSED)["result"] == -6406
    refused(await zhang.visitor.post("/api/ca/login", **proof), Reason.CHALLENGE_WRONG)


async def test_a_challenge_belongs_to_its_session_and_lives_five_minutes(
    hall: Hall, company: HeldCertificate, moving: MovingClock
) -> None:
    zhang = await Person(hall, ZHANG).settle(company)
    stolen = await zhang.prove(company)
    refused(await Person(hall, LI).visitor.post("/api/ca/login", **stolen), Reason.CHALLENGE_WRONG)
    own = {**stolen, "challenge": "a" * 40, "signature": await company.sign("a" * 40)}
    refused(await zhang.visitor.post("/api/ca/login", **own), Reason.CHALLENGE_WRONG)
    late = await zhang.prove(company)
    moving.advance(seconds=301)
    refused(await zhang.visitor.post("/api/ca/login", **late), Reason.CHALLENGE_WRONG)


async def test_a_signature_over_something_else_is_wrong(hall: Hall, company: HeldCertificate) -> None:
    zhang = await Person(hall, ZHANG).settle(company)
    proof = await zhang.prove(company) | {"signature": await company.sign("something else")}
    answer = refused(await zhang.visitor.post("/api/ca/login", **proof), Reason.CERTIFICATE_REFUSED)
    assert answer["result"] == ResultCode.SIGNATURE_WRONG


async def _verdict(hall: Hall, held: HeldCertificate) -> tuple[int, str]:
    answer = refused(await Person(hall, LI).certificate_login(held), Reason.CERTIFICATE_REFUSED)
    return answer["result"], answer["message"]


async def test_expired_says_renew(hall: Hall, company: HeldCertificate, moving: MovingClock) -> None:
    await Person(hall, ZHANG).settle(company)
    moving.advance(days=366)
    result, message = await _verdict(hall, company)
    assert result == 2
    assert "证书已过期" in message
    assert "老用户延期" in message


async def test_not_yet_valid_says_check_the_clock(hall: Hall, issue: Issue) -> None:
    result, message = await _verdict(hall, issue(days=(2, 365)))
    assert (result, "日期和时间" in message) == (1, True)


async def test_revoked_while_the_hall_runs(hall: Hall, company: HeldCertificate, ca: PracticeCa) -> None:
    zhang = await Person(hall, ZHANG).settle(company)
    accepted(await zhang.certificate_login(company))
    ca.revoke(Certificate.parse(company.der).serial_number)
    result, message = await _verdict(hall, company)
    assert (result, "吊销" in message) == (7, True)


async def test_another_ca_is_untrusted_though_it_has_the_same_names(
    hall: Hall, issue: Issue, tmp_path: Path, moving: MovingClock
) -> None:
    stranger = PracticeCa.create(tmp_path / "stranger", moving)
    result, message = await _verdict(hall, issue(by=stranger))
    assert (result, "不是本大厅信任的机构" in message) == (4, True)


async def test_an_encryption_certificate_does_not_log_in(hall: Hall, issue: Issue) -> None:
    assert (await _verdict(hall, issue(usage=Usage.ENCRYPT)))[0] == ResultCode.NOT_FOR_SIGNING


async def test_an_unbound_certificate_is_told_how_to_bind(hall: Hall, company: HeldCertificate) -> None:
    answer = refused(await Person(hall, ZHANG).certificate_login(company), Reason.CERTIFICATE_NOT_BOUND)
    assert "齿轮" in answer["message"]


async def test_without_a_practice_ca_nobody_is_trusted(home: Path, moving: MovingClock, tmp_path: Path) -> None:
    stranger = PracticeCa.create(tmp_path / "stranger", moving)
    assert not (home / "practice" / "ca").exists()
    hall = Hall(home, port=0, clock=moving)
    await hall.start()
    try:
        assert (await _verdict(hall, issued(stranger)))[0] == 4
    finally:
        await hall.stop()


async def test_a_damaged_ca_is_told_not_hidden(hall: Hall, company: HeldCertificate, home: Path) -> None:
    (home / "practice" / "ca" / "register.json").write_text("{")
    answer = await Person(hall, ZHANG).certificate_login(company)
    assert "文件无法读取" in refused(answer, Reason.OUT_OF_ORDER)["message"]


@pytest.mark.parametrize(
    "changes",
    [
        {"certificate": "no base64!"},
        {"certificate": "A" * 70_000},
        {"signature": 5},
        {"challenge": "中文"},
        {"certificate": ""},
        {"certificate": "MIIB"},
    ],
)
async def test_rubbish_is_refused(hall: Hall, company: HeldCertificate, changes: dict[str, object]) -> None:
    zhang = await Person(hall, ZHANG).settle(company)
    answer = await zhang.visitor.post("/api/ca/login", **{**await zhang.prove(company), **changes})
    assert answer["ok"] is False
    accepted(await zhang.certificate_login(company))


async def test_the_second_step_needs_the_first_and_the_right_code(hall: Hall, company: HeldCertificate) -> None:
    zhang = await Person(hall, ZHANG).settle(company)
    refused(await zhang.visitor.post("/api/ca/code"), Reason.NOT_LOGGED_IN)
    refused(await zhang.visitor.post("/api/ca/confirm", code="123456"), Reason.NOT_LOGGED_IN)
    accepted(await zhang.certificate_login(company))
    refused(await zhang.visitor.post("/api/ca/confirm", code=""), Reason.CODE_WRONG)
    accepted(await zhang.visitor.post("/api/ca/code"))
    refused(await zhang.visitor.post("/api/ca/confirm", code="12345x"), Reason.CODE_WRONG)
    code = await zhang.newest_code()
    accepted(await zhang.visitor.post("/api/ca/confirm", code=f" {code} "))
    refused(await zhang.visitor.post("/api/ca/confirm", code=code), Reason.NOT_LOGGED_IN)


async def test_unbinding_in_between_ends_the_second_step(hall: Hall, company: HeldCertificate) -> None:
    zhang = await Person(hall, ZHANG).settle(company)
    accepted(await zhang.certificate_login(company))
    elsewhere = Person(hall, ZHANG)
    accepted(await elsewhere.log_in())
    accepted(await elsewhere.visitor.post("/api/unbind/certificate", password=ZHANG.password))
    refused(await zhang.visitor.post("/api/ca/code"), Reason.NOT_LOGGED_IN)


async def test_the_session_id_changes_with_the_login(hall: Hall, company: HeldCertificate) -> None:
    zhang = await Person(hall, ZHANG).settle(company)
    accepted(await zhang.certificate_login(company))
    planted = dict(zhang.visitor._cookies)
    accepted(await zhang.confirm())
    assert zhang.visitor._cookies != planted
    attacker = Person(hall, LI)
    attacker.visitor._cookies = planted
    assert not (await attacker.whoami())["logged_in"]


def test_every_result_of_the_verifier_has_its_sentence() -> None:
    sentences = [verdicts.sentence(result) for result in ResultCode]
    assert all(text.endswith("。") for text in sentences)
    assert len(set(sentences)) == len(ResultCode)
