"""`sign` and `change-pin`: the same assistant operations as everywhere, asked in the terminal."""

from __future__ import annotations

import argparse
import base64
import json
from pathlib import Path

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.bridge.websocket.frames import encoded
from hebca_helper.cli.program import Core, Program
from hebca_helper.cli.prompts import TerminalPrompts
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr


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
    try:
        return Path(options.file).read_bytes()
    except OSError as problem:
        raise HelperError(Code.FILE_UNREADABLE, f"{options.file}: {problem.strerror}") from None


async def choose_entry(core: Core, person: Connection, serial: str | None) -> CertificateEntry:
    """The signing certificate with this hexadecimal serial number; without one the only one, or the person's choice."""
    if serial is None:
        return await core.assistant.choose(person, Usage.SIGN)
    wanted = serial.lower().lstrip("0")
    for entry in await core.assistant.entries(person, Usage.SIGN, all_of_them=True):
        if entry.certificate.serial_hex == wanted:
            return entry
    raise HelperError(Code.NO_CERTIFICATE, serial)


async def _change_pin(options: argparse.Namespace, core: Core, person: Connection) -> None:
    tokens = await core.assistant.tokens()
    wanted = [token for token in tokens if options.token in (None, token.id)]
    if len(wanted) > 1:
        raise HelperError(Code.BAD_REQUEST, tr("有多个 USBKEY，请用 --token 指定"))
    if not wanted:
        raise HelperError(Code.NO_CERTIFICATE)
    await core.assistant.change_pin(person, wanted[0].id)
    print(tr("证书密码已修改"))
