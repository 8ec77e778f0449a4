"""Words for what a check found; window and command line say the same. Keys are those of `documents.rows`."""

from __future__ import annotations

from hebca_helper.texts import tr


def of_document(content: str) -> str:
    """`seals.findings.Content`."""
    return {"unchanged": tr("签名后没有改动"), "changed": tr("签名后被改动")}.get(content, tr("无法核对"))


def of_state(state: str) -> str:
    """`seals.findings.State`."""
    return {"valid": tr("有效"), "invalid": tr("无效")}.get(state, tr("无法核对"))


def of_standing(standing: str) -> str:
    """`seals.findings.Standing`."""
    return {
        "valid": tr("有效期内"),
        "not_yet_valid": tr("尚未生效"),
        "expired": tr("已过期"),
        "revoked": tr("已吊销"),
    }.get(standing, tr("无法核对"))


def of_later_change(after: str) -> str:
    """`documents.pdf.coverage.After`: what came into a PDF after the signature. Empty for nothing."""
    return {
        "records": tr("只更新了文件说明或验证资料"),
        "signatures": tr("又有人签名或盖章"),
        "forms": tr("填写了表单"),
        "annotations": tr("页面上加了批注、文字或图片"),
        "changes": tr("内容被改动"),
        "unknown": tr("无法分析，不能确定内容是否被改动"),
    }.get(after, "")


def of_companions(state: str) -> str:
    """`seals.findings.State` of the certificates that came with a signature; empty where they are as they were made."""
    return {
        "invalid": tr("不是名义上的签发机构签发的"),
        "unknown": tr("有无法核对的证书或内容"),
    }.get(state, "")
