"""The verifier's result codes in sentences a clerk can act on (resources/protocol.md, section 5)."""

from __future__ import annotations

from hebca_helper.relying_party.login import ResultCode
from hebca_helper.texts import tr

_SENTENCES = {
    ResultCode.OK: "证书验证通过。",
    ResultCode.NOT_YET_VALID: "证书尚未生效。请检查电脑的日期和时间；如日期无误，请等到证书生效之日再登录。",
    ResultCode.EXPIRED: "证书已过期。请登录 www.hebca.com 办理“老用户延期”，延期后用同一个 USBKEY 登录，不需要重新绑定。",
    ResultCode.UNTRUSTED: "证书不是本大厅信任的机构签发的。演练办事大厅只接受本机的演练证书；"
    "请先运行 hebca-helper practice init 制作演练 USBKEY。",
    ResultCode.REVOKED: "证书已被吊销，不能再使用。请登录 www.hebca.com 重新申请证书，取得新证书后再做 CA 绑定。",
    ResultCode.SIGNATURE_WRONG: "签名验证不通过。请刷新页面后重新登录；反复出现时请重新插拔 USBKEY，确认选择的是签名证书。",
    ResultCode.CERTIFICATE_UNREADABLE: "证书内容无法读取。请重新插拔 USBKEY 后再试，仍不成功请拨打 400-707-3355。",
    ResultCode.REVOCATION_UNKNOWN: "吊销列表无法读取或已过期，暂时不能确认证书是否有效。请稍后重试。",
    ResultCode.NOT_FOR_SIGNING: "这是加密证书，不能用于登录。请选择同一个 USBKEY 中的签名证书。",
    ResultCode.OTHER_PURPOSE: "证书不是为个人或单位登录签发的（例如网站服务器证书）。请选择 USBKEY 中的签名证书。",
    ResultCode.AUTHORITY: "这是证书颁发机构自己的证书，不能用于登录。请选择 USBKEY 中的签名证书。",
    ResultCode.NO_KEY_USAGE: "证书没有写明密钥用途，不能用于登录。请联系发证机构更换证书。",
    ResultCode.KEY_NOT_ALLOWED: "证书的密钥强度或曲线不符合要求。请联系发证机构更换证书。",
    ResultCode.NOT_SUPPORTED: "演练办事大厅暂不支持这种算法的证书。请换用 RSA 或 EC 的演练证书。",
    ResultCode.CHALLENGE_WRONG: "登录请求已失效或已使用过。请刷新页面后重新登录。",
    ResultCode.MESSAGE_UNREADABLE: "页面提交的登录信息无法读取。请刷新页面后重新登录，仍不成功请拨打 400-707-3355。",
}


def sentence(result: ResultCode) -> str:
    """What is wrong and what to do."""
    return tr(_SENTENCES[result])
