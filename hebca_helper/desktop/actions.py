"""What a person can do with a certificate from the window. Answers come back to the window; nothing here waits."""

from __future__ import annotations

import base64
from collections.abc import Callable, Coroutine, Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from hebca_helper.desktop.file_dialogs import file_to_save
from hebca_helper.desktop.files import write_file
from hebca_helper.desktop.link import Link
from hebca_helper.desktop.look.toast import Toast
from hebca_helper.desktop.runtime import Runtime
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import named, tr

if TYPE_CHECKING:
    from hebca_helper.assistant.certificates.entries import CertificateEntry


class CertificateFormat(StrEnum):
    """By the suffix of the file."""

    CER = "cer"
    """DER, which Windows opens with a double click."""
    PEM = "pem"


class Actions:
    def __init__(self, link: Link, toast: Toast, window: QWidget, open_link: Callable[[str], None]) -> None:
        """`open_link` opens a quick link by its id in the catalogue."""
        self.open_link = open_link
        self._link = link
        self._toast = toast
        self._window = window
        self.runtime: Runtime | None = None

    def change_pin(self, token_id: str) -> None:
        if (runtime := self.runtime) is not None:
            self._do(runtime, runtime.assistant.change_pin(runtime.connection, token_id), tr("密码已修改"))

    def unblock(self, token_id: str) -> None:
        if (runtime := self.runtime) is not None:
            self._do(runtime, runtime.assistant.unblock(runtime.connection, token_id), tr("已解锁，请记住新密码"))

    def stop(self, connection_id: str) -> None:
        """The person's word on a notice: the logins of that page end."""
        if (runtime := self.runtime) is not None:
            self._do(runtime, runtime.assistant.stop_connection(connection_id), tr("已停止，该网站需要重新登录"))

    def _do(self, runtime: Runtime, work: Coroutine[Any, Any, Any], done: str) -> None:
        self._link.submit(runtime.loop, work, lambda _: self._toast.tell(done), self._failed)

    def _failed(self, problem: HelperError) -> None:
        if problem.code is not Code.USER_CANCELLED:
            self._toast.tell(str(problem))

    def tell(self, text: str) -> None:
        self._toast.tell(text)

    def copy_facts(self, facts: Iterable[tuple[str, str]]) -> None:
        self.copy("\n".join(named(name, value) for name, value in facts))

    def copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._toast.tell(tr("已复制"))

    def export(self, entry: CertificateEntry, form: CertificateFormat, parent: QWidget | None = None) -> None:
        """Save the certificate (public; no key in it)."""
        name = f"{_file_name(entry.certificate.holder)}.{form.value}"
        kinds = tr("证书文件 (*.{suffix})").format(suffix=form.value)
        path = file_to_save(parent or self._window, tr("导出证书"), Path.home() / name, kinds)
        if path is not None:
            self.write(path, certificate_file(entry.certificate.der, form))

    def write(self, path: Path, content: bytes) -> None:
        try:
            write_file(path, content)
        except HelperError as problem:
            self._failed(problem)
        else:
            self._toast.tell(tr("已导出到 {path}").format(path=path))


def certificate_file(der: bytes, form: CertificateFormat) -> bytes:
    """DER as it is, or PEM (RFC 7468, section 3: lines of 64 characters)."""
    if form is CertificateFormat.CER:
        return der
    text = base64.b64encode(der).decode("ascii")
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""]).encode("ascii")


def _file_name(holder: str) -> str:
    """Without what file systems do not take."""
    return "".join(character if character.isalnum() or character in "-_()（）" else "_" for character in holder)[:80]
