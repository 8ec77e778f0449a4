"""The function table of the seal service: resources/protocol.md, section 6. The reply style of each stands beside it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import cast

from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.bridge.certificate_service.functions import Function, Handler, Standing
from hebca_helper.bridge.seal_service import handlers
from hebca_helper.bridge.seal_service import handlers_documents as documents
from hebca_helper.bridge.seal_service.replies import Style
from hebca_helper.bridge.seal_service.session import SealSession
from hebca_helper.bridge.websocket.parameters import Arguments, Parameter, Type

SealHandler = Callable[[SealSession, Arguments], Awaitable[dict[str, object]]]


@dataclass(frozen=True, slots=True)
class Row:
    """`style` is how the function's replies are worded."""

    function: Function
    style: Style = Style.R


def _works(
    name: str, risk: Risk, handler: SealHandler, *parameters: Parameter, reply: str = "", style: Style = Style.R
) -> Row:
    # the dialect of this service hands its handlers no other session than its own
    return Row(Function(name, risk, parameters, tuple(reply.split()), cast(Handler, handler)), style)


def _not_supported(name: str) -> Row:
    return Row(Function(name, Risk.HARMLESS, standing=Standing.NOT_SUPPORTED))


def _optional(name: str, kind: Type = Type.TEXT, default: object = "") -> Parameter:
    return Parameter(name, kind, required=False, default=default)


_PIN = Parameter("pwd", Type.BASE64_TEXT)
_HASH = Parameter("hash", Type.TEXT)
_SERIAL64 = _optional("sealSN", Type.BASE64_TEXT)
_ANY = Type.ANY
_PACKET = (
    _optional("subPacketCnt", Type.NUMBER, 1),
    _optional("curPacketIndex", Type.NUMBER, 0),
    _optional("pdfB64"),
    _optional("sealSN"),
    _optional("pwd", _ANY),
    _optional("isReceive", Type.FLAG, default=False),
)
_PLACE = (_optional("x", Type.LENGTH, 0.0), _optional("y", Type.LENGTH, 0.0))
_FILE = Parameter("fileURI", Type.BASE64_TEXT)
_LOCAL = _optional("isLocal", _ANY)
_PATH = Parameter("filepath", Type.BASE64_TEXT)
_SEALED = "curPacketIndex subPacketCnt result resultPacketCnt"

ROWS: tuple[Row, ...] = (
    _works("SelectStamp", Risk.IDENTIFY, handlers.select_stamp, reply="stamp isSM2", style=Style.S),
    _works("SealHash_NoOrder", Risk.BLIND_SIGN, handlers.seal_hash, _HASH, reply="result", style=Style.S),
    _works("SealHash", Risk.BLIND_SIGN, handlers.seal_hash, _HASH, reply="result", style=Style.S),
    _works("GetSealCountInKey", Risk.IDENTIFY, handlers.get_seal_count_in_key, reply="count"),
    _works("LoginDevice", Risk.PAGE_PIN, handlers.login_device, _SERIAL64, _PIN),
    _works("VerifyUserPin", Risk.PAGE_PIN, handlers.login_device, _SERIAL64, _PIN),
    _works("GetVersion", Risk.HARMLESS, handlers.get_version, reply="version"),
    _works("GetErrCode", Risk.HARMLESS, handlers.get_error_code, reply="code"),
    _works("GetErrMsg", Risk.HARMLESS, handlers.get_error_message, reply="msg"),
    _works(
        "InsertSealBase64PDF",
        Risk.SIGN,
        documents.insert_seal,
        *_PACKET,
        _optional("pageNo", Type.NUMBER, 1),
        *_PLACE,
        _optional("eUnitType", Type.NUMBER, 0),
        reply=_SEALED,
        style=Style.S,
    ),
    _works(
        "SealKeyWordBase64PDF",
        Risk.SIGN,
        documents.seal_keyword,
        *_PACKET,
        _optional("keyword", Type.BASE64_TEXT),
        _optional("sealTSType", _ANY),
        _optional("offsetX"),
        _optional("offsetY"),
        reply=_SEALED,
        style=Style.S,
    ),
    # files of this computer, each confirmed by the person
    _works("GetSealCount_Pack", Risk.FILES, documents.seal_count, _FILE, _LOCAL, reply="count"),
    _works(
        "GetSealInfo_Pack",
        Risk.FILES,
        documents.seal_info,
        _FILE,
        _LOCAL,
        Parameter("index", Type.NUMBER, default=1),
        reply="result",
    ),
    _works("VerifyAllSeal_Pack", Risk.FILES, documents.verify_all, _FILE, _LOCAL, reply="result verdict"),
    _works(
        "InsertSeal_Pack",
        Risk.FILES,
        documents.insert_seal_in_file,
        _FILE,
        _LOCAL,
        _optional("page", Type.NUMBER, 1),
        *_PLACE,
        reply="fileURI",
    ),
    _works(
        "InsertPageSeal_Pack",
        Risk.FILES,
        documents.insert_page_seal,
        _FILE,
        _LOCAL,
        *_PLACE,
        *(_optional(name, _ANY) for name in ("flag", "begin", "end")),
        reply="fileURI",
    ),
    _works("BeginBatchSeal", Risk.FILES, documents.begin_batch, _optional("filepath", _ANY), _optional("flag", _ANY)),
    _works("BatchSeal", Risk.FILES, documents.batch_seal, _PATH, reply="fileURI"),
    _works("EndBatchSeal", Risk.FILES, documents.end_batch),
    # the embedded reader, which we are not
    *(_not_supported(name) for name in ("Open", "OpenLocalFile", "GotoPage", "GetPageCount", "SaveNetFile")),
)
FUNCTIONS: Mapping[str, Function] = {row.function.name: row.function for row in ROWS}
STYLES: Mapping[str, Style] = {row.function.name: row.style for row in ROWS}
QUIET = frozenset({"GetErrCode", "GetErrMsg"})
"""They tell of the last call and are none themselves."""
