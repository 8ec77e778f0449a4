"""Encrypting and decrypting files that a page names. The person confirms both real paths, or nothing happens."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.asker.visible import visible_line
from hebca_helper.assistant.files.names import require_plain_path
from hebca_helper.assistant.files.pair import WINDOWS, Read, Source, Target, Write
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.person.prompts import ConfirmKind, Wish
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import file_format
from hebca_helper.texts import tr

Convert = Callable[[bytes, Read, Write], None]
_OPERATIONS = {ConfirmKind.ENCRYPT_FILE: Operation.ENCRYPT_FILE, ConfirmKind.DECRYPT_FILE: Operation.DECRYPT_FILE}


class Files:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def encrypt(self, connection: Connection, key: bytes, source: str, target: str) -> None:
        """In the format of `pki.file_format`, with a key of 16 to 1,024 bytes."""
        await self._run(connection, ConfirmKind.ENCRYPT_FILE, (key, source, target), file_format.encrypt_stream)

    async def decrypt(self, connection: Connection, key: bytes, source: str, target: str) -> None:
        """HelperError(DECRYPTION_FAILED) for a wrong key, for any change, and for another format."""
        await self._run(connection, ConfirmKind.DECRYPT_FILE, (key, source, target), _decrypt_stream)

    async def _run(
        self, connection: Connection, kind: ConfirmKind, named: tuple[bytes, str, str], convert: Convert
    ) -> None:
        parts, (key, source, target) = self._parts, named
        await parts.admit(connection)
        with parts.recorder.operation(connection, _OPERATIONS[kind]):
            if not file_format.SHORTEST_KEY <= len(key) <= file_format.LONGEST_KEY:
                raise HelperError(Code.BAD_REQUEST)
            for path in (source, target):
                require_plain_path(path, windows=WINDOWS)
            pair = await asyncio.to_thread(Pair, source, target, parts.home)
            try:
                await self._confirm(connection, kind, pair)
            except BaseException:
                pair.close()
                raise
            await _converted(pair, key, convert)

    async def _confirm(self, connection: Connection, kind: ConfirmKind, pair: Pair) -> None:
        """A file that cannot be opened is asked about like any other: a page must not learn which files there are."""
        parts = self._parts
        await parts.consents.ask(connection, Wish(kind, subject=pair.described()))
        if pair.problem is not None:
            raise pair.problem
        if pair.replaces:
            wish = Wish(ConfirmKind.OVERWRITE_FILE, subject=visible_line(pair.target_path))
            await parts.consents.ask(connection, wish)


class Pair:
    """Both files of one request; `problem` says why they cannot be used."""

    def __init__(self, source: str, target: str, home: Path) -> None:
        self.source_path, self.target_path = source, target
        self.problem: HelperError | None = None
        self._source: Source | None = None
        self._target: Target | None = None
        try:
            self._source = Source(source)
            self._target = Target(target)
            self.source_path, self.target_path = self._source.real, self._target.real
            for path in (self.source_path, self.target_path):
                _require_not_ours(path, home)
        except HelperError as problem:
            self.problem = HelperError(Code.FILE_UNREADABLE, problem.detail)

    @property
    def replaces(self) -> bool:
        return self._target is not None and self._target.replaces is not None

    def described(self) -> str:
        """For the dialog: both paths and the size, a line each."""
        size = tr("无法打开") if self._source is None else tr("{n} 字节").format(n=f"{self._source.size:,}")
        lines = (tr("来源：{path}"), tr("大小：{size}"), tr("保存为：{path}"))
        paths = (self.source_path, "", self.target_path)
        return "\n".join(
            line.format(path=visible_line(path), size=size) for line, path in zip(lines, paths, strict=True)
        )

    def convert(self, key: bytes, convert: Convert, stopped: threading.Event) -> None:
        """In a thread; closes the files."""
        assert self._source is not None  # noqa: S101 - without it there was a problem
        assert self._target is not None  # noqa: S101
        source = self._source.file

        def read(size: int) -> bytes:
            if stopped.is_set():
                raise HelperError(Code.USER_CANCELLED)
            return source.read(size)

        try:
            self._target.write(lambda write: convert(key, read, write))
        finally:
            self.close()

    def close(self) -> None:
        for each in (self._source, self._target):
            if each is not None:
                each.close()


async def _converted(pair: Pair, key: bytes, convert: Convert) -> None:
    """The thread's work ends soon after its page went away."""
    stopped = threading.Event()
    try:
        await asyncio.to_thread(pair.convert, key, convert, stopped)
    finally:
        stopped.set()


def _decrypt_stream(key: bytes, read: Read, write: Write) -> None:
    try:
        file_format.decrypt_stream(key, read, write)
    except HelperError as problem:
        if problem.code is Code.MESSAGE_UNREADABLE:
            raise HelperError(Code.DECRYPTION_FAILED) from None
        raise


def _require_not_ours(path: str, home: Path) -> None:
    """The assistant's own files, practice keys and consents among them, are no page's business."""
    if Path(path).is_relative_to(home.resolve()):
        raise HelperError(Code.FILE_UNREADABLE)
