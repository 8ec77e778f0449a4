"""What a check found, point by point in words of the window. No Qt in here."""

from __future__ import annotations

from collections.abc import Sequence

from hebca_helper.assistant.asker.visible import visible_name
from hebca_helper.assistant.stamping import check_words
from hebca_helper.desktop.pages.seals import points as seal_points
from hebca_helper.documents.report import Counter, Files, Package, Pdf, Problem, Seal, Signature, TimeStamp
from hebca_helper.errors import TABLE
from hebca_helper.pki.moments import beijing_text
from hebca_helper.seals.words import Content, State, Verdict
from hebca_helper.texts import bracketed, tr

Points = list[tuple[str, str]]
MOST_NAMED = 5


def of_signature(found: Signature, *, alone: bool) -> Points:
    """`alone`: the file holds nothing but the signature."""
    signing, details = found.signing, found.details
    signer = signing.signer
    missing = alone and found.document is Content.UNKNOWN
    riding = details.stamps is not None and details.stamps.riding
    points = [
        (tr("签名人"), visible_name(signer.holder if signer else "") or tr("未知")),
        (tr("签发机构"), visible_name(signer.issuer if signer else "") or tr("未知")),
        (tr("文件内容"), tr("文件中没有原文，无法核对") if missing else check_words.of_document(found.document)),
        *(_files(details.files) if details.files else []),
        *(_later(details.pdf) if details.pdf else []),
        (tr("签名"), check_words.of_state(found.signature)),
        (tr("附带的证书"), check_words.of_companions(details.pdf.certificates) if details.pdf else ""),
        (tr("签名时的证书"), check_words.of_standing(found.certificate_at_signing)),
        (tr("时间"), _time(found)),
        (tr("时间戳"), _time_stamp(signing.stamp)),
        *((tr("副署"), _counter(each)) for each in signing.countersignatures or ()),
        *(_carried(found.seal) if found.seal else []),
        (tr("骑缝章"), tr("{count} 处").format(count=details.stamps.stamps) if details.stamps and riding else ""),
        (tr("问题"), problem(found.problem) if found.problem else ""),
    ]
    return [point for point in points if point[1]]


def of_seal(seal: Seal) -> Points:
    """A seal in a file of its own."""
    picture = seal.picture
    size = tr("{width}×{height} 毫米").format(width=picture.width_mm, height=picture.height_mm)
    points = [
        (tr("印章"), bracketed(visible_name(seal.name), visible_name(seal.id))),
        (tr("类型"), seal_points.kind(seal)),
        (tr("图片"), tr("，").join(part for part in (visible_name(picture.type), size) if part)),
        *((each.title, each.text) for each in seal_points.of_seal(seal)),
    ]
    return [point for point in points if point[1]]


def of_package(package: Package) -> Points:
    """Protection of an OFD package as a whole."""
    states = {Verdict.VALID: tr("有效，没有夹带文件"), Verdict.INVALID: tr("无效")}
    return [
        (tr("文件清单"), states.get(package.verdict, tr("无法核对"))),
        *_named(tr("清单之外的文件"), package.extra, package.extra_count),
        *_named(tr("缺少的文件"), package.missing, package.missing_count),
    ]


def problem(found: Problem) -> str:
    text, detail = tr(TABLE[found.code].text), visible_name(found.detail)
    return bracketed(text, detail) if detail else text


def _carried(seal: Seal) -> Points:
    """The seal of a signature, in short."""
    listed = {True: tr("印章属于签名人"), False: tr("印章不属于签名人"), None: tr("无法核对")}
    return [
        (tr("印章"), bracketed(visible_name(seal.name), visible_name(seal.id))),
        (tr("制章人签名"), check_words.of_state(seal.signature)),
        (tr("签名时的印章"), check_words.of_standing(seal.period)),
        (tr("印章归属"), listed[seal.signer_listed]),
    ]


def _files(found: Files) -> Points:
    points = [
        *_named(tr("被改动或缺少"), found.altered, found.altered_count),
        *_named(tr("不受保护"), found.unprotected, found.unprotected_count),
    ]
    if found.list_altered:
        points.append((tr("原因"), tr("签名保护了签名列表，之后又有人签名或盖章，因此不再成立")))
    if found.seal_file_differs:
        points.append((tr("显示的印章"), tr("与签名中的印章不一致")))
    return points


def _named(title: str, names: Sequence[str], count: int) -> Points:
    if not count:
        return []
    shown = tr("、").join(map(visible_name, names[:MOST_NAMED]))
    return [(title, tr("{names} 等 {count} 个文件").format(names=shown, count=count) if count > MOST_NAMED else shown)]


def _later(pdf: Pdf) -> Points:
    return [
        (tr("之后的变动"), check_words.of_update(pdf) or tr("没有")),
        (tr("变动的地方"), "\n".join(check_words.of_places(pdf))),
        (tr("没有比对画面"), check_words.of_uncompared(pdf)),
    ]


def _time(found: Signature) -> str:
    if not found.signed_at:
        return tr("没有写明")
    told = tr("有时间戳") if found.time_is_proven else tr("签名人声明的时间")
    if found.signing.time_doubtful:
        stamped = found.signing.stamp.time_stamp is State.VALID
        told = tr("与时间戳不符") if stamped else tr("晚于现在，不可信")
    return bracketed(beijing_text(found.signed_at), told)


def _time_stamp(found: TimeStamp) -> str:
    if found.time_stamp is None:
        return ""
    at, service = found.time_stamp_at, found.time_stamp_service
    parts = [check_words.of_state(found.time_stamp)]
    parts += [beijing_text(at)] if at else []
    parts += [visible_name(service.holder)] if service else []
    return tr("，").join(parts)


def _counter(found: Counter) -> str:
    holder = visible_name(found.signer.holder) if found.signer else tr("未知")
    return tr("，").join((holder, check_words.of_state(found.signature)))
