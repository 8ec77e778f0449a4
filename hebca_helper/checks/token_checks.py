"""USBKEY, PIN, certificates, and the clock they are judged by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.checks.model import Check, Group, Seen, fine, not_applicable, problem, warning
from hebca_helper.checks.surroundings import Surroundings
from hebca_helper.errors import Code
from hebca_helper.pki.certificates import validity
from hebca_helper.pki.moments import RENEW_DAYS, Validity, beijing_text
from hebca_helper.texts import tr
from hebca_helper.tokens.model import PinState, TokenInfo

WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
"""This program did not exist before: a clock that says so is wrong."""
UNBELIEVABLE = datetime(2080, 1, 1, tzinfo=UTC)

_PIN_CODES = {
    PinState.LOCKED: Code.PIN_LOCKED,
    PinState.LAST_TRY: Code.PIN_LAST_TRY,
    PinState.FEW_LEFT: Code.PIN_FEW_LEFT,
}


def _look_for_tokens(surroundings: Surroundings) -> Iterator[Seen]:
    picture = surroundings.picture
    if picture.problem is not None:
        yield problem(picture.problem.code, picture.problem.detail)
        return
    unusable = [each for each in picture.unusable if each.code is not Code.CERTIFICATE_UNREADABLE]
    if picture.tokens:
        yield fine(tr("、").join(_name(token) for token in picture.tokens))
    elif not unusable:
        yield problem(Code.NO_CERTIFICATE, tr("没有插入 USBKEY"))
    for each in unusable:
        yield problem(each.code, each.detail)


def _look_at_pins(surroundings: Surroundings) -> Iterator[Seen]:
    tokens = surroundings.picture.tokens
    if not tokens:
        yield not_applicable(tr("没有插入 USBKEY"))
    for token in tokens:
        yield _pin(token, _name(token) if len(tokens) > 1 else "")


def _pin(token: TokenInfo, name: str) -> Seen:
    left = "" if not token.tries_left else tr("还可以试 {count} 次").format(count=token.tries_left)
    code = _PIN_CODES.get(token.pin_state)
    if code is None:
        return fine(left, name=name)
    return warning(code, left, name=name) if code is Code.PIN_FEW_LEFT else problem(code, left, name=name)


def _look_at_certificates(surroundings: Surroundings) -> Iterator[Seen]:
    picture = surroundings.picture
    if not picture.tokens:
        yield not_applicable(tr("没有插入 USBKEY"))
        return
    entries = [entry for entry in picture.entries if not entry.replaced]
    unreadable = [each for each in picture.unusable if each.code is Code.CERTIFICATE_UNREADABLE]
    if not entries and not unreadable:
        yield problem(Code.TOKEN_WITHOUT_CERTIFICATE)
    valid = any(entry.validity is Validity.VALID for entry in entries)
    for pair in _issued_together(entries):
        yield _certificates(pair, picture.revoked, valid)
    if replaced := len(picture.entries) - len(entries):
        yield fine(tr("另有 {count} 张旧证书已被新证书代替").format(count=replaced))
    for each in unreadable:
        yield problem(each.code, each.detail)


def _issued_together(entries: Sequence[CertificateEntry]) -> list[list[CertificateEntry]]:
    """Signing and encryption certificates that one renewal made: one state, one thing to do."""
    pairs: dict[tuple[object, ...], list[CertificateEntry]] = {}
    for entry in entries:
        key = (entry.certificate.holder, entry.token.id, entry.certificate.not_before, entry.certificate.not_after)
        pairs.setdefault(key, []).append(entry)
    return list(pairs.values())


def _certificates(pair: Sequence[CertificateEntry], revoked: Collection[str], another_is_valid: bool) -> Seen:
    entry = pair[0]
    certificate = entry.certificate
    usages = tr("、").join(_usage(each) for each in pair)
    dates = [beijing_text(moment)[:10] for moment in (certificate.not_before, certificate.not_after)]
    words = {"holder": certificate.holder, "usages": usages, "begin": dates[0], "end": dates[1]}
    until = tr("{holder}：{usages}有效期至 {end}").format(**words)
    left = tr("{until}，还有 {days} 天").format(until=until, days=entry.days_left)
    if any(each.certificate.fingerprint in revoked for each in pair):
        return problem(Code.CERTIFICATE_REVOKED, until)
    if entry.validity is Validity.EXPIRED:
        return problem(Code.CERTIFICATE_EXPIRED, tr("{holder}：{usages}已于 {end} 到期").format(**words))
    if entry.validity is Validity.NOT_YET_VALID:
        begins = tr("{holder}：{usages}自 {begin} 起有效").format(**words)
        return fine(begins) if another_is_valid else problem(Code.CERTIFICATE_NOT_YET_VALID, begins)
    if entry.days_left < RENEW_DAYS:
        return warning(Code.CERTIFICATE_EXPIRING, left)
    return fine(left)


def _usage(entry: CertificateEntry) -> str:
    certificate = entry.certificate
    if certificate.signs == certificate.encrypts:
        return tr("签名和加密证书")
    return tr("签名证书") if certificate.signs else tr("加密证书")


def _look_at_seals(surroundings: Surroundings) -> Iterator[Seen]:
    picture = surroundings.picture
    if not picture.tokens:
        yield not_applicable(tr("没有插入 USBKEY"))
    elif picture.seals_problem is not None:
        yield problem(picture.seals_problem.code, picture.seals_problem.detail)
    elif not picture.seals:
        yield warning(Code.NO_SEAL)
    for seal in picture.seals:
        name, wrong = visible_name(seal.name), seal.problem
        yield fine(tr("可以使用"), name=name) if wrong is None else problem(wrong.code, wrong.detail, name=name)


def _look_at_clock(surroundings: Surroundings) -> Iterator[Seen]:
    now = surroundings.clock()
    told = tr("现在是北京时间 {time}").format(time=beijing_text(now))
    entries = surroundings.picture.entries
    begins = [entry.certificate.not_before for entry in entries]
    # Of two certificates the next may begin later; where none is valid yet, the clock is likelier to be wrong.
    valid = any(validity(entry.certificate, now) is Validity.VALID for entry in entries)
    if (not valid and now < max(begins, default=WRITTEN)) or not WRITTEN <= now < UNBELIEVABLE:
        yield problem(Code.CLOCK_WRONG, told)
    else:
        yield fine(told)


def _name(token: TokenInfo) -> str:
    return token.label.strip() or token.model.strip() or token.serial


TOKEN_CHECKS = (
    Check("token", Group.TOKENS, "USBKEY", _look_for_tokens),
    Check("pin", Group.TOKENS, "证书密码", _look_at_pins),
    Check("certificates", Group.TOKENS, "证书有效期", _look_at_certificates),
    Check("seals", Group.TOKENS, "印章", _look_at_seals),
    Check("clock", Group.TOKENS, "日期和时间", _look_at_clock),
)
