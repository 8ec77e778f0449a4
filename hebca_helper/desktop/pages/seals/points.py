"""What was checked of a seal, each point in words of the window. No Qt in here."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.errors import Code
from hebca_helper.pki.moments import beijing
from hebca_helper.seals.words import Standing, State, Trust, Verdict
from hebca_helper.texts import bracketed, tr

if TYPE_CHECKING:
    from datetime import datetime

    from hebca_helper.assistant.stamping.seals import TokenSeal
    from hebca_helper.documents.report import Certificate, Seal, TimeStamp


class Point(NamedTuple):
    """`level` is good, amber or red."""

    level: str
    title: str
    text: str


def points(seal: TokenSeal) -> list[Point]:
    """Structure, maker's signature, maker's certificate, validity now, signer in the list."""
    if seal.report is None:
        why = seal.problem.detail if seal.problem is not None else ""
        return [Point("red", tr("印章数据"), why or tr("已损坏，无法读取"))]
    return [*of_seal(seal.report), _signer(seal)]


def of_seal(seal: Seal) -> list[Point]:
    """The same of a seal that is on no token: without the signer's certificate nothing is said of who may use it."""
    return [_structure(seal), _signature(seal), _maker(seal), _period(seal), *_time_stamp(seal.details.stamp)]


def state(seal: TokenSeal) -> Point:
    """The verdict on top: `title` for a badge, `text` with what to do."""
    if seal.problem is None and seal.verdict is Verdict.UNIDENTIFIED:
        return Point("amber", tr("可以使用，制章人身份未核实"), "")
    if seal.problem is None:
        return Point("good", tr("检查通过"), "")
    short = {
        Code.SEAL_NEEDS_RENEWAL: tr("印章需更新"),
        Code.SEAL_EXPIRED: tr("印章已过期"),
        Code.SEAL_NOT_YET_VALID: tr("尚未生效"),
        Code.SEAL_NOT_SIGNERS: tr("与证书不符"),
        Code.SEAL_UNCHECKED: tr("不能确定"),
        Code.SEAL_UNREADABLE: tr("印章已损坏"),
        Code.NOT_SUPPORTED: tr("图片无法显示"),
    }
    amber = (Code.SEAL_NEEDS_RENEWAL, Code.SEAL_UNCHECKED, Code.SEAL_NOT_YET_VALID, Code.NOT_SUPPORTED)
    level = "amber" if seal.problem.code in amber else "red"
    return Point(level, short.get(seal.problem.code, tr("检查未通过")), str(seal.problem))


def kind(seal: Seal) -> str:
    """The standard names two kinds; others are makers' own numbers."""
    named = {1: tr("单位印章"), 2: tr("个人印章")}
    number = seal.details.type
    return named.get(number) or tr("其他（类型 {number}）").format(number=number)


def day(moment: datetime) -> str:
    return f"{beijing(moment):%Y-%m-%d}"


def _structure(seal: Seal) -> Point:
    standards = {"2014": "GM/T 0031-2014", "2020": "GB/T 38540-2020", "2025": "GM/T 0031-2025"}
    said = tr("完整，符合 {standard}").format(standard=standards[seal.version])
    return Point("good", tr("数据结构"), said)


def _signature(seal: Seal) -> Point:
    level, said = {
        State.VALID: ("good", tr("有效，印章制作后没有被改动")),
        State.INVALID: ("red", tr("无效，印章被改动过或是伪造的")),
        State.UNKNOWN: ("amber", tr("无法核对，签名算法或证书不认识")),
    }[seal.signature]
    return Point(level, tr("制章人签名"), said)


def _maker(seal: Seal) -> Point:
    title, maker = tr("制章人证书"), seal.details.maker
    if maker is None:
        return Point("amber", title, tr("无法读取"))
    if maker.forged:
        return Point("red", title, tr("是伪造的"))
    if not maker.signs:
        return Point("red", title, tr("不能用于签名"))
    if maker.standing is Standing.REVOKED:
        return Point("red", title, tr("已被吊销"))
    return _maker_trust(title, maker)


def _maker_trust(title: str, maker: Certificate) -> Point:
    level, trust = {
        Trust.TRUSTED: ("good", tr("由信任的机构签发")),
        Trust.UNTRUSTED: ("red", tr("不是由信任的机构签发的")),
        Trust.UNKNOWN: ("amber", tr("签发机构没有核对")),
    }[maker.trust]
    later = {Standing.EXPIRED: tr("，制章后已过期"), Standing.NOT_YET_VALID: tr("，尚未生效")}.get(maker.standing, "")
    return Point(level, title, tr("，").join((visible_name(maker.holder), trust)) + later)


def _period(seal: Seal) -> Point:
    level, said = {
        Standing.VALID: ("good", tr("在有效期内")),
        Standing.EXPIRED: ("red", tr("已过有效期")),
        Standing.NOT_YET_VALID: ("red", tr("还没有到生效时间")),
    }.get(seal.period, ("amber", tr("无法核对")))
    span = tr("{first} 至 {last}").format(first=day(seal.valid_from), last=day(seal.valid_to))
    return Point(level, tr("有效期"), bracketed(said, span))


def _time_stamp(found: TimeStamp) -> list[Point]:
    """Seals of 2025 may have one; nothing of the seal is judged at its time."""
    if found.time_stamp is None:
        return []
    at, service = found.time_stamp_at, found.time_stamp_service
    beside = tr("，").join(
        part for part in (day(at) if at else "", visible_name(service.holder) if service else "") if part
    )
    level, said = {
        State.VALID: ("good", tr("有效")),
        State.INVALID: ("red", tr("无效，与印章不符或是伪造的")),
    }.get(found.time_stamp, ("amber", tr("无法核对，不影响印章")))
    return [Point(level, tr("时间戳"), bracketed(said, beside) if beside else said)]


def _signer(seal: TokenSeal) -> Point:
    title = tr("签章人")
    if seal.problem is not None and seal.problem.code is Code.SEAL_NEEDS_RENEWAL:
        return Point("amber", title, tr("印章列出的是延期前的旧证书，没有现在使用的新证书"))
    listed = seal.report.signer_listed if seal.report else None
    if listed is None:
        return Point("amber", title, tr("无法核对印章列出的证书"))
    if listed:
        return Point("good", title, tr("USBKEY 中的签名证书在印章的证书列表中"))
    return Point("red", title, tr("USBKEY 中的签名证书不在印章的证书列表中"))
