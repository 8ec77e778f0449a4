"""Documents of this computer that a page names: their seals told, and sealed copies made. The person confirms each path."""

from __future__ import annotations

import asyncio
from itertools import count
from pathlib import Path

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.asker.visible import visible_line
from hebca_helper.assistant.files.names import require_plain_path
from hebca_helper.assistant.files.pair import WINDOWS, Source
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.person.content import described
from hebca_helper.assistant.person.prompts import ConfirmKind, Wish
from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.assistant.stamping.authorities import AuthoritiesFor
from hebca_helper.assistant.stamping.batches import StampFile, StampRequest
from hebca_helper.assistant.stamping.sealing import Stamping
from hebca_helper.documents import LARGEST_FILE, require_size
from hebca_helper.documents.client import check_document
from hebca_helper.documents.pdf.placement import Placement
from hebca_helper.documents.report import Report
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr


class LocalDocuments:
    def __init__(self, parts: Parts, stamping: Stamping, authorities: AuthoritiesFor) -> None:
        self._parts = parts
        self._stamping = stamping
        self._authorities = authorities

    async def check(self, connection: Connection, path: str, *, practice: bool) -> Report:
        """What is found in a file. The path is asked about once per connection; with `practice` its CA counts, too.

        HelperError(BAD_REQUEST) for a path that is no plain local one, USER_CANCELLED, FILE_UNREADABLE, TOO_LARGE.
        """
        await self._enter(connection)
        data = await self._read(connection, path)
        content = await described(data)
        with self._parts.recorder.operation(connection, Operation.CHECK_FILE, content=content):
            return await self.judged(data, practice=practice)

    async def judged(self, data: bytes, *, practice: bool) -> Report:
        """What is found in a document that the asker has in hand. HelperError(TOO_LARGE)."""
        require_size(len(data))
        known = [await asyncio.to_thread(self._authorities, each) for each in (False, True)[: 1 + practice]]
        trusted = [der for each in known for der in each.trusted]
        crls = [der for each in known for der in each.crls]
        return await asyncio.to_thread(check_document, data, trusted, crls, self._parts.clock.now())

    async def stamp(self, connection: Connection, path: str, placement: Placement, seal_id: str = "") -> str:
        """Seal a copy beside the file; its path. The person confirms the path, then the sealed page.

        HelperError as `check` and `Stamping.stamp`.
        """
        await self._enter(connection)
        source = await self._confirmed(connection, path, tr("加盖印章，另存在同一文件夹"))
        target = await asyncio.to_thread(_free_name, Path(source))
        request = StampRequest((StampFile(Path(source), target),), placement, seal_id)
        [result] = await self._stamping.stamp(connection, request)
        if result.problem is not None:
            raise result.problem
        return str(target)

    async def _enter(self, connection: Connection) -> None:
        await self._parts.admit(connection)
        self._parts.policy.require(connection, Risk.FILES)

    async def _read(self, connection: Connection, path: str) -> bytes:
        real = await self._confirmed(connection, path, tr("查看其中的印章"))
        return await asyncio.to_thread(_content, real)

    async def _confirmed(self, connection: Connection, path: str, purpose: str) -> str:
        """The real path, agreed to. A file that is not there is asked about like any other: a page must not learn which
        files there are."""
        require_plain_path(path, windows=WINDOWS)
        try:
            real, problem = await asyncio.to_thread(_real, path, self._parts.home), None
        except HelperError as found:
            real, problem = path, found
        agreed = (ConfirmKind.USE_FILE, purpose, real)
        if agreed not in connection.agreed:
            wish = Wish(ConfirmKind.USE_FILE, subject=f"{visible_line(real)}\n{purpose}")
            await self._parts.consents.ask(connection, wish)
            connection.agreed.add(agreed)
        if problem is not None:
            raise HelperError(Code.FILE_UNREADABLE)
        return real


def _real(path: str, home: Path) -> str:
    source = Source(path)
    source.close()
    if Path(source.real).is_relative_to(home.resolve()):
        raise HelperError(Code.FILE_UNREADABLE)
    return source.real


def _content(path: str) -> bytes:
    source = Source(path)
    try:
        if source.real != path:  # somebody put a link in the place of what was agreed to
            raise HelperError(Code.FILE_UNREADABLE)
        require_size(source.size)
        return source.file.read(LARGEST_FILE + 1)
    finally:
        source.close()


def _free_name(source: Path) -> Path:
    """Beside the file: `名称（已盖章）.pdf`, with a number where that is there already."""
    for number in count(1):
        more = "" if number == 1 else f" {number}"
        target = source.with_name(f"{source.stem}（{tr('已盖章')}{more}）{source.suffix}")
        if not target.exists():
            return target
    raise AssertionError
