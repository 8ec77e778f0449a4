"""`sign` and `change-pin`: the same assistant operations as everywhere, asked in the terminal."""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Mapping
from typing import TypeVar

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.bridge.websocket.frames import encoded
from hebca_helper.cli.files import whole
from hebca_helper.cli.program import Core, Program
from hebca_helper.cli.prompts import TerminalPrompts
from hebca_helper.cli.terminal import tell
from hebca_helper.documents import LARGEST_FILE
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate, validity
from hebca_helper.pki.moments import Validity, beijing_text
from hebca_helper.texts import named, tr

T = TypeVar("T")
_NOT_VALID = {
    Validity.EXPIRED: Code.CERTIFICATE_EXPIRED,
    Validity.NOT_YET_VALID: Code.CERTIFICATE_NOT_YET_VALID,
}


async def keys(options: argparse.Namespace, program: Program) -> int:
    async with program.core() as core:
        core.assistant.prompts = TerminalPrompts()
        person = core.assistant.connect(Asker(Channel.TERMINAL))
        try:
            if options.command == "sign":
                await _sign(options, core, person)
            else:
                await _change_pin(options, core, person)
        finally:
            await core.assistant.close(person)
    return 0


async def _sign(options: argparse.Namespace, core: Core, person: Connection) -> None:
    entry = await choose_entry(core, person, options.certificate)
    data = _bytes(options, core)
    signature = base64.b64encode(await core.assistant.sign(person, entry, data, text=options.text)).decode()
    certificate = base64.b64encode(entry.certificate.der).decode()
    print(json.dumps({"signature": signature, "certificate": certificate}) if options.json else signature)


def _bytes(options: argparse.Namespace, core: Core) -> bytes:
    if options.text is not None:
        return encoded(options.text, core.settings.text_encoding)
    return whole(options.file, LARGEST_FILE)


async def choose_entry(core: Core, person: Connection, serial: str | None) -> CertificateEntry:
    """The signing certificate with this hexadecimal serial number; without one the only one, or the person's choice. One
    that is not valid now is taken with a warning."""
    entry = await _entry(core, person, serial)
    warn_of(entry.certificate)
    return entry


def warn_of(certificate: Certificate) -> None:
    """Told on standard error: nobody is kept from using it, whoever reads the result may refuse it."""
    code = _NOT_VALID.get(validity(certificate, utc_now()))
    if code is not None:
        dates = (beijing_text(each)[:10] for each in (certificate.not_before, certificate.not_after))
        tell(HelperError(code, named(certificate.holder, " – ".join(dates))))


async def _entry(core: Core, person: Connection, serial: str | None) -> CertificateEntry:
    if serial is None:
        return await core.assistant.choose(person, Usage.SIGN)
    entries = await core.assistant.entries(person, Usage.SIGN, all_of_them=True)
    if not entries:
        raise await core.assistant.inventory.nothing()
    found = {entry.certificate.serial_hex: entry for entry in entries}
    return one_of(found, serial.lower().lstrip("0") or "0", tr("证书序列号"))


def one_of(found: Mapping[str, T], wanted: str, what: str) -> T:
    """HelperError(BAD_REQUEST) that names those that are there."""
    if wanted not in found:
        told = tr("没有这个{what}：{wanted}，现有 {found}")
        raise HelperError(Code.BAD_REQUEST, told.format(what=what, wanted=wanted, found=tr("、").join(found)))
    return found[wanted]


async def _change_pin(options: argparse.Namespace, core: Core, person: Connection) -> None:
    tokens = {token.id: token for token in await core.assistant.tokens()}
    if not tokens:
        raise HelperError(Code.NO_CERTIFICATE)
    if options.token is None and len(tokens) > 1:
        told = tr("有多个 USBKEY，请用 --token 指定：{found}")
        raise HelperError(Code.BAD_REQUEST, told.format(found=tr("、").join(tokens)))
    token = one_of(tokens, options.token or next(iter(tokens)), tr("USBKEY 编号"))
    await core.assistant.change_pin(person, token.id)
    print(tr("证书密码已修改"))
