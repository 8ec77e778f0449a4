"""单位绑定 and CA 绑定: one certificate, one account, one 单位编号, both ways (manual 1, section 3)."""

from __future__ import annotations

import sqlite3

from hebca_helper.practice.hall.refusals import HallError, Reason
from hebca_helper.practice.hall.sessions import Shown
from hebca_helper.practice.hall.store import Account, Store
from hebca_helper.texts import tr


class Bindings:
    def __init__(self, store: Store) -> None:
        self._store = store

    def bind_unit(self, account: Account, number: str, legal_person: str, legal_id_number: str) -> None:
        """Give the account its unit. The three texts must be those of the same unit."""
        if account.unit is not None:
            text = tr("本账户已绑定单位 {unit}。每个账户只能绑定一个单位编号，其他单位编号请另注册账户。")
            raise HallError(Reason.UNIT_ALREADY_BOUND, text.format(unit=account.unit), field="number")
        row = self._store.row("SELECT * FROM unit WHERE number = ?", number)
        if row is None:
            raise HallError(Reason.UNIT_UNKNOWN, tr("没有这个单位编号，请核对后重新输入"), field="number")
        if (row["legal_person"], row["legal_id_number"]) != (legal_person, legal_id_number):
            text = tr("法人姓名或身份证号码与该单位登记的不一致")
            raise HallError(Reason.FIELD_WRONG, text, field="legal_person")
        self._set("unit", number, account, self._unit_taken)

    def bind_certificate(self, account: Account, certificate: Shown) -> None:
        """Give the account its certificate, by its unique id: a renewed certificate keeps it and stays bound."""
        if account.unit is None:
            raise HallError(Reason.UNIT_FIRST, tr("请先完成单位绑定，再做 CA 绑定"))
        if account.certificate_id == certificate.unique_id:
            text = tr("这张证书已经与本账户绑定，可以直接用 CA 证书登录。")
            raise HallError(Reason.CERTIFICATE_ALREADY_BOUND, text)
        if account.certificate_id is not None:
            text = tr("本账户已绑定另一张证书（{id}）。每个账户只能绑定一张证书，更换证书请先解除绑定。")
            raise HallError(Reason.CERTIFICATE_ALREADY_BOUND, text.format(id=account.certificate_id))
        self._set("certificate_id", certificate.unique_id, account, self._certificate_taken)

    def unbind_certificate(self, account: Account) -> None:
        self._store.run("UPDATE account SET certificate_id = NULL WHERE id = ?", account.id)

    def _set(self, column: str, value: str, account: Account, taken: HallError) -> None:
        try:
            changed = self._store.run(
                f"UPDATE account SET {column} = ? WHERE id = ? AND {column} IS NULL",  # noqa: S608 a fixed name
                value,
                account.id,
            )
        except sqlite3.IntegrityError:
            raise taken from None
        if not changed.rowcount:
            raise taken

    @property
    def _unit_taken(self) -> HallError:
        text = tr("该单位编号已被其他账户绑定。一个单位编号只能绑定一个账户。")
        return HallError(Reason.UNIT_TAKEN, text, field="number")

    @property
    def _certificate_taken(self) -> HallError:
        text = tr("这张证书已绑定其他账户。每个 CA 证书只能绑定一个账户；请使用该账户登录，或更换证书。")
        return HallError(Reason.CERTIFICATE_TAKEN, text)
