"""From an empty slot to a practice USBKEY: token, key pairs made inside it, certificates, data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hebca_helper.pki.certificates import Certificate
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.extensions import Usage
from hebca_helper.practice.names import Holder
from hebca_helper.practice.record import MadeCertificate, MadeToken
from hebca_helper.practice.scenarios import Period, Scenario, SealPlan
from hebca_helper.tokens.discovery import ModulePlace
from hebca_helper.tokens.messages import KeyPairKind
from hebca_helper.tokens.service import TokenService

PRACTICE_PIN = "123456"
PRACTICE_SO_PIN = "12345678"
LABEL = "演练USBKEY"
TAX_NUMBER_OBJECT = "hbgssh"
"""Data object that tax portals read (resources/protocol.md, section 2, ReadDataText); its text is the tax number."""
PICTURE_OBJECT = "signpic"
"""Data object with the picture of the seal (resources/protocol.md, section 8)."""

_KEY_IDS = {Usage.SIGN: b"\x01", Usage.ENCRYPT: b"\x02"}
_TITLES = {Usage.SIGN: "签名证书", Usage.ENCRYPT: "加密证书"}


@dataclass(frozen=True, slots=True)
class Personaliser:
    """Makes tokens through one service. `periods` are those of the certificates of each key, oldest first."""

    service: TokenService
    module: ModulePlace
    ca: PracticeCa
    kind: KeyPairKind
    periods: Sequence[Period]

    async def make(self, holder: Holder, scenario: Scenario, number: int) -> MadeToken:
        """Token `number` (from 1) of `holder`, logged out again."""
        label = LABEL if number == 1 else f"{LABEL}-{number}"
        token = await self.service.initialise(self.module, label, PRACTICE_SO_PIN, PRACTICE_PIN)
        await self.service.login(token.id, PRACTICE_PIN)
        issued = [item for usage in Usage for item in await self._certified_key(token.id, holder, usage)]
        if scenario.seals:
            await self.service.write_data(token.id, TAX_NUMBER_OBJECT, False, holder.credit_code.encode())
            await self._write_seals(token.id, holder, scenario.seals, issued[0].certificate)
        await self.service.logout(token.id)
        return MadeToken(token.label, token.serial, holder.name, tuple(_made(item) for item in issued))

    async def _certified_key(self, token_id: str, holder: Holder, usage: Usage) -> list[_Issued]:
        key_id, label = _KEY_IDS[usage], f"{holder.name}{_TITLES[usage]}"
        spki = await self.service.generate_key_pair(token_id, self.kind, key_id, label)
        issued = []
        for period in self.periods:
            der = self.ca.issue(spki, holder, usage, period.not_before, period.not_after)
            await self.service.write_certificate(token_id, der, key_id, label)
            issued.append(_Issued(usage, Certificate.parse(der)))
        return issued

    async def _write_seals(
        self, token_id: str, holder: Holder, plans: Sequence[SealPlan], certificate: Certificate
    ) -> None:
        """Seals were made for the first signing certificate: after a renewal they still list the old one."""
        from hebca_helper.practice.seal_maker import practice_seal

        for plan in reversed(plans):  # the picture of the first one stays
            made = practice_seal(self.ca, holder, plan, certificate.der, certificate.not_before)
            await self.service.write_data(token_id, plan.label, False, made.seal)
            await self.service.write_data(token_id, PICTURE_OBJECT, False, made.picture)


@dataclass(frozen=True, slots=True)
class _Issued:
    usage: Usage
    certificate: Certificate


def _made(issued: _Issued) -> MadeCertificate:
    certificate = issued.certificate
    return MadeCertificate(
        issued.usage.name.lower(), certificate.serial_hex, certificate.fingerprint, certificate.not_after.isoformat()
    )
