"""Sealing PDFs that a page sends in packets, and files of this computer that it names."""

from __future__ import annotations

from hebca_helper.bridge.seal_service.places import MILLIMETRES_PER_PIXEL, offset, placement
from hebca_helper.bridge.seal_service.replies import LAST_PACKET
from hebca_helper.bridge.seal_service.session import SealSession
from hebca_helper.bridge.websocket.frames import b64
from hebca_helper.bridge.websocket.parameters import Arguments
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.documents.report import Report, Signature, encoded
from hebca_helper.errors import Code, HelperError
from hebca_helper.seals.words import Verdict
from hebca_helper.texts import tr

Reply = dict[str, object]


async def insert_seal(session: SealSession, arguments: Arguments) -> Reply:
    """With the last packet the person is asked. `pwd` is not used: the PIN is typed into our own dialog."""
    if arguments.flag("isReceive"):
        return _piece(session, arguments)
    document = await _document(session, arguments)
    if document is None:
        return _received(arguments)
    across, down = arguments.length("x"), arguments.length("y")
    wanted = await placement(document, arguments.number("pageNo"), across, down, arguments.number("eUnitType"))
    return await _sealed(session, arguments, document, wanted)


async def seal_keyword(session: SealSession, arguments: Arguments) -> Reply:
    """At every place where the words stand. Choice: the offsets are pixels to the right and down from their middle;
    `sealTSType` is read and not used."""
    if arguments.flag("isReceive"):
        return _piece(session, arguments)
    document = await _document(session, arguments)
    if document is None:
        return _received(arguments)
    right, down = (offset(arguments.text(name)) for name in ("offsetX", "offsetY"))
    where = Placement(Mode.KEYWORD, keyword=arguments.text("keyword"), right_mm=right, down_mm=down)
    return await _sealed(session, arguments, document, where)


async def seal_count(session: SealSession, arguments: Arguments) -> Reply:
    return {"count": len(await _signatures(session, arguments))}


async def seal_info(session: SealSession, arguments: Arguments) -> Reply:
    """Choice: `result` is the row that `hebca-helper check --json` has for this signature; `index` from 1."""
    signatures, index = await _signatures(session, arguments), arguments.number("index")
    if not 1 <= index <= len(signatures):
        raise HelperError(Code.NO_SEAL)
    return {"result": encoded(signatures[index - 1])}


async def verify_all(session: SealSession, arguments: Arguments) -> Reply:
    """Choice: `result` 1 where the document and every seal on it are valid and of issuers known here, else 0; `verdict`
    says it in a word."""
    verdict = (await _report(session, arguments)).verdict
    return {"result": int(verdict is Verdict.VALID), "verdict": verdict}


async def insert_seal_in_file(session: SealSession, arguments: Arguments) -> Reply:
    """The original stays: `fileURI` of the reply is the sealed copy's path."""
    across, down = (arguments.length(name) * MILLIMETRES_PER_PIXEL for name in ("x", "y"))
    where = Placement(Mode.POSITION, arguments.number("page"), across, down)
    return await _sealed_file(session, arguments.text("fileURI"), where)


async def insert_page_seal(session: SealSession, arguments: Arguments) -> Reply:
    """骑缝章 over all pages; choice: `y` is its height in pixels, 0 the middle; the rest is read and not used."""
    down = arguments.length("y") * MILLIMETRES_PER_PIXEL
    return await _sealed_file(session, arguments.text("fileURI"), Placement(Mode.EDGE, y_mm=down or None))


async def begin_batch(session: SealSession, arguments: Arguments) -> Reply:
    """Choice: every file of a batch is confirmed for itself when it comes; there is no consent in advance."""
    session.require_admitted()
    session.batch = True
    return {}


async def batch_seal(session: SealSession, arguments: Arguments) -> Reply:
    """One file, on its last page at the usual place."""
    if not session.batch:
        raise HelperError(Code.BAD_REQUEST, "BeginBatchSeal")
    return await _sealed_file(session, arguments.text("filepath"), Placement(Mode.POSITION, page=-1))


async def end_batch(session: SealSession, arguments: Arguments) -> Reply:
    session.require_admitted()
    session.batch = False
    return {}


async def _document(session: SealSession, arguments: Arguments) -> bytes | None:
    """The whole document with the last packet, None before. A page may begin with this: with the first packet the person
    is asked whether the site may connect at all."""
    await session.assistant.admit(session.connection)
    numbers = arguments.number("subPacketCnt"), arguments.number("curPacketIndex")
    return session.incoming.take(*numbers, arguments.text("pdfB64"))


def _received(arguments: Arguments) -> Reply:
    return {name: arguments.number(name) for name in ("curPacketIndex", "subPacketCnt")}


def _piece(session: SealSession, arguments: Arguments) -> Reply:
    """An old client pulls the result: packet `curPacketIndex`, counted as the page counted its own."""
    session.require_admitted()
    index = arguments.number("curPacketIndex")
    return {
        "curPacketIndex": index,
        "subPacketCnt": session.outgoing.count,
        "result": session.outgoing.piece(index, session.incoming.first),
    }


async def _sealed(session: SealSession, arguments: Arguments, document: bytes, where: Placement) -> Reply:
    """The reply holds the whole result, and the number of packets in which it can be fetched as well."""
    seal, _ = await session.stamp(arguments.text("sealSN"))
    name = tr("网页提交的文件.pdf")
    made = await session.assistant.stamping.stamp_document(session.connection, name, document, where, seal.id)
    return {**LAST_PACKET, "result": b64(made.data), "resultPacketCnt": session.outgoing.keep(made.data)}


async def _sealed_file(session: SealSession, path: str, where: Placement) -> Reply:
    documents = session.assistant.local_documents
    seal, _ = await session.stamp()
    made = await documents.stamp(session.connection, path, where, seal.id)
    return {"fileURI": b64(made.encode())}


async def _signatures(session: SealSession, arguments: Arguments) -> tuple[Signature, ...]:
    return (await _report(session, arguments)).signatures


async def _report(session: SealSession, arguments: Arguments) -> Report:
    origin = session.connection.asker.origin or ""
    practice = session.assistant.origins.offers_practice(origin)
    path = arguments.text("fileURI")
    return await session.assistant.local_documents.check(session.connection, path, practice=practice)
