"""Questions as the assistant asks them, on real certificates of a practice CA."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image, ImageDraw

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.certificates.entries import Usage as AskedUsage
from hebca_helper.assistant.person.prompts import (
    ChooseCertificate,
    Confirm,
    ConfirmKind,
    Content,
    EnterPin,
    PinPurpose,
    Unsuitable,
)
from hebca_helper.errors import Code, HelperError
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


LONG_COMPANY = replace(
    COMPANY, name="张家口市桥东区演练建筑安装工程有限责任公司第十二项目管理部驻雄安新区办事处（筹备组）"
)
"""Names of units reach fifty characters."""
PATHS = "/home/clerk/文档/2026年11月工伤保险申报材料（盖章）.pdf\n/home/clerk/文档/申报材料.enc"
SUBJECTS = {
    ConfirmKind.STAMP: "营业执照副本.pdf",
    ConfirmKind.ONLINE_LOGIN: SITE.origin or "",
    ConfirmKind.READ_DATA: "hbgssh",
    ConfirmKind.WRITE_DATA: "hbgssh",
    ConfirmKind.DELETE_DATA: "hbgssh",
    ConfirmKind.GENERATE_KEY: COMPANY.name,
    ConfirmKind.IMPORT_CERTIFICATE: COMPANY.name,
    ConfirmKind.IMPORT_KEY_PAIR: COMPANY.name,
    ConfirmKind.RESET_PIN: "www.hebca.com",
    **dict.fromkeys(
        (ConfirmKind.ENCRYPT_FILE, ConfirmKind.DECRYPT_FILE, ConfirmKind.OVERWRITE_FILE, ConfirmKind.USE_FILE), PATHS
    ),
}
CONTENTS = {
    ConfirmKind.SIGN: "单位名称：演练科技有限公司\n险种：企业职工基本养老保险",
    ConfirmKind.SIGN_DOCUMENT: "<申报><单位>演练科技有限公司</单位><人数>12</人数></申报>",
    ConfirmKind.WRITE_DATA: "13070000",
    ConfirmKind.SEAL_HASH_BARE: "8c99a7cfab98ec4c960c5fcda7c168ad",
    ConfirmKind.SEAL_HASH: "8c99a7cfab98ec4c960c5fcda7c168ad",
}


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

    def wrong_pin(self) -> EnterPin:
        return replace(self.pin(PinState.FEW_LEFT, 3), problem=HelperError(Code.PIN_INCORRECT))

    def sign_with_pin(self) -> EnterPin:
        text = "".join(f"第 {line} 行：企业职工基本养老保险，单位编号 13070000{line:02}\n" for line in range(1, 30))
        return replace(self.pin(), content=content_of(text), kind=ConfirmKind.SIGN)

    def stamp_with_pin(self) -> EnterPin:
        return replace(self.pin(), kind=ConfirmKind.STAMP, subject=SUBJECTS[ConfirmKind.STAMP], picture=page_picture())

    def reset(self) -> EnterPin:
        locked = replace(TOKEN, pin_state=PinState.LOCKED)
        return EnterPin(SITE, PinPurpose.NEW, locked, self.entry(), subject="www.hebca.com")

    def long_pin(self) -> EnterPin:
        return replace(self.pin(), entry=self.entry(20, holder=LONG_COMPANY))

    def long_choice(self) -> ChooseCertificate:
        """More than the screen has room for."""
        entries = tuple(self.entry(40 + number, holder=LONG_COMPANY) for number in range(12))
        return ChooseCertificate(SITE, AskedUsage.SIGN, entries)

    def unsuitable_choice(self) -> ChooseCertificate:
        chosen = self.choice()
        gone = Unsuitable(self.entry(-12), Code.CERTIFICATE_EXPIRED)
        return replace(chosen, entries=chosen.entries[:1], unsuitable=(gone,))

    def connect(self, *, insecure: bool = False) -> Confirm:
        warning = "连接不安全：这个网站使用 http，途中任何人都可能冒充它。" if insecure else ""
        return Confirm(INSECURE_SITE if insecure else SITE, ConfirmKind.CONNECT, warning, may_remember=not insecure)

    def about(self, kind: ConfirmKind) -> Confirm:
        content = content_of(CONTENTS[kind]) if kind in CONTENTS else None
        asker = PERSON if kind in (ConfirmKind.INITIAL_PIN, ConfirmKind.WEAK_PIN) else SITE
        picture = page_picture() if kind is ConfirmKind.STAMP else b""
        subject = SUBJECTS.get(kind, "")
        return Confirm(
            asker, kind, entry=self.entry(), content=content, may_remember=False, subject=subject, picture=picture
        )


def content_of(text: str) -> Content:
    data = text.encode("gbk", errors="replace")
    return Content(text, len(data), hashlib.sha256(data).hexdigest())


@cache
def page_picture() -> bytes:
    """A sheet with a red stamp, as the document host draws it."""
    sheet = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(sheet)
    for line in range(12):
        pen.line((120, 200 + 90 * line, 1120, 200 + 90 * line), "#888888", 4)
    pen.ellipse((700, 1200, 1100, 1600), outline="#cc0000", width=16)
    written = io.BytesIO()
    sheet.save(written, "PNG")
    return written.getvalue()


def make_office(folder: Path, clock: Callable[[], datetime] = lambda: NOW) -> Office:
    return Office(PracticeCa.create(folder / "ca", clock))


def _public_key() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
