"""The assistant's three questions in a terminal. PINs are read without echo, or a line each from a pipe."""

from __future__ import annotations

import asyncio
import io
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeVar

from hebca_helper.assistant.certificates.entries import CertificateEntry
from hebca_helper.assistant.person.prompts import (
    ChooseCertificate,
    Confirm,
    ConfirmKind,
    Decision,
    EnterPin,
    Notice,
    PinAnswer,
    PinPurpose,
)
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

T = TypeVar("T")

_LONGEST_LINE = 4096
"""Octets that a terminal takes for a line (termios(3), canonical mode)."""
_QUESTIONS = {
    ConfirmKind.CONNECT: "允许连接吗？",
    ConfirmKind.SIGN: "确认签名吗？",
    ConfirmKind.SIGN_DOCUMENT: "确认签名并封装以上内容吗？",
    ConfirmKind.ONLINE_LOGIN: "用证书登录以上网站吗？",
    ConfirmKind.STAMP: "确认在以上文件上盖章吗？",
    ConfirmKind.SEAL_HASH: "网页没有提供文件原文，只提供了摘要。确认盖章吗？",
    ConfirmKind.SEAL_HASH_BARE: "网页要一份裸签名，它可被用来签署任何文件。确认交给它吗？",
    ConfirmKind.DECRYPT: "确认解密吗？",
    ConfirmKind.READ_DATA: "允许读取 USBKEY 中的这项数据吗？",
    ConfirmKind.WRITE_DATA: "允许在 USBKEY 中写入这项数据吗？",
    ConfirmKind.DELETE_DATA: "删除后不能恢复。确定删除这项数据吗？",
    ConfirmKind.GENERATE_KEY: "在 USBKEY 中为以上申请人生成新的密钥吗？",
    ConfirmKind.IMPORT_CERTIFICATE: "把以上持有人的证书装入 USBKEY 吗？",
    ConfirmKind.IMPORT_KEY_PAIR: "把发证机构为以上持有人生成的加密密钥装入 USBKEY 吗？",
    ConfirmKind.ENCRYPT_FILE: "确认加密这个文件吗？",
    ConfirmKind.DECRYPT_FILE: "确认解密这个文件吗？",
    ConfirmKind.OVERWRITE_FILE: "覆盖后不能恢复。确定覆盖这个文件吗？",
    ConfirmKind.USE_FILE: "允许使用这个文件吗？",
    ConfirmKind.RESET_PIN: "向以上网址申请解锁 USBKEY 并设置新密码吗？",
    ConfirmKind.LAST_TRY: "只剩最后一次机会，再错就会锁定。确定提交吗？",
    ConfirmKind.INITIAL_PIN: "证书密码仍是初始密码，现在修改吗？",
    ConfirmKind.WEAK_PIN: "证书密码过于简单，现在修改吗？",
}


class TerminalPrompts:
    """Blocking reads run in a thread; an empty line or the end of input cancels (USER_CANCELLED)."""

    async def choose_certificate(self, question: ChooseCertificate) -> CertificateEntry:
        if not question.entries:
            raise HelperError(question.unsuitable[0].reason)
        return await chosen(question.entries, _named, tr("请选择证书编号: "))

    async def enter_pin(self, question: EnterPin) -> PinAnswer:
        if question.problem is not None:
            if not at_terminal():
                raise question.problem  # a pipe has no second answer
            _tell(str(question.problem))
        if question.token.tries_left is not None:
            _tell(tr("还可尝试 {n} 次").format(n=question.token.tries_left))
        if question.purpose is PinPurpose.LOGIN:
            if question.kind is not None and question.subject:
                _tell(question.subject)
            if question.token.protected_path:
                _tell(tr("请在 USBKEY 自己的键盘上输入证书密码"))
                return PinAnswer("")
            return PinAnswer(await _secret(tr("证书密码: ")))
        if question.purpose is PinPurpose.NEW:
            return PinAnswer(await _new_pin())
        first = tr("原密码: ") if question.purpose is PinPurpose.CHANGE else tr("解锁码: ")
        return PinAnswer(await _secret(first), await _new_pin())

    async def confirm(self, question: Confirm) -> Decision:
        if question.kind in (ConfirmKind.INITIAL_PIN, ConfirmKind.WEAK_PIN):
            initial = question.kind is ConfirmKind.INITIAL_PIN
            wrong = (
                tr("证书密码仍是初始密码 123456")
                if initial
                else tr("证书密码过于简单（不足 6 位，或是连续、重复的字符）")
            )
            _tell(tr("{wrong}，请用 hebca-helper change-pin 修改").format(wrong=wrong))
            return Decision.NO
        for shown in (question.subject, question.content.text if question.content else ""):
            if shown:
                _tell(shown)
        if question.waiting:
            _tell(tr("还有 {n} 个网站的请求在等待，输入 all 全部拒绝").format(n=question.waiting))
        answer = await _line(tr(_QUESTIONS[question.kind]) + " [y/N] ")
        if question.waiting and answer.lower() in {"all", "全部拒绝"}:
            return Decision.REFUSE_ALL
        return Decision.ONCE if answer.lower() in {"y", "yes", "是"} else Decision.NO

    def notify(self, notice: Notice) -> None:
        _tell(notice.text)


def at_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


async def chosen(things: Sequence[T], named: Callable[[T], str], question: str) -> T:
    """The one whose number the person types. HelperError(USER_CANCELLED) for anything else."""
    for number, each in enumerate(things, start=1):
        _tell(f"{number}. {named(each)}")
    answer = await _line(question)
    if answer.isdecimal() and 1 <= int(answer) <= len(things):
        return things[int(answer) - 1]
    raise HelperError(Code.USER_CANCELLED)


def _named(entry: CertificateEntry) -> str:
    return f"{entry.holder}  {entry.certificate.serial_hex}"


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


async def _line(question: str) -> str:
    _tell(question)
    return (await _typed()).strip()


async def _new_pin() -> str:
    new = await _secret(tr("新密码: "))
    if await _secret(tr("再输一次新密码: ")) != new:
        _tell(tr("两次输入的新密码不一致"))
        raise HelperError(Code.USER_CANCELLED)
    return new


async def _secret(question: str) -> str:
    if not at_terminal():
        secret = await _typed()
    else:
        try:
            with _unseen():  # before the question: who answers quickly is not shown either
                print(question, end="", file=sys.stderr, flush=True)
                secret = await _typed(_read_unseen)
        finally:
            _tell("")  # the end of the line was not shown either
    if not secret:
        raise HelperError(Code.USER_CANCELLED)
    return secret


async def _typed(read: Callable[[], bytes] | None = None) -> str:
    """A line of standard input without its end; empty at the end of input. It is read in a thread that nobody waits for:
    Ctrl-C ends the question at once, and the program with it."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[bytes] = loop.create_future()

    def take() -> None:
        try:
            found = (read or _read_line)()
        except (OSError, ValueError):  # the terminal went away
            found = b""

        def settle() -> None:
            if not line.done():
                line.set_result(found)

        with suppress(RuntimeError):  # the loop ended while nobody typed
            loop.call_soon_threadsafe(settle)

    threading.Thread(target=take, name="typing", daemon=True).start()
    return (await line).decode(getattr(sys.stdin, "encoding", None) or "utf-8", "replace").rstrip("\r\n")


def _read_line() -> bytes:
    """Past Python's buffer, whose lock a thread left behind would hold for ever. A terminal gives a line at a time: one
    without its end was ended by Ctrl-D, and counts as none."""
    if sys.stdin is None:
        return b""
    try:
        handle = sys.stdin.fileno()
    except io.UnsupportedOperation:  # no file of the system
        return sys.stdin.readline().encode()
    if os.isatty(handle):
        line = os.read(handle, _LONGEST_LINE)
        return line if line.endswith(b"\n") else b""
    found = bytearray()
    while not found.endswith(b"\n") and (octet := os.read(handle, 1)):
        found += octet
    return bytes(found)


if sys.platform == "win32":
    import getpass

    def _read_unseen() -> bytes:
        return getpass.getpass("").encode()

    @contextmanager
    def _unseen() -> Iterator[None]:
        yield  # getpass reads the keyboard itself
else:
    import termios

    _read_unseen = _read_line

    @contextmanager
    def _unseen() -> Iterator[None]:
        """What is typed is not shown, and shown again afterwards, however the question ends."""
        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
        termios.tcsetattr(terminal, termios.TCSAFLUSH, [*before[:3], before[3] & ~termios.ECHO, *before[4:]])
        try:
            yield
        finally:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
