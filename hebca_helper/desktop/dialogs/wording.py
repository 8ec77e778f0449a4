"""What each kind of question says, for the consent dialog and for a PIN dialog that is the same consent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from hebca_helper.assistant.person.prompts import ConfirmKind
from hebca_helper.texts import tr


@dataclass(frozen=True, slots=True)
class Wording:
    """`wish` follows the asker's name; `button` agrees; `content` and `subject` stand above what is to be judged."""

    title: str
    picture: str
    wish: str
    button: str
    explanation: str
    content: str = ""
    subject: str = ""
    danger: bool = False


def wording(kind: ConfirmKind) -> Wording:
    return _table()[kind]


@cache
def _table() -> dict[ConfirmKind, Wording]:
    signed, name, paths = tr("将要签名的内容"), tr("数据名称"), tr("文件")
    return {
        ConfirmKind.CONNECT: Wording(
            tr("允许这个网站使用您的证书吗？"), "globe", tr("请求连接证书助手，读取您的证书信息"), tr("仅本次允许"),
            tr("登录和签名仍会逐次请您确认。"),
        ),
        ConfirmKind.LAST_TRY: Wording(
            tr("这是最后一次机会"), "problem", tr("提交刚才输入的证书密码"), tr("仍然提交"),
            tr("如果这次的密码仍不正确，USBKEY 会锁定，需要解锁码或办理“重置证书密码”才能继续使用。不确定时请先取消。"),
            danger=True,
        ),
        ConfirmKind.INITIAL_PIN: Wording(
            tr("证书密码还是初始密码"), "warning", tr("建议现在修改密码"), tr("修改密码"),
            tr("初始密码 123456 人人都知道，拿到 USBKEY 的人可以冒用您单位的名义签章。修改只需半分钟。"),
        ),
        ConfirmKind.WEAK_PIN: Wording(
            tr("证书密码过于简单"), "warning", tr("建议现在修改密码"), tr("修改密码"),
            tr("连续、重复或太短的密码容易被猜到，拿到 USBKEY 的人可以冒用您单位的名义签章。修改只需半分钟。"),
        ),
        ConfirmKind.SIGN: Wording(
            tr("确认签名"), "pen", tr("请求用您的证书对下面的内容签名"), tr("签名"),
            tr("签名等同于盖章或亲笔签字。请看清内容后再确认。"), signed,
        ),
        ConfirmKind.SIGN_DOCUMENT: Wording(
            tr("确认签名文件"), "pen", tr("请求用您的证书签名，并把下面的内容一起封装"), tr("签名"),
            tr("签名等同于盖章或亲笔签字。签好的文件可以交给任何人验证，请看清内容后再确认。"), signed,
        ),
        ConfirmKind.SEAL_HASH: Wording(
            tr("确认盖章，看不到原文"), "warning", tr("请求用您的印章和证书签署一份文件，但只提供了它的摘要"), tr("盖章"),
            tr("助手无法显示这份文件的内容。只有您正在该网站上提交材料，并且已经在网页中看过原文时才同意。"),
            tr("文件摘要"), danger=True,
        ),
        ConfirmKind.SEAL_HASH_BARE: Wording(
            tr("确认裸签名，可被用来签署任何文件"), "warning", tr("请求用您的证书对一个摘要做裸签名"), tr("仍然签名"),
            tr(
                "这样的签名里没有写明签的是什么，拿到它的人可以用来签署任何文件。"
                "您曾在设置中允许这个网站这样做；不是您正在办理的业务，请取消。"
            ),
            tr("文件摘要"), danger=True,
        ),
        ConfirmKind.STAMP: Wording(
            tr("确认盖章"), "seal", tr("请求在文件上加盖您的电子印章并签名"), tr("盖章"),
            tr("加盖电子印章与加盖实物印章有同样的效力。请看清文件和盖章的位置再确认。"), tr("将要盖章的文件"), tr("将要盖章的文件"),
        ),
        ConfirmKind.ONLINE_LOGIN: Wording(
            tr("登录网站"), "globe", tr("请求用您的证书登录"), tr("登录"),
            tr("登录凭证只在这个网址有效。请与浏览器地址栏核对，不是您正在访问的网站请取消。"), subject=tr("登录的网址"),
        ),
        ConfirmKind.DECRYPT: Wording(
            tr("确认解密"), "key", tr("请求用您的证书解密，解密后的内容会交给该网站"), tr("解密"),
            tr("只有您的 USBKEY 能打开这份内容。请确认您正在该网站上查看发给您的文件。"), tr("将要解密的密文"),
        ),
        ConfirmKind.READ_DATA: Wording(
            tr("允许读取 USBKEY 中的数据吗？"), "usbkey", tr("请求读取 USBKEY 中的一项数据"), tr("允许读取"),
            tr("同意后，该网页在关闭之前可以再次读取这一项，不再询问。"), subject=name,
        ),
        ConfirmKind.WRITE_DATA: Wording(
            tr("允许写入 USBKEY 吗？"), "usbkey", tr("请求在 USBKEY 中保存一项数据，同名的旧数据会被替换"), tr("允许写入"),
            tr("请确认您正在该网站上办理需要写入 USBKEY 的业务。"), tr("将要写入的内容"), name,
        ),
        ConfirmKind.DELETE_DATA: Wording(
            tr("允许删除 USBKEY 中的数据吗？"), "warning", tr("请求删除 USBKEY 中的一项数据"), tr("删除"),
            tr("删除后不能恢复。"), subject=name, danger=True,
        ),
        ConfirmKind.GENERATE_KEY: Wording(
            tr("在 USBKEY 中生成新的密钥吗？"), "key", tr("请求生成一对新的密钥，用来申请证书"), tr("生成密钥"),
            tr("办理证书申请或延期时需要这一步，可能要等一两分钟，期间请不要拔出 USBKEY。原有的证书不受影响。"),
            subject=tr("申请人名称"),
        ),
        ConfirmKind.IMPORT_CERTIFICATE: Wording(
            tr("把证书装入 USBKEY 吗？"), "certificate", tr("请求把一张证书写入 USBKEY"), tr("装入证书"),
            tr("请核对持有人是不是您的单位或您本人。"), subject=tr("证书持有人"),
        ),
        ConfirmKind.IMPORT_KEY_PAIR: Wording(
            tr("把加密密钥装入 USBKEY 吗？"), "key", tr("请求把发证机构为您生成的加密密钥写入 USBKEY"), tr("装入密钥"),
            tr("办理国密证书的申请或延期时需要这一步，期间请不要拔出 USBKEY。USBKEY 中已有的密钥不会被替换。"),
            subject=tr("证书持有人"),
        ),
        ConfirmKind.ENCRYPT_FILE: Wording(
            tr("允许加密这个文件吗？"), "certificate", tr("请求加密您电脑上的一个文件，另存为新文件"), tr("加密"),
            tr("原文件保持不变。请核对两个位置，不是您要处理的文件请取消。"), subject=paths,
        ),
        ConfirmKind.DECRYPT_FILE: Wording(
            tr("允许解密这个文件吗？"), "certificate", tr("请求解密您电脑上的一个文件，另存为新文件"), tr("解密"),
            tr("原文件保持不变。请核对两个位置，不是您要处理的文件请取消。"), subject=paths,
        ),
        ConfirmKind.OVERWRITE_FILE: Wording(
            tr("覆盖已有的文件吗？"), "problem", tr("要保存的位置已经有一个文件"), tr("覆盖"),
            tr("覆盖后，原来的内容不能恢复。不确定时请先取消。"), subject=paths, danger=True,
        ),
        ConfirmKind.USE_FILE: Wording(
            tr("允许使用这个文件吗？"), "seal", tr("请求使用您电脑上的一个文件"), tr("允许"),
            tr("原文件保持不变。请核对位置，不是您要办理的文件请取消。"), subject=paths,
        ),
        ConfirmKind.RESET_PIN: Wording(
            tr("在线重置证书密码吗？"), "key", tr("请求向发证机构申请解锁 USBKEY，并设置新的证书密码"), tr("继续"),
            tr("只有您本人正在办理“重置证书密码”时才继续。新密码在下一步由您自己输入，网站看不到。"),
            subject=tr("办理机构的网址"),
        ),
    }  # fmt: skip
