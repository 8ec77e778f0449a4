"""Questions as the assistant asks them, on real certificates of a practice CA."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hebca_helper.assistant.asking import Asker, Channel
from hebca_helper.assistant.entries import CertificateEntry
from hebca_helper.assistant.entries import Usage as AskedUsage
from hebca_helper.assistant.prompts import ChooseCertificate, Confirm, ConfirmKind, Content, EnterPin, PinPurpose
from hebca_helper.pki.certificates import Certificate, days_left, validity
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.extensions import Usage
from hebca_helper.practice.names import COMPANY, OTHER_COMPANY, Holder
from hebca_helper.tokens.model import PinState, TokenInfo

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SITE = Asker(Channel.CERTIFICATE_SERVICE, "https://rsj.zjk.gov.cn")
INSECURE_SITE = Asker(Channel.CERTIFICATE_SERVICE, "http://111.62.46.105:9010")
PERSON = Asker(Channel.WINDOW)
TOKEN = TokenInfo(
    id="longmai:9F0012AB34",
    driver="longmai",
    label="河北CA USBKEY",
    serial="9F0012AB34",
    model="mToken K5",
    manufacturer="Longmai",
    pin_state=PinState.FINE,
    tries_left=None,
    practice=False,
    protected_path=False,
)


@dataclass(frozen=True)
class Office:
    """Issues certificates whose days left are chosen, and asks questions about them."""

    ca: PracticeCa

    def entry(
        self,
        days: int = 200,
        *,
        holder: Holder = COMPANY,
        token: TokenInfo = TOKEN,
        usage: Usage = Usage.SIGN,
        replaced: bool = False,
        practice: bool = False,
    ) -> CertificateEntry:
        not_after = (NOW + timedelta(days=days)).replace(hour=15, minute=59, second=59)
        der = self.ca.issue(_public_key(), holder, usage, not_after - timedelta(days=730), not_after)
        certificate = Certificate.parse(der)
        valid, left = validity(certificate, NOW), days_left(certificate, NOW)
        return CertificateEntry(token, certificate, b"\x01", True, valid, left, replaced, practice)

    def pin(self, state: PinState = PinState.FINE, left: int | None = None, days: int = 200) -> EnterPin:
        token = replace(TOKEN, pin_state=state, tries_left=left)
        return EnterPin(SITE, PinPurpose.LOGIN, token, self.entry(days, token=token))

    def practice_pin(self) -> EnterPin:
        token = replace(TOKEN, practice=True, label="演练USBKEY")
        return EnterPin(SITE, PinPurpose.LOGIN, token, self.entry(token=token, practice=True))

    def change(self) -> EnterPin:
        return EnterPin(PERSON, PinPurpose.CHANGE, TOKEN, self.entry())

    def unblock(self) -> EnterPin:
        return EnterPin(PERSON, PinPurpose.UNBLOCK, replace(TOKEN, pin_state=PinState.LOCKED), self.entry())

    def choice(self) -> ChooseCertificate:
        second = replace(TOKEN, id="longmai:2", serial="9F0077CC01", label="财务 USBKEY")
        entries = (self.entry(), self.entry(20, holder=OTHER_COMPANY, token=second), self.entry(-12, token=second))
        return ChooseCertificate(SITE, AskedUsage.SIGN, entries)

    def connect(self, *, insecure: bool = False) -> Confirm:
        warning = "连接不安全：这个网站使用 http，途中任何人都可能冒充它。" if insecure else ""
        return Confirm(INSECURE_SITE if insecure else SITE, ConfirmKind.CONNECT, warning, may_remember=not insecure)

    def about(self, kind: ConfirmKind) -> Confirm:
        content = (
            content_of("单位名称：演练科技有限公司\n险种：企业职工基本养老保险") if kind is ConfirmKind.SIGN else None
        )
        asker = PERSON if kind in (ConfirmKind.INITIAL_PIN, ConfirmKind.WEAK_PIN) else SITE
        return Confirm(asker, kind, entry=self.entry(), content=content, may_remember=False)


def content_of(text: str) -> Content:
    data = text.encode("gbk", errors="replace")
    return Content(text, len(data), hashlib.sha256(data).hexdigest())


def make_office(folder: Path, clock: Callable[[], datetime] = lambda: NOW) -> Office:
    return Office(PracticeCa.create(folder / "ca", clock))


def _public_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
