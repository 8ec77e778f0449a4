"""短信验证码: codes go to the practice telephone (a page of the hall), never anywhere else."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hebca_helper.practice.hall.refusals import HallError, Reason
from hebca_helper.practice.hall.store import Store
from hebca_helper.texts import tr

LIFETIME = 300.0
WRONG_TRIES = 5
LARGEST_IN_A_MINUTE = 10
SHOWN = 20


class Purpose(StrEnum):
    REGISTER = "register"
    LOGIN = "login"

    @property
    def label(self) -> str:
        return {Purpose.REGISTER: tr("注册"), Purpose.LOGIN: tr("登录")}[self]


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    phone: str
    text: str
    code: str
    sent_at: float
    usable: bool


class Telephone:
    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def send(self, phone: str, purpose: Purpose) -> None:
        """A new code; an earlier one for the same purpose is void from now on."""
        now = self._clock().timestamp()
        row = self._store.row("SELECT count(*) FROM message WHERE phone = ? AND sent_at > ?", phone, now - 60)
        if row is not None and row[0] >= LARGEST_IN_A_MINUTE:
            raise HallError(Reason.CODE_TOO_OFTEN, tr("获取验证码过于频繁，请一分钟后再试"), field="code")
        with self._store.transaction():
            self._store.run("UPDATE message SET used = 1 WHERE phone = ? AND purpose = ?", phone, purpose)
            self._store.run(
                "INSERT INTO message (phone, purpose, code, sent_at) VALUES (?, ?, ?, ?)",
                phone,
                purpose,
                f"{secrets.randbelow(10**6):06d}",
                now,
            )

    def redeem(self, phone: str, purpose: Purpose, code: str) -> None:
        """Take the code, once. A wrong one counts: after five the code is void."""
        row = self._store.row(
            "SELECT id, code, sent_at, wrong FROM message WHERE phone = ? AND purpose = ? AND used = 0 "
            "ORDER BY id DESC LIMIT 1",
            phone,
            purpose,
        )
        if row is None:
            raise HallError(Reason.CODE_WRONG, tr("请先点击“获取验证码”"), field="code")
        if self._clock().timestamp() - row["sent_at"] > LIFETIME or row["wrong"] >= WRONG_TRIES:
            raise HallError(Reason.CODE_WRONG, tr("验证码已失效，请重新获取"), field="code")
        if not hmac.compare_digest(row["code"].encode(), code.strip().encode()):
            self._store.run("UPDATE message SET wrong = wrong + 1 WHERE id = ?", row["id"])
            raise HallError(Reason.CODE_WRONG, tr("验证码不正确，请查看演练手机上的最新短信"), field="code")
        self._store.run("UPDATE message SET used = 1 WHERE id = ?", row["id"])

    def messages(self) -> list[Message]:
        """The newest first."""
        now = self._clock().timestamp()
        rows = self._store.run("SELECT * FROM message ORDER BY id DESC LIMIT ?", SHOWN).fetchall()
        return [
            Message(
                row["id"],
                row["phone"],
                tr("【演练办事大厅】{purpose}验证码 {code}，5分钟内有效。").format(
                    purpose=Purpose(row["purpose"]).label, code=row["code"]
                ),
                row["code"],
                row["sent_at"],
                not row["used"] and now - row["sent_at"] <= LIFETIME,
            )
            for row in rows
        ]


def masked(phone: str) -> str:
    """`139****0001`"""
    return f"{phone[:3]}****{phone[-4:]}"
