"""`issuers`: whose certificates count when signatures are checked. Not `trust`, which is about the browser."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.stamping import issuers as known
from hebca_helper.assistant.stamping.issuers import Issuer, Issuers, Origin
from hebca_helper.cli.files import reading
from hebca_helper.cli.program import Program
from hebca_helper.cli.terminal import CANCELLED
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.moments import beijing_text
from hebca_helper.pki.pem import LARGEST_BUNDLE
from hebca_helper.texts import tr

_ORIGINS = {Origin.PROGRAM: "随程序提供", Origin.ADMINISTRATOR: "由管理员设置", Origin.PERSON: "由您添加"}


def issuers(options: argparse.Namespace, program: Program) -> int:
    book = Issuers(program.home, told=program.on_problem)
    match options.action:
        case "add":
            return _add(options, program, book)
        case "remove":
            book.remove(options.fingerprint.replace(" ", "").replace(":", "").lower())
            print(tr("已删除"))
        case _:
            _list(book, as_json=options.json)
    return 0


def _list(book: Issuers, *, as_json: bool) -> None:
    found = book.listed()
    if as_json:
        print(json.dumps([_row(each) for each in found], ensure_ascii=False, indent=2))
        return
    print("\n\n".join(map(_text, found)) if found else tr("还没有信任的签发机构，用 hebca-helper issuers add 添加"))
    if book.locked:
        print(tr("签发机构由管理员统一设置"))


def _add(options: argparse.Namespace, program: Program, book: Issuers) -> int:
    """Of a file with several CAs the one whose fingerprint was given; each is shown, and asked for in the terminal."""
    if book.locked:
        raise HelperError(Code.ISSUERS_MANAGED)
    found = asyncio.run(_on_tokens(program)) if options.from_token else _in_file(options.file)
    if options.fingerprint is not None:
        chosen = next((each for each in found if known.agrees(each, options.fingerprint)), found[0])
        _added(book, chosen, options.fingerprint)
        return 0
    done = [_asked(book, each) for each in found]
    return 0 if any(done) else CANCELLED


def _asked(book: Issuers, certificate: Certificate) -> bool:
    print(_described(certificate))
    print(tr("请与签发机构公布的指纹（网站、电话或书面）逐组核对，不要只看本机显示的。"))
    print(tr("输入公布的指纹的最后 8 位，直接按回车则不添加: "), end="", flush=True)
    typed = sys.stdin.readline().strip()
    if typed:
        _added(book, certificate, typed)
    return bool(typed)


def _added(book: Issuers, certificate: Certificate, published: str) -> None:
    book.add(certificate, published)
    print(tr("已添加签发机构: {name}").format(name=visible_name(certificate.holder)))


async def _on_tokens(program: Program) -> list[Certificate]:
    async with program.core() as core:
        return await core.assistant.issuers_on_tokens()


def _in_file(path: str) -> list[Certificate]:
    with reading(path) as source:
        return known.issuers_in(source.read(LARGEST_BUNDLE + 1))


def _row(issuer: Issuer) -> dict[str, object]:
    certificate = issuer.certificate
    return {
        "name": certificate.holder,
        "issuer": certificate.issuer_name,
        "serial": certificate.serial_hex,
        "fingerprint": certificate.fingerprint,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "origin": issuer.origin,
    }


def _text(issuer: Issuer) -> str:
    return f"{_described(issuer.certificate)}\n  {tr(_ORIGINS[issuer.origin])}"


def _described(certificate: Certificate) -> str:
    span = tr("{first} 至 {last}")
    return "\n".join(
        [
            visible_name(certificate.holder),
            f"  {tr('颁发者')}: {visible_name(certificate.issuer_name)}",
            f"  {tr('有效期')}: "
            + span.format(first=beijing_text(certificate.not_before), last=beijing_text(certificate.not_after)),
            f"  SHA-256: {known.groups(certificate)}",
        ]
    )
