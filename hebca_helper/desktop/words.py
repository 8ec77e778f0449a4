"""Certificates, tokens and PIN states in the words of the window. No Qt in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.pki.moments import RENEW_DAYS, URGENT_DAYS, Validity, beijing_text
from hebca_helper.texts import tr
from hebca_helper.tokens.model import PinState, TokenInfo

if TYPE_CHECKING:
    from hebca_helper.assistant.certificates.entries import CertificateEntry
    from hebca_helper.assistant.stamping.chain_states import Chain

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Told:
    """`short` for a badge, `text` whole with what to do (empty when all is well); `level` good, amber, red or grey."""

    short: str
    text: str
    level: str


def validity(entry: CertificateEntry) -> Told:
    """How long a certificate is valid and what to do about it."""
    if entry.validity is Validity.NOT_YET_VALID:
        text = tr("证书自 {date} 起有效。那一天已过的，请核对电脑的日期和时间。")
        return Told(tr("尚未生效"), text.format(date=beijing_text(entry.certificate.not_before)[:10]), "amber")
    if entry.replaced:
        return Told(tr("已被新证书代替"), tr("同一密钥已有更新的证书，办理业务时使用新证书，这一张无需处理。"), "grey")
    if entry.validity is Validity.EXPIRED:
        text = tr("证书已过期 {days} 天，不能再登录和签章。请办理“老用户延期”。")
        return Told(tr("已过期"), text.format(days=-entry.days_left), "red")
    return _valid(entry.days_left)


def _valid(days: int) -> Told:
    short = tr("还剩 {days} 天").format(days=days)
    if days <= URGENT_DAYS:
        return Told(
            short, tr("证书还有 {days} 天到期。请尽快办理“老用户延期”，以免影响申报。").format(days=days), "red"
        )
    if days <= RENEW_DAYS:
        return Told(short, tr("证书还有 {days} 天到期，可以办理“老用户延期”了。").format(days=days), "amber")
    return Told(short, "", "good")


def chain(found: Chain | None) -> Told:
    """What is known of the issuer; None where it could not be found out."""
    if found is None:
        return Told(tr("这次没有核对成"), "", "grey")
    path = " ← ".join(found.names)
    lists = tr("，未吊销") if found.revocation_known else ""
    said = {
        "trusted": Told(tr("可信{lists}：{path}").format(lists=lists, path=path), "", "good"),
        "practice": Told(
            tr("演练机构签发{lists}，只能用于练习：{path}").format(lists=lists, path=path), "", "practice"
        ),
        "issuer-unknown": Told(tr("本程序中没有颁发机构的证书，不能核对；由办事网站核对"), "", "grey"),
        "not-trusted": Told(
            tr("颁发机构的证书不可用：{path}").format(path=path),
            tr("颁发机构的证书已失效或无权签发，办事网站可能不接受这张证书。请联系客服 400-707-3355。"),
            "red",
        ),
        "revoked": Told(
            tr("已吊销：{path}").format(path=path),
            tr("证书已吊销，不能再使用。请在 www.hebca.com 重新申请证书。"),
            "red",
        ),
        "forged": Told(
            tr("签发者的签名不对"), tr("这张证书不是它所写的机构签发的，请不要使用，并联系客服 400-707-3355。"), "red"
        ),
    }
    return said[found.state]


def usage(entry: CertificateEntry) -> str:
    signs, encrypts = entry.certificate.signs, entry.certificate.encrypts
    if signs and encrypts:
        return tr("签名和加密证书")
    return tr("签名证书") if signs else tr("加密证书") if encrypts else tr("其他用途的证书")


def tries(token: TokenInfo) -> Told:
    """How many PINs may still be tried."""
    if token.pin_state is PinState.LOCKED:
        text = tr("证书密码已锁定。有解锁码的在“我的证书”中点“解锁”，没有的在 www.hebca.com 办理“重置证书密码”。")
        return Told(tr("密码已锁定"), text, "red")
    if token.pin_state is PinState.LAST_TRY:
        return Told(tr("最后 1 次机会"), tr("只剩最后 1 次机会，再输错一次密码就会锁定。"), "red")
    if token.pin_state is PinState.FEW_LEFT:
        return Told(tr("密码曾输错"), _few(token.tries_left), "amber")
    left = "" if token.tries_left is None else tr("还可以输错 {count} 次").format(count=token.tries_left)
    return Told(tr("密码正常"), left, "good")


def _few(left: int | None) -> str:
    if left is None:
        return tr("密码曾经输错，剩余次数不多。连续输错会锁定，请确认后再输入。")
    return tr("密码曾经输错，还可以试 {count} 次，用完会锁定。请确认后再输入。").format(count=left)


def holders(entries: Sequence[CertificateEntry]) -> str:
    """Names of the holders, each once; of many the first."""
    names = list(dict.fromkeys(entry.holder for entry in entries))
    if len(names) > MOST_NAMES:
        return tr("{name} 等 {count} 个持有人").format(name=names[0], count=len(names))
    return tr("、").join(names)


def most_urgent(entries: Sequence[CertificateEntry]) -> CertificateEntry | None:
    """The certificate in use that ends first; of a token that holds replaced ones only, the last of these."""
    current = [entry for entry in entries if not entry.replaced] or list(entries)
    return min(current, key=lambda entry: entry.days_left, default=None)


def token_name(token: TokenInfo) -> str:
    return visible_name(token.label.strip() or token.model.strip()) or "USBKEY"


def size_text(size: int) -> str:
    """Bytes, in the unit a person would use."""
    if size < 1024:
        return tr("{count} 字节").format(count=size)
    return tr("{count} KB（{bytes} 字节）").format(count=f"{size / 1024:.1f}", bytes=f"{size:,}")
