"""Words for what a check found; window and command line say the same."""

from __future__ import annotations

from hebca_helper.documents.report import After
from hebca_helper.seals.words import Content, Standing, State
from hebca_helper.texts import tr


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
        After.CHANGES: tr("内容被改动"),
        After.UNKNOWN: tr("无法分析，不能确定内容是否被改动"),
    }.get(after, "")


def of_companions(state: State) -> str:
    """Of the certificates that came with a signature; empty where they are as they were made."""
    return {
        State.INVALID: tr("不是名义上的签发机构签发的"),
        State.UNKNOWN: tr("有无法核对的证书或内容"),
    }.get(state, "")
