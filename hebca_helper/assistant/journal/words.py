"""The journal in words a person knows: operations, results, who asked. For the window, the CSV and searching."""

from __future__ import annotations

from collections.abc import Mapping

from hebca_helper.assistant.asker.asking import Channel
from hebca_helper.assistant.asker.visible import visible_origin
from hebca_helper.assistant.journal.book import DONE, JournalEntry, Operation
from hebca_helper.errors import TABLE, Code
from hebca_helper.texts import tr


def operations() -> Mapping[str, str]:
    """Operation value → what was done."""
    return {
        Operation.CONNECT: tr("连接证书助手"),
        Operation.LOGIN: tr("登录证书"),
        Operation.LOGIN_PAGE_PIN: tr("网页代填密码登录"),
        Operation.ONLINE_LOGIN: tr("登录网站"),
        Operation.LOGOUT: tr("退出登录"),
        Operation.SIGN: tr("签名"),
        Operation.SIGN_SILENTLY: tr("免确认签名"),
        Operation.SIGN_DOCUMENT: tr("签名并封装"),
        Operation.SEAL_HASH: tr("网页签章"),
        Operation.SEAL_HASH_BARE: tr("网页取得裸签名"),
        Operation.STAMP: tr("盖章"),
        Operation.CHECK_FILE: tr("检查文件"),
        Operation.CHANGE_PIN: tr("修改密码"),
        Operation.UNBLOCK: tr("解锁"),
        Operation.RESET_PIN: tr("在线重置密码"),
        Operation.DECRYPT: tr("解密"),
        Operation.OPEN_ENVELOPE: tr("打开数字信封"),
        Operation.READ_DATA: tr("读取 USBKEY 数据"),
        Operation.WRITE_DATA: tr("写入 USBKEY 数据"),
        Operation.DELETE_DATA: tr("删除 USBKEY 数据"),
        Operation.GENERATE_KEY: tr("生成密钥"),
        Operation.IMPORT_CERTIFICATE: tr("装入证书"),
        Operation.IMPORT_KEY_PAIR: tr("装入加密密钥"),
        Operation.ENCRYPT_FILE: tr("加密文件"),
        Operation.DECRYPT_FILE: tr("解密文件"),
    }


def groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a person filters by: (name, operations)."""
    return (
        (tr("登录和退出"), (Operation.LOGIN, Operation.LOGIN_PAGE_PIN, Operation.ONLINE_LOGIN, Operation.LOGOUT)),
        (
            tr("签名和签章"),
            (
                Operation.SIGN,
                Operation.SIGN_SILENTLY,
                Operation.SIGN_DOCUMENT,
                Operation.SEAL_HASH,
                Operation.SEAL_HASH_BARE,
                Operation.STAMP,
                Operation.CHECK_FILE,
            ),
        ),
        (tr("密码"), (Operation.CHANGE_PIN, Operation.UNBLOCK, Operation.RESET_PIN)),
        (
            tr("加密和解密"),
            (Operation.DECRYPT, Operation.OPEN_ENVELOPE, Operation.ENCRYPT_FILE, Operation.DECRYPT_FILE),
        ),
        (
            tr("USBKEY 内容"),
            (
                Operation.READ_DATA,
                Operation.WRITE_DATA,
                Operation.DELETE_DATA,
                Operation.GENERATE_KEY,
                Operation.IMPORT_CERTIFICATE,
                Operation.IMPORT_KEY_PAIR,
            ),
        ),
        (tr("网站连接"), (Operation.CONNECT,)),
    )


def operation(value: str) -> str:
    """A name that is no operation is a function that a page called and was refused."""
    return operations().get(value) or tr("网页功能 {name}").format(name=value)


def results() -> Mapping[str, str]:
    """Result value → how it ended."""
    ended = {code.value: tr(TABLE[code].text) for code in Code}
    return {**ended, DONE: tr("成功"), Code.USER_CANCELLED: tr("已取消")}


def result(value: str) -> str:
    return results().get(value, value)


def remedy(value: str) -> str:
    """What to do about a result; empty where nothing is to be done."""
    if value in (DONE, Code.USER_CANCELLED):
        return ""
    return next((tr(TABLE[code].remedy) for code in Code if code == value), "")


def asker(entry: JournalEntry) -> str:
    """The site as dialogs show it, or where the person themself asked."""
    if entry.origin:
        return visible_origin(entry.origin)
    return tr("命令行") if entry.channel == Channel.TERMINAL else tr("本机用户")


def channel(value: str) -> str:
    names = {
        Channel.CERTIFICATE_SERVICE: tr("证书服务"),
        Channel.SEAL_SERVICE: tr("签章服务"),
        Channel.HTTPS: tr("安全网页服务"),
        Channel.WINDOW: tr("证书助手窗口"),
        Channel.TERMINAL: tr("命令行"),
    }
    return next((name for each, name in names.items() if each == value), value)
