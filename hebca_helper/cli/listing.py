"""`tokens` and `certificates`: what is plugged in, for people and for scripts."""

from __future__ import annotations

import argparse
from typing import Any

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.certificates.row import certificate_row
from hebca_helper.cli.program import Core, Program
from hebca_helper.cli.terminal import tell_rows
from hebca_helper.pki.moments import beijing_text
from hebca_helper.texts import tr
from hebca_helper.tokens.model import PinState, TokenInfo

PIN_STATES = {
    PinState.FINE: "正常",
    PinState.FEW_LEFT: "剩余次数不多",
    PinState.LAST_TRY: "只剩最后一次",
    PinState.LOCKED: "已锁定",
}


async def listing(options: argparse.Namespace, program: Program) -> int:
    """One JSON array with --json, else a paragraph for each."""
    async with program.core() as core:
        if options.command == "tokens":
            rows, texts = _tokens(await core.assistant.tokens())
        else:
            rows, texts = _certificates(await _entries(core))
        texts += [str(problem) for problem in await core.assistant.inventory.problems()]
    if options.json:
        tell_rows(rows)
    else:
        print("\n\n".join(texts) if texts else tr("没有找到 USBKEY，请插入后重试"))
    return 0


async def _entries(core: Core) -> list[CertificateEntry]:
    person = core.assistant.connect(Asker(Channel.TERMINAL))
    return await core.assistant.entries(person, all_of_them=True)


def _tokens(tokens: list[TokenInfo]) -> tuple[list[dict[str, Any]], list[str]]:
    rows = [
        {
            "id": token.id,
            "driver": token.driver,
            "label": token.label,
            "serial": token.serial,
            "model": token.model,
            "manufacturer": token.manufacturer,
            "pin_state": token.pin_state,
            "tries_left": token.tries_left,
            "practice": token.practice,
        }
        for token in tokens
    ]
    return rows, [_token_text(token) for token in tokens]


def _token_text(token: TokenInfo) -> str:
    left = "" if token.tries_left is None else tr("，还可尝试 {n} 次").format(n=token.tries_left)
    mark = tr("（演练）") if token.practice else ""
    return "\n".join(
        [
            f"{visible_name(token.label)}{mark}  {token.id}",
            f"  {tr('型号')}: {visible_name(f'{token.manufacturer} {token.model}')}  {tr('序列号')}: {token.serial}",
            f"  {tr('密码')}: {tr(PIN_STATES[token.pin_state])}{left}",
        ]
    )


def _certificates(entries: list[CertificateEntry]) -> tuple[list[dict[str, Any]], list[str]]:
    return [certificate_row(entry) for entry in entries], [_certificate_text(entry) for entry in entries]


def _certificate_text(entry: CertificateEntry) -> str:
    certificate = entry.certificate
    usages = [text for text, serves in ((tr("签名"), certificate.signs), (tr("加密"), certificate.encrypts)) if serves]
    marks = [text for text, on in ((tr("演练"), entry.practice), (tr("已被新证书代替"), entry.replaced)) if on]
    return "\n".join(
        [
            f"{entry.holder}  [{tr('、').join([*usages, *marks])}]",
            f"  {tr('唯一标识')}: {visible_name(certificate.unique_id)}  {tr('统一社会信用代码')}: {certificate.credit_code or '-'}",
            f"  {tr('序列号')}: {certificate.serial_hex}  {tr('颁发者')}: {visible_name(certificate.issuer_name)}",
            f"  {tr('有效期至')}: {beijing_text(certificate.not_after)}  {_days_text(entry)}",
        ]
    )


def _days_text(entry: CertificateEntry) -> str:
    if entry.days_left < 0:
        return tr("已过期，请在 www.hebca.com 办理老用户延期")
    return tr("还有 {n} 天").format(n=entry.days_left)
