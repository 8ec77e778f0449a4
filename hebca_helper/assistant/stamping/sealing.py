"""Setting an electronic seal on PDFs: one consent that shows them, one PIN, each file's result by itself.

The original is never touched. Every file leaves its row in the journal before its result is told.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.asker.visible import visible_line, visible_name
from hebca_helper.assistant.certificates.device import Device
from hebca_helper.assistant.certificates.entries import CertificateEntry, Usage
from hebca_helper.assistant.files.pair import Target
from hebca_helper.assistant.journal.book import Operation
from hebca_helper.assistant.journal.recorder import Row
from hebca_helper.assistant.key.parts import Parts
from hebca_helper.assistant.person.prompts import ChooseCertificate, ConfirmKind, Content, Wish
from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.assistant.stamping.authorities import AuthoritiesFor
from hebca_helper.assistant.stamping.batches import Progress, StampBatch, StampFile, StampRequest, StampResult
from hebca_helper.assistant.stamping.notes import REVOCATION_MISSING, page_ranges, told
from hebca_helper.assistant.stamping.pdf_signature import Companions, PdfSigner, companions
from hebca_helper.assistant.stamping.revocation import FOLDER, RevocationData, RevocationSource
from hebca_helper.assistant.stamping.seals import Seals, TokenSeal
from hebca_helper.assistant.stamping.views import read_file
from hebca_helper.documents import require_size
from hebca_helper.documents.pdf.client import PdfHost, Ready
from hebca_helper.documents.pdf.placement import Placement
from hebca_helper.documents.pdf.plan import Plan
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

__all__ = ["Placement", "StampBatch", "StampFile", "StampRequest", "StampResult", "StampedDocument", "Stamping"]

MOST_FILES = 500
PREVIEW_RESOLUTION = 72.0
"""Dots per inch of the page in the consent."""


@dataclass(frozen=True, slots=True)
class StampedDocument:
    """`pages` from 1; `notes` as `stamp_notes.told` knows them."""

    data: bytes
    pages: tuple[int, ...]
    notes: tuple[str, ...] = ()


_NO_WISH = Wish(ConfirmKind.STAMP)
_NOTHING_BESIDE = RevocationData()
_OF_ONE_FILE = frozenset(
    {
        Code.DOCUMENT_ENCRYPTED,
        Code.DOCUMENT_FORM_OPEN,
        Code.DOCUMENT_LOCKED,
        Code.DOCUMENT_UNREADABLE,
        Code.DOCUMENT_HOST_FAILED,
        Code.FILE_UNREADABLE,
        Code.SEAL_FIELD_REFUSED,
        Code.SEAL_NO_ROOM,
        Code.SEAL_PLACE_MISSING,
        Code.TIME_STAMP_FAILED,
        Code.TOO_LARGE,
        Code.OVER_LIMIT,
    }
)
"""What is wrong with one file and says nothing about the next."""


@dataclass(frozen=True, slots=True)
class _Tool:
    """The seal with the certificate that signs, and the host that prepares."""

    seal: TokenSeal
    entry: CertificateEntry
    signer: PdfSigner
    beside: Companions
    host: PdfHost
    revocation: asyncio.Future[RevocationData]
    """Comes while the person reads what is to be stamped."""

    def plan(self, request: StampRequest, moment: datetime, beside: RevocationData) -> Plan:
        certificates = [each.der for each in (self.entry.certificate, *self.beside.chain)]
        return Plan(
            seal=self.seal.data,
            width_mm=self.seal.width_mm,
            height_mm=self.seal.height_mm,
            placement=request.placement,
            moment=moment.replace(microsecond=0),
            name=self.entry.certificate.holder,
            sub_filter=self.signer.sub_filter,
            reason=request.reason,
            reserved=self.signer.reserved,
            certificates=certificates,
            crls=beside.crls,
            ocsps=beside.ocsps,
            time_stamp=self.signer.time_stamps,
        )


class Stamping:
    def __init__(self, parts: Parts, seals: Seals, authorities: AuthoritiesFor) -> None:
        self._parts = parts
        self._seals = seals
        self._authorities = authorities
        self._revocation = RevocationSource(parts.home / FOLDER, _fetch)

    async def usable_seals(self, connection: Connection) -> list[TokenSeal]:
        """Those that may be used now. HelperError(NO_SEAL), or what keeps the first one from being used."""
        found = await self._seals.listed(connection)
        if not found:
            raise HelperError(Code.NO_SEAL)
        usable = [seal for seal in found if seal.problem is None]
        if not usable:
            problem = found[0].problem or HelperError(Code.SEAL_UNCHECKED)
            raise HelperError(problem.code, problem.detail)
        return usable

    async def stamp_document(
        self, connection: Connection, name: str, data: bytes, placement: Placement, seal_id: str = "", reason: str = ""
    ) -> StampedDocument:
        """For channels that have the file's octets. Always asks, with file name and the stamped page.

        HelperError: NO_SEAL, SEAL_* and CERTIFICATE_* for a seal or certificate that may not be used,
        DOCUMENT_ENCRYPTED, DOCUMENT_LOCKED, DOCUMENT_UNREADABLE, SEAL_PLACE_MISSING, SEAL_FIELD_REFUSED, TOO_LARGE,
        USER_CANCELLED.
        """
        await self._parts.admit(connection)
        self._parts.policy.require(connection, Risk.SIGN)
        placement.require_sensible()
        require_size(len(data))
        request = StampRequest((), placement, seal_id, reason)
        digest = await _digest(data)
        content = Content("", len(data), digest)
        host = PdfHost()
        try:
            with self._parts.recorder.operation(connection, Operation.STAMP, content=content) as row:
                tool = await self._tool(connection, request, host)
                first = await self._prepared(tool, request, data)
                picture = await _preview(host, data, first)
                wish = Wish(ConfirmKind.STAMP, None, _subject(name, len(data), first, digest), picture)
                made, ready = await self._signed(row, tool, request, data, wish, agreed=False)
            return StampedDocument(made, ready.pages, ready.notes)
        finally:
            await asyncio.to_thread(host.close)

    async def stamp(
        self, connection: Connection, request: StampRequest, progress: Progress = lambda *_: None
    ) -> list[StampResult]:
        """Stamp the files and write the targets. HelperError where nothing could be begun; see `run`."""
        batch = StampBatch(request)
        await self.run(connection, batch, progress)
        return [batch.results[each] for each in request.files if each in batch.results]

    async def run(self, connection: Connection, batch: StampBatch, progress: Progress = lambda *_: None) -> None:
        """Stamp what waits. The person is asked once for the files of a batch, also when it goes on after a stop.

        A file's own failure is its result and the next follows; a failure of seal, token or person ends the run.
        """
        request = batch.request
        if not 0 < len(request.files) <= MOST_FILES:
            raise HelperError(Code.OVER_LIMIT, tr("最多 {n} 个文件").format(n=MOST_FILES))
        await self._parts.admit(connection)
        self._parts.policy.require(connection, Risk.SIGN)
        request.placement.require_sensible()
        batch.stopped = False
        host = PdfHost()
        warming = asyncio.create_task(asyncio.to_thread(host.warm))
        try:
            tool = await self._tool(connection, request, host)
            wish, files = await self._wish(connection, batch, tool, progress)
            for file in files:
                if batch.stopped:
                    return
                await self._stamp_file(connection, batch, tool, wish, file, progress)
        finally:
            await asyncio.gather(warming, return_exceptions=True)
            await asyncio.to_thread(host.close)

    async def _stamp_file(
        self, connection: Connection, batch: StampBatch, tool: _Tool, wish: Wish, file: StampFile, progress: Progress
    ) -> None:
        request = batch.request
        try:
            data = await asyncio.to_thread(read_file, file.source)
            content = Content("", len(data), await _digest(data))
            with self._parts.recorder.operation(connection, Operation.STAMP, entry=tool.entry, content=content) as row:
                if batch.agreed[file] != content.digest:
                    raise HelperError(Code.FILE_UNREADABLE, tr("文件在确认之后被改动"))
                made, ready = await self._signed(row, tool, request, data, wish, agreed=batch.consented)
                batch.consented = True
                await asyncio.to_thread(_write, file, made)
        except HelperError as problem:
            if problem.code not in _OF_ONE_FILE:
                raise
            batch.told(StampResult(file, problem), progress)
        else:
            batch.told(StampResult(file, None, ready.pages, ready.notes), progress)

    async def _wish(
        self, connection: Connection, batch: StampBatch, tool: _Tool, progress: Progress
    ) -> tuple[Wish, list[StampFile]]:
        """What the person is asked, and about which files; those that cannot be read have their result."""
        first: tuple[StampFile, bytes, Ready] | None = None
        sizes: dict[StampFile, int] = {}
        for file in batch.waiting:
            try:
                data = await asyncio.to_thread(read_file, file.source)
                digest = await _digest(data)
                if batch.agreed.setdefault(file, digest) != digest:
                    raise HelperError(Code.FILE_UNREADABLE, tr("文件在确认之后被改动"))
                if first is None:
                    first = file, data, await self._prepared(tool, batch.request, data)
                sizes[file] = len(data)
            except HelperError as problem:
                if problem.code not in _OF_ONE_FILE:
                    raise
                batch.told(StampResult(file, problem), progress)
        if first is None or batch.consented:
            return _NO_WISH, list(sizes)
        await self._agree_to_overwrite(connection, batch.request, list(sizes))
        picture = await _preview(tool.host, first[1], first[2])
        if len(sizes) > 1:
            return Wish(ConfirmKind.STAMP, _listed(sizes, batch.agreed, first[2]), "", picture), list(sizes)
        subject = _subject(first[0].source.name, len(first[1]), first[2], batch.agreed[first[0]])
        return Wish(ConfirmKind.STAMP, None, subject, picture), list(sizes)

    async def _agree_to_overwrite(
        self, connection: Connection, request: StampRequest, files: Sequence[StampFile]
    ) -> None:
        there = [file.target for file in files if await asyncio.to_thread(file.target.exists)]
        if there and not request.overwrite:
            subject = "\n".join(visible_line(str(each)) for each in there[:20])
            wish = Wish(ConfirmKind.OVERWRITE_FILE, subject=subject)
            await self._parts.consents.ask(connection, wish)

    async def _signed(
        self, row: Row, tool: _Tool, request: StampRequest, data: bytes, wish: Wish, *, agreed: bool
    ) -> tuple[bytes, Ready]:
        """Authorised, then prepared anew for the moment of the signature. A wish that was agreed to is not asked again."""

        async def work() -> tuple[bytes, Ready]:
            beside = await tool.revocation
            if beside.revoked:
                raise HelperError(Code.CERTIFICATE_REVOKED)
            ready = await self._prepared(tool, request, data, beside)
            missing = (REVOCATION_MISSING,) if beside.missing else ()
            return await tool.signer.sign(data, ready), replace(ready, notes=(*ready.notes, *missing))

        return await self._parts.consents.use_key(row, Device.of(tool.entry), wish, work, agreed=lambda: agreed)

    async def _prepared(
        self, tool: _Tool, request: StampRequest, data: bytes, beside: RevocationData = _NOTHING_BESIDE
    ) -> Ready:
        plan = tool.plan(request, self._parts.clock.now(), beside)
        return await asyncio.to_thread(tool.host.prepare, data, tool.seal.picture_png, plan)

    async def _tool(self, connection: Connection, request: StampRequest, host: PdfHost) -> _Tool:
        """The seal and its certificate, both fit for use."""
        usable = await self.usable_seals(connection)
        offered = await self._parts.inventory.offered(connection)
        pairs = [
            (seal, entry)
            for seal in usable
            for entry in offered
            if request.seal_id in ("", seal.id) and _goes_with(entry, seal)
        ]
        if not pairs:
            raise await self._why_not(connection, request)
        seal, entry = await self._chosen(connection, pairs)
        authorities = await asyncio.to_thread(self._authorities, entry.token.practice)
        beside = await asyncio.to_thread(companions, entry, authorities, self._parts)
        return _Tool(seal, entry, PdfSigner(self._parts, entry, beside), beside, host, self._gathering(entry, beside))

    def _gathering(self, entry: CertificateEntry, beside: Companions) -> asyncio.Future[RevocationData]:
        chain = (entry.certificate, *beside.chain) if beside.trusted else ()
        now, proxy = self._parts.clock.now(), self._parts.settings.proxy
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(None, self._revocation.gather, chain, beside.crls, now, proxy)

    async def _why_not(self, connection: Connection, request: StampRequest) -> HelperError:
        for seal in await self._seals.listed(connection):
            if seal.id == request.seal_id and seal.problem is not None:
                return HelperError(seal.problem.code, seal.problem.detail)
        return HelperError(Code.NO_SEAL)

    async def _chosen(
        self, connection: Connection, pairs: list[tuple[TokenSeal, CertificateEntry]]
    ) -> tuple[TokenSeal, CertificateEntry]:
        """The person chooses between USBKEYs; of several seals on one the first counts, unless one was named."""
        entries = {entry.token.id: entry for _, entry in reversed(pairs)}
        entry = next(iter(entries.values()))
        if len(entries) > 1:
            async with self._parts.dialogs.turn(connection.asker):
                question = ChooseCertificate(connection.asker, Usage.SIGN, tuple(entries.values()))
                entry = await self._parts.prompts().choose_certificate(question)
        return next(pair for pair in pairs if pair[1].token.id == entry.token.id)


def _goes_with(entry: CertificateEntry, seal: TokenSeal) -> bool:
    return (
        entry.token.id == seal.token_id
        and entry.serves(Usage.SIGN)
        and entry.has_private_key
        and not entry.replaced
        and seal.signer_listed(entry.certificate) is True
    )


def _subject(name: str, size: int, ready: Ready, digest: str) -> str:
    pages = page_ranges(ready.pages)
    lines = [
        visible_name(name),
        tr("盖章页：第 {pages} 页").format(pages=pages),
        *(told(each) for each in ready.notes),
        *([tr("事由：{reason}").format(reason=visible_name(ready.reason))] if ready.reason else []),
        tr("大小：{size} 字节").format(size=f"{size:,}"),
        f"SHA-256: {digest[:32]}",
        f"         {digest[32:]}",
    ]
    return "\n".join(lines)


def _listed(sizes: dict[StampFile, int], digests: dict[StampFile, str], first: Ready) -> Content:
    """Every file of a batch with its size and the beginning of its digest, and the reason that is signed with each."""
    lines = [tr("事由：{reason}").format(reason=visible_name(first.reason))] if first.reason else []
    lines += [told(each) for each in first.notes]
    lines += [
        f"{number}. {visible_name(file.source.name)}  {size:,}  {digests[file][:16]}"
        for number, (file, size) in enumerate(sizes.items(), start=1)
    ]
    whole = hashlib.sha256("".join(digests[file] for file in sizes).encode("ascii")).hexdigest()
    return Content("\n".join(lines), sum(sizes.values()), whole)


async def _preview(host: PdfHost, data: bytes, ready: Ready) -> bytes:
    """The first stamped page as it will be."""

    def show() -> bytes:
        host.open(data + ready.update)
        return host.page(ready.pages[0] - 1, PREVIEW_RESOLUTION)

    return await asyncio.to_thread(show)


async def _digest(data: bytes) -> str:
    return (await asyncio.to_thread(hashlib.sha256, data)).hexdigest() if len(data) > 1_000_000 else _sha256(data)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write(file: StampFile, data: bytes) -> None:
    """HelperError(FILE_UNREADABLE), also where source and target are the same file."""
    target = Target(str(file.target))
    try:
        if target.replaces is not None and file.source.exists() and file.target.samefile(file.source):
            raise HelperError(Code.FILE_UNREADABLE, tr("不能覆盖原文件"))
        target.write(lambda write: _put(write, data))
    finally:
        target.close()


def _fetch(url: str, largest: int, proxy: str, question: bytes = b"", kind: str = "") -> bytes:
    from hebca_helper.issuer.fetching import fetch  # requests loads slowly

    return fetch(url, largest, proxy, question, kind)


def _put(write: Callable[[bytes], object], data: bytes) -> None:
    write(data)
