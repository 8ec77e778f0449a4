"""注册 and 用户名登录."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hebca_helper.practice.hall import passwords, rules
from hebca_helper.practice.hall.refusals import HallError, Reason
from hebca_helper.practice.hall.sessions import Session
from hebca_helper.practice.hall.store import Account, Store
from hebca_helper.practice.hall.telephone import Purpose, Telephone
from hebca_helper.texts import tr

WRONG_TRIES = 5
PAUSE = 600.0
"""Seconds an account stays closed for passwords after five wrong ones."""


@dataclass(frozen=True, slots=True)
class Registration:
    """The registration form, in the order of its inputs (manual 1, figure 2)."""

    username: str
    person: str
    id_number: str
    password: str
    phone: str
    code: str
    agreed: bool

    def check(self) -> None:
        rules.check_username(self.username)
        rules.check_person(self.person)
        rules.check_id_number(self.id_number)
        rules.check_password(self.password)
        rules.check_phone(self.phone)
        if not self.agreed:
            raise HallError(Reason.FIELD_WRONG, tr("请阅读并同意《用户服务协议》、《用户隐私协议》"), field="agreed")


class Accounts:
    def __init__(self, store: Store, telephone: Telephone, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._telephone = telephone
        self._clock = clock
        self._wrong: dict[int, tuple[int, float]] = {}

    def send_registration_code(self, session: Session, phone: str, captcha: str) -> None:
        rules.check_phone(phone)
        take_captcha(session, captcha)
        self._telephone.send(phone, Purpose.REGISTER)

    async def register(self, form: Registration) -> None:
        form.check()
        if self._store.account_named(form.username) is not None:
            raise _taken()
        self._telephone.redeem(form.phone, Purpose.REGISTER, form.code)
        hashed = await asyncio.to_thread(passwords.digest, form.password)
        try:
            self._store.run(
                "INSERT INTO account (username, person, id_number, password, phone) VALUES (?, ?, ?, ?, ?)",
                form.username,
                form.person,
                form.id_number,
                hashed,
                form.phone,
            )
        except sqlite3.IntegrityError:
            raise _taken() from None

    async def with_password(self, username: str, password: str) -> Account:
        """The account, if the password is right. The sentence is the same whether the user exists or not."""
        account = self._store.account_named(username)
        if account is None:
            await asyncio.to_thread(passwords.digest, password)
            raise _wrong_password()
        await self.check_password(account, password)
        return account

    async def check_password(self, account: Account, password: str) -> None:
        count, since = self._wrong.get(account.id, (0, 0.0))
        now = self._clock().timestamp()
        if count >= WRONG_TRIES and now - since < PAUSE:
            raise HallError(Reason.TOO_MANY_TRIES, tr("密码连续输错5次，请10分钟后再试"), field="password")
        if not await asyncio.to_thread(passwords.matches, password, account.password):
            self._wrong[account.id] = (count % WRONG_TRIES + 1, now)
            raise _wrong_password()
        self._wrong.pop(account.id, None)


def take_captcha(session: Session, answer: str) -> None:
    """Compare and use up the picture: each is good for one try."""
    expected, session.captcha = session.captcha, ""
    if not expected or answer.strip().upper() != expected:
        raise HallError(Reason.CAPTCHA_WRONG, tr("图形验证码不正确，请按新图片重新输入"), field="captcha")


def _taken() -> HallError:
    return HallError(Reason.USERNAME_TAKEN, tr("该用户名已被注册，请换一个"), field="username")


def _wrong_password() -> HallError:
    return HallError(Reason.PASSWORD_WRONG, tr("用户名或密码不正确"), field="password")
