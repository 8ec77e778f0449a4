"""注册, 短信验证码, 用户名登录."""

from __future__ import annotations

import pytest

from hebca_helper.practice.hall.refusals import Reason
from hebca_helper.practice.hall.server import Hall
from tests.practice.hall.held import MovingClock
from tests.practice.hall.people import LI, ZHANG, Person, accepted, refused

pytestmark = pytest.mark.anyio


async def test_a_clerk_registers_and_logs_in_by_name(hall: Hall) -> None:
    zhang = Person(hall, ZHANG)
    assert accepted(await zhang.register())["message"] == "注册成功，请登录"
    assert (await zhang.whoami())["logged_in"] is False  # registering logs nobody in
    assert accepted(await zhang.log_in())["next"] == "/bind/unit"
    who = await zhang.whoami()
    assert (who["person"], who["method"], who["unit"], who["certificate"]) == ("张三", "用户名登录", "", None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "short"),
        ("username", "has space"),
        ("person", "张"),
        ("id_number", "139900190001013010"),  # wrong check digit
        ("id_number", "13990019000101301"),
        ("password", "Abc-123"),  # seven characters
        ("password", "abcdefg123"),  # two kinds
        ("phone", "1390000030"),
        ("phone", "23900000301"),
        ("agreed", False),
        ("agreed", "true"),
    ],
)
async def test_the_form_says_which_input_is_wrong(hall: Hall, field: str, value: object) -> None:
    answer = refused(await Person(hall, ZHANG).register(**{field: value}), Reason.FIELD_WRONG)
    assert answer["field"] == field


@pytest.mark.parametrize("password", ["Abcdef12", "abcdef1!", "ABCDEF1!", "Abcdefg!", "密码Abcde1"])
async def test_three_kinds_of_characters_make_a_password(hall: Hall, password: str) -> None:
    accepted(await Person(hall, ZHANG).register(password=password))


async def test_a_wrong_captcha_sends_no_message_and_each_picture_is_good_for_one_try(hall: Hall) -> None:
    zhang = Person(hall, ZHANG)
    picture = await zhang.captcha()
    wrong = "".join("A" if character != "A" else "C" for character in picture)
    phone = ZHANG.phone
    refused(await zhang.visitor.post("/api/register/code", phone=phone, captcha=wrong), Reason.CAPTCHA_WRONG)
    refused(await zhang.visitor.post("/api/register/code", phone=phone, captcha=picture), Reason.CAPTCHA_WRONG)
    refused(await zhang.visitor.post("/api/register/code", phone=phone, captcha=""), Reason.CAPTCHA_WRONG)
    assert (await zhang.visitor.post("/api/phone/messages"))["messages"] == []
    accepted(await zhang.visitor.post("/api/register/code", phone=phone, captcha=(await zhang.captcha()).lower()))


async def test_a_code_counts_once_for_its_phone_and_its_purpose(hall: Hall) -> None:
    zhang, li = Person(hall, ZHANG), Person(hall, LI)
    accepted(await zhang.send_code())
    code = await zhang.newest_code()
    refused(await li.register(code=code), Reason.CODE_WRONG)
    accepted(await zhang.register(code=code))
    refused(await zhang.register(code=code, username="zhangsan2"), Reason.CODE_WRONG)


async def test_a_code_ends_after_five_minutes_or_five_wrong_tries_or_with_the_next_one(
    hall: Hall, moving: MovingClock
) -> None:
    zhang = Person(hall, ZHANG)
    accepted(await zhang.send_code())
    old = await zhang.newest_code()
    moving.advance(seconds=301)
    refused(await zhang.register(code=old), Reason.CODE_WRONG)

    accepted(await zhang.send_code())
    first = await zhang.newest_code()
    accepted(await zhang.send_code())
    second = await zhang.newest_code()
    if first != second:
        refused(await zhang.register(code=first), Reason.CODE_WRONG)
    for _ in range(5):
        refused(await zhang.register(code="wrong1"), Reason.CODE_WRONG)
    refused(await zhang.register(code=second), Reason.CODE_WRONG)
    assert "用户名或密码不正确" in refused(await zhang.log_in(), Reason.PASSWORD_WRONG)["message"]


async def test_codes_are_sent_ten_times_a_minute_at_most(hall: Hall, moving: MovingClock) -> None:
    zhang = Person(hall, ZHANG)
    for _ in range(10):
        accepted(await zhang.send_code())
    refused(await zhang.send_code(), Reason.CODE_TOO_OFTEN)
    moving.advance(seconds=61)
    accepted(await zhang.send_code())


async def test_a_user_name_is_taken_once_whatever_its_case(hall: Hall) -> None:
    accepted(await Person(hall, ZHANG).register())
    refused(await Person(hall, LI).register(username="ZhangSan"), Reason.USERNAME_TAKEN)


async def test_wrong_passwords_close_the_account_for_ten_minutes(hall: Hall, moving: MovingClock) -> None:
    zhang = Person(hall, ZHANG)
    accepted(await zhang.register())
    for _ in range(5):
        refused(await zhang.log_in(password="Wrong-2026"), Reason.PASSWORD_WRONG)
    refused(await zhang.log_in(), Reason.TOO_MANY_TRIES)
    moving.advance(minutes=11)
    accepted(await zhang.log_in())


async def test_unknown_user_and_wrong_password_sound_the_same(hall: Hall) -> None:
    zhang = Person(hall, ZHANG)
    accepted(await zhang.register())
    wrong = await zhang.log_in(password="Wrong-2026")
    unknown = await zhang.log_in(username="nobody_here")
    assert wrong == unknown


async def test_a_login_needs_a_captcha_and_ends_after_half_an_hour_of_silence(hall: Hall, moving: MovingClock) -> None:
    zhang = Person(hall, ZHANG)
    accepted(await zhang.register())
    refused(await zhang.log_in(captcha="????"), Reason.CAPTCHA_WRONG)
    accepted(await zhang.log_in())
    moving.advance(minutes=29)
    assert (await zhang.whoami())["logged_in"]
    moving.advance(minutes=31)
    assert not (await zhang.whoami())["logged_in"]
    refused(await zhang.bind_unit(), Reason.NOT_LOGGED_IN)


async def test_passwords_are_stored_as_salted_hashes_only(hall: Hall) -> None:
    accepted(await Person(hall, ZHANG).register())
    accepted(await Person(hall, LI).register(password=ZHANG.password))
    rows = hall.services.store.run("SELECT password FROM account WHERE former = 0").fetchall()
    stored = [row["password"] for row in rows]
    assert len(set(stored)) == 2
    assert not any(ZHANG.password in text for text in stored)
