"""The findings of a check in words: the verdict first, then each point apart."""

from __future__ import annotations

from hebca_helper.assistant.asker.visible import visible_line, visible_name
from hebca_helper.assistant.stamping import check_words
from hebca_helper.documents.report import (
    Certificate,
    Counter,
    Files,
    Package,
    Pdf,
    Problem,
    Report,
    Seal,
    Signature,
    TimeStamp,
)
from hebca_helper.errors import TABLE
from hebca_helper.pki.moments import beijing_text
from hebca_helper.seals.words import Content, Reason, Standing, State, Trust, Verdict
from hebca_helper.texts import bracketed, tr


def told(path: str, report: Report) -> str:
    """Several lines. Everything that comes from the file has its invisible characters shown."""
    about = check_words.noun(report)
    lines = [
        f"{visible_line(path)}: {check_words.of_verdict(report.verdict, about)}",
        "  " + check_words.meaning(report),
        *_reasons(report.reasons, "  "),
    ]
    if report.verdict is Verdict.UNIDENTIFIED:
        lines.append("  " + tr("添加签发机构：hebca-helper issuers add FILE；只用于这一次：--trusted FILE"))
    if report.problem and not report.encrypted:
        lines.append(_problem(report.problem))
    if report.seal:
        lines += seal_lines(report.seal, "  ")
    for signature in report.signatures:
        lines += _signature(signature, alone=report.kind == "signature")
    if report.partly_signed:
        lines.append(tr("  文件中还有没有签名的文档"))
    if report.package:
        lines += _package(report.package)
    return "\n".join(lines)


def _reasons(reasons: tuple[Reason, ...], indent: str) -> list[str]:
    return [indent + tr("原因: {reasons}").format(reasons=check_words.of_reasons(reasons))] if reasons else []


def _problem(problem: Problem) -> str:
    entry, detail = TABLE[problem.code], problem.detail
    text = bracketed(tr(entry.text), visible_name(detail)) if detail else tr(entry.text)
    return "  " + tr("{text}。{remedy}").format(text=text, remedy=tr(entry.remedy))


def _signature(found: Signature, *, alone: bool) -> list[str]:
    name, verdict = visible_name(found.name), check_words.of_verdict(found.verdict, check_words.noun(found))
    said = (
        tr("  签名 {name}: {verdict}").format(name=name, verdict=verdict)
        if name
        else "  " + tr("签名") + ": " + verdict
    )
    missing = alone and found.document is Content.UNKNOWN
    document = tr("文件中没有原文，无法核对") if missing else check_words.of_document(found.document)
    signing, details = found.signing, found.details
    lines = [
        said,
        *_reasons(found.reasons, "    "),
        *([_problem(found.problem)] if found.problem else []),
        tr("    文档: {state}").format(state=document),
        tr("    签名: {state}").format(state=check_words.of_state(found.signature)),
        *(_later(details.pdf) if details.pdf else []),
        *_moment(found),
        *([_certificate(tr("签名人"), signing.signer)] if signing.signer else []),
        *_time_stamp(signing.stamp, "    "),
        *map(_countersignature, signing.countersignatures or ()),
        *(_files(details.files) if details.files else []),
    ]
    if signing.time_doubtful:
        stamped = signing.stamp.time_stamp is State.VALID
        lines.append(tr("    签名时间与时间戳不符") if stamped else tr("    签名时间晚于现在"))
    if details.stamps and details.stamps.riding:
        lines.append(tr("    骑缝章，共 {count} 处").format(count=details.stamps.stamps))
    return lines + (seal_lines(found.seal, "    ") if found.seal else [])


def _later(pdf: Pdf) -> list[str]:
    """What came after a PDF's signature, where something did, and what is wrong with what came along."""
    told, uncompared = check_words.of_update(pdf), check_words.of_uncompared(pdf)
    lines = [tr("    之后的变动: {what}").format(what=told)] if told else []
    lines += [f"      {place}" for place in check_words.of_places(pdf)]
    lines += [tr("    没有比对画面: {pages}").format(pages=uncompared)] if uncompared else []
    beside = check_words.of_companions(pdf.certificates)
    return [*lines, tr("    附带的证书: {state}").format(state=beside)] if beside else lines


def _moment(found: Signature) -> list[str]:
    if not found.signed_at:
        return []
    claim = tr("    时间戳的时间: {time}") if found.time_is_proven else tr("    签名人声明的时间: {time}")
    return [claim.format(time=beijing_text(found.signed_at))]


def _files(found: Files) -> list[str]:
    lines = _named(tr("    被改动或缺少的文件（{count}）: {names}"), found.altered, found.altered_count)
    lines += _named(tr("    不受签名保护的文件（{count}）: {names}"), found.unprotected, found.unprotected_count)
    if found.list_altered:
        lines.append(tr("    签名保护了签名列表，之后又有人签名或盖章，因此不再成立"))
    if found.seal_file_differs:
        lines.append(tr("    显示的印章与签名中的印章不一致"))
    return lines


def _named(said: str, names: tuple[str, ...], count: int) -> list[str]:
    return [said.format(count=count, names=tr("、").join(map(visible_name, names[:5])))] if count else []


def _time_stamp(found: TimeStamp, indent: str) -> list[str]:
    """Of a service, with what it says and who it is as far as that is known."""
    if found.time_stamp is None:
        return []
    state, at, service = check_words.of_state(found.time_stamp), found.time_stamp_at, found.time_stamp_service
    said = tr("时间戳: {state}").format(state=tr("，").join((state, beijing_text(at))) if at else state)
    return [indent + said, *([indent + _certificate(tr("时间戳服务"), service)[4:]] if service else [])]


def _countersignature(found: Counter) -> str:
    holder = visible_name(found.signer.holder) if found.signer else tr("未知")
    return tr("    副署: {holder}，{state}").format(holder=holder, state=check_words.of_state(found.signature))


def _package(found: Package) -> list[str]:
    return [
        tr("  文件清单（完整性保护）: {verdict}").format(verdict=_package_verdict(found)),
        *_named(tr("    清单之外的文件（{count}）: {names}"), found.extra, found.extra_count),
        *_named(tr("    缺少清单中的文件（{count}）: {names}"), found.missing, found.missing_count),
    ]


def _package_verdict(found: Package) -> str:
    return (
        tr("有效")
        if found.verdict is Verdict.VALID
        else check_words.of_verdict(found.verdict, check_words.Noun.SIGNATURE)
    )


def seal_lines(seal: Seal, indent: str) -> list[str]:
    """The points of a seal, one a line."""
    picture, details = seal.picture, seal.details
    kinds = {1: tr("单位印章"), 2: tr("个人印章")}
    shown = [
        tr("印章: {name}（{id}）").format(name=visible_name(seal.name), id=visible_name(seal.id)),
        tr("  类型: {number} {name}").format(number=details.type, name=kinds.get(details.type, "")).rstrip(),
        tr("  图片: {type} {width}×{height} 毫米").format(
            type=visible_name(picture.type), width=picture.width_mm, height=picture.height_mm
        ),
        tr("  有效期: {first} 至 {last}（{standing}）").format(
            first=beijing_text(seal.valid_from),
            last=beijing_text(seal.valid_to),
            standing=check_words.of_standing(seal.period),
        ),
        tr("  制章人签名: {state}").format(state=check_words.of_state(seal.signature)),
    ]
    if details.maker:
        shown.append(_certificate(tr("制章人"), details.maker)[2:])
    if details.maker_at_creation is not Standing.VALID:
        standing = check_words.of_standing(details.maker_at_creation)
        shown.append(tr("  制章时制章人的证书{standing}").format(standing=standing))
    shown += _time_stamp(details.stamp, "  ")
    if seal.signer_listed is not None:
        shown.append(tr("  签名人在印章的证书列表中") if seal.signer_listed else tr("  签名人不在印章的证书列表中"))
    return [indent + line for line in shown]


def _certificate(role: str, found: Certificate) -> str:
    trust = {Trust.TRUSTED: tr("可信"), Trust.UNTRUSTED: tr("不可信"), Trust.UNKNOWN: tr("签发机构未核对")}[found.trust]
    if found.forged:
        trust = tr("证书是伪造的")
    elif not found.signs:
        trust = tr("证书不能用于签名")
    return tr("    {role}: {holder}（颁发者 {issuer}，{standing}，{trust}）").format(
        role=role,
        holder=visible_name(found.holder),
        issuer=visible_name(found.issuer),
        standing=check_words.of_standing(found.standing),
        trust=trust,
    )
