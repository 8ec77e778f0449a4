"""Words for what a check found; window and command line say the same."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from hebca_helper.documents.report import After, Difference, Pdf, Report, Signature
from hebca_helper.seals.words import Content, Reason, Standing, State, Verdict
from hebca_helper.texts import bracketed, named, tr

MOST_PLACES = 10
_HARMLESS = (After.RECORDS, After.SIGNATURES, After.FIELDS)


class Noun(Enum):
    """What a verdict is about: a signature with a seal is a 签章, one without is none, whatever picture it shows."""

    SEAL = 1
    SIGNATURE = 2
    STAMPED_SIGNATURE = 3
    TIME_STAMP = 4


def noun(found: Report | Signature) -> Noun:
    if isinstance(found, Report):
        if found.kind == "seal":
            return Noun.SEAL
        nouns = {noun(each) for each in found.signatures}
        most = (Noun.STAMPED_SIGNATURE, Noun.SIGNATURE, Noun.TIME_STAMP)
        return next((each for each in most if each in nouns), Noun.SIGNATURE)
    if found.seal is not None:
        return Noun.STAMPED_SIGNATURE
    pdf = found.details.pdf
    return Noun.TIME_STAMP if pdf is not None and pdf.is_time_stamp else Noun.SIGNATURE


def of_verdict(verdict: Verdict, about: Noun) -> str:
    valid = {
        Noun.SEAL: tr("印章有效"),
        Noun.SIGNATURE: tr("签名有效"),
        Noun.STAMPED_SIGNATURE: tr("签章有效"),
        Noun.TIME_STAMP: tr("时间戳有效"),
    }
    unidentified = {
        Noun.SEAL: tr("印章完整，制章人身份未核实"),
        Noun.TIME_STAMP: tr("内容完整，时间戳机构未核实"),
    }
    return {
        Verdict.VALID: valid[about],
        Verdict.UNIDENTIFIED: unidentified.get(about, tr("内容完整，签名人身份未核实")),
        Verdict.INDETERMINATE: tr("不能确定"),
        Verdict.INVALID: tr("无效"),
        Verdict.UNSIGNED: tr("没有签名"),
        Verdict.UNREADABLE: tr("无法读取"),
    }[verdict]


def meaning(found: Report) -> str:
    """What the verdict on a file means, and what to do now; the reasons are told beside it."""
    if found.encrypted:
        return tr("文件已加密。请先去掉密码或解密，再来检查。")
    seal = found.kind == "seal"
    if found.verdict is Verdict.VALID:
        known = tr("印章制作后没有改动，制章人的身份已核实。") if seal else tr("签名后没有改动，签名人的身份已核实。")
        unasked = tr("{known}没有吊销列表，未核对证书是否已被吊销。").format(known=known)
        return known if _revocation_known(found) else unasked
    return {
        Verdict.UNIDENTIFIED: tr(
            "没有改动，但不能证明是谁做的：同样名字的证书谁都可以自己做。请先向对方核实，或添加签发机构后再检查。"
        ),
        Verdict.INDETERMINATE: tr(
            "有必要的内容无法核对，现在不能当作有效。请按下面的原因处理，或请对方重新签署后发来。"
        ),
        Verdict.INVALID: tr("请不要使用这枚印章，并联系制章单位。")
        if seal
        else tr("请不要相信这份文件，并向发来文件的人核实。"),
        Verdict.UNSIGNED: tr("文件中没有电子签名；只有印章图片不能证明什么。"),
    }.get(found.verdict, tr("文件损坏，或者不是可以检查的文件。请对方重新发送。"))


def of_reasons(reasons: Iterable[Reason]) -> str:
    return tr("；").join(map(of_reason, reasons))


def of_reason(reason: Reason) -> str:
    return {
        Reason.CONTENT_CHANGED: tr("签名后内容被改动"),
        Reason.SIGNATURE_WRONG: tr("签名与证书不符，或签名被改动"),
        Reason.SIGNATURE_OF_NOTHING: tr("签名的做法不能证明签的是这份文件"),
        Reason.CERTIFICATE_FORGED: tr("签名人的证书不是它所写的机构签发的"),
        Reason.CERTIFICATE_NOT_FOR_SIGNING: tr("签名人的证书不能用于签名"),
        Reason.CERTIFICATE_REVOKED: tr("签名时签名人的证书已被吊销"),
        Reason.CERTIFICATE_EXPIRED: tr("签名时签名人的证书已过期"),
        Reason.CERTIFICATE_NOT_YET_VALID: tr("签名时签名人的证书还没有生效"),
        Reason.SEAL_WRONG: tr("印章被改动过或是伪造的"),
        Reason.SEAL_OF_ANOTHER: tr("印章不属于签名人"),
        Reason.SEAL_EXCHANGED: tr("显示的印章不是签名中的印章"),
        Reason.SEAL_EXPIRED: tr("印章已过有效期"),
        Reason.SEAL_NOT_YET_VALID: tr("印章还没有到生效时间"),
        Reason.MAKER_FORGED: tr("制章人的证书不是它所写的机构签发的"),
        Reason.MAKER_NOT_FOR_SIGNING: tr("制章人的证书不能用于签名"),
        Reason.MAKER_REVOKED: tr("制章人的证书已被吊销"),
        Reason.TIME_STAMP_WRONG: tr("时间戳与签名不符"),
        Reason.COUNTERSIGNATURE_WRONG: tr("副署无效"),
        Reason.COMPANIONS_WRONG: tr("附带的证书不是名义上的签发机构签发的"),
        Reason.FILES_CHANGED: tr("文件包与其中的文件清单不一致"),
        Reason.SIGNATURE_UNREADABLE: tr("签名无法读取"),
        Reason.SIGNATURE_UNCHECKED: tr("签名无法完全核对"),
        Reason.CONTENT_UNCHECKED: tr("无法核对内容是否改动"),
        Reason.CERTIFICATE_UNCHECKED: tr("无法核对签名时证书是否有效"),
        Reason.SEAL_UNCHECKED: tr("印章无法核对"),
        Reason.SEAL_PERIOD_UNCHECKED: tr("无法核对签名时印章是否在有效期内"),
        Reason.SEAL_OWNER_UNCHECKED: tr("无法核对印章是否属于签名人"),
        Reason.TIME_DOUBTFUL: tr("签名时间不可信"),
        Reason.TIME_STAMP_UNCHECKED: tr("时间戳无法核对"),
        Reason.COUNTERSIGNATURE_UNCHECKED: tr("副署无法核对"),
        Reason.COMPANIONS_UNCHECKED: tr("附带的证书无法核对"),
        Reason.FILES_UNCHECKED: tr("文件清单无法核对"),
        Reason.PARTLY_UNSIGNED: tr("文件中还有没有签名的文档"),
        Reason.ISSUER_UNKNOWN: tr("签名人的证书不是由本机信任的机构签发的"),
        Reason.MAKER_UNKNOWN: tr("制章人的证书不是由本机信任的机构签发的"),
    }[reason]


def _revocation_known(found: Report) -> bool:
    signers = [each.signing.signer for each in found.signatures]
    makers = [each.details.maker for each in (found.seal, *(one.seal for one in found.signatures)) if each]
    return all(each is not None and each.revocation_known for each in (*signers, *makers))


def of_document(content: Content) -> str:
    told = {Content.UNCHANGED: tr("签名后没有改动"), Content.CHANGED: tr("签名后被改动")}
    return told.get(content, tr("无法核对"))


def of_state(state: State) -> str:
    return {State.VALID: tr("有效"), State.INVALID: tr("无效")}.get(state, tr("无法核对"))


def of_standing(standing: Standing) -> str:
    return {
        Standing.VALID: tr("有效期内"),
        Standing.NOT_YET_VALID: tr("尚未生效"),
        Standing.EXPIRED: tr("已过期"),
        Standing.REVOKED: tr("已吊销"),
    }.get(standing, tr("无法核对"))


def of_later_change(after: After) -> str:
    """What came into a PDF after the signature. Empty for nothing."""
    return {
        After.RECORDS: tr("只更新了文件说明或验证资料"),
        After.SIGNATURES: tr("又有人签名或盖章"),
        After.FORMS: tr("填写了表单"),
        After.ANNOTATIONS: tr("页面上加了批注、文字或图片"),
        After.FIELDS: tr("加了空白的签名域"),
        After.COVERED: tr("后来的签章遮住了签过的内容"),
        After.LOOKS: tr("页面的画面与签名时不同"),
        After.CHANGES: tr("内容被改动"),
        After.UNKNOWN: tr("无法分析，不能确定内容是否被改动"),
    }.get(after, "")


def of_update(pdf: Pdf) -> str:
    """The same, and whether the signature itself allows it."""
    told = of_later_change(pdf.after)
    return bracketed(told, tr("签名时允许")) if pdf.allowed else told


def of_places(pdf: Pdf) -> list[str]:
    """Where later updates did what speaks against the signature; the first of them."""
    told = [each for each in pdf.differences or () if each.page is not None and each.kind not in _HARMLESS]
    return list(dict.fromkeys(map(_place, told)))[:MOST_PLACES]


def _place(found: Difference) -> str:
    page = tr("第 {n} 页").format(n=found.page)
    if found.box is not None:
        left, top, right, bottom = (round(each) for each in found.box)
        where = tr("左起 {left}、上起 {top} 毫米，宽 {width}、高 {height} 毫米")
        page = bracketed(page, where.format(left=left, top=top, width=right - left, height=bottom - top))
    return named(page, of_later_change(found.kind))


def of_uncompared(pdf: Pdf) -> str:
    """Pages that were touched and whose pictures were not compared; empty for none."""
    pages = pdf.not_compared or ()
    shown = tr("、").join(map(str, pages[:MOST_PLACES]))
    if len(pages) > MOST_PLACES:
        return tr("第 {pages} 等 {count} 页").format(pages=shown, count=len(pages))
    return tr("第 {n} 页").format(n=shown) if pages else ""


def of_companions(state: State) -> str:
    """Of the certificates that came with a signature; empty where they are as they were made."""
    return {
        State.INVALID: tr("不是名义上的签发机构签发的"),
        State.UNKNOWN: tr("有无法核对的证书或内容"),
    }.get(state, "")
