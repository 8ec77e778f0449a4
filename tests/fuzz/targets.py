"""What the coverage-guided fuzzers call with any bytes: HelperError is an answer, anything else a find."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

from hebca_helper.bridge.budget import Budget
from hebca_helper.bridge.certificate_service.functions import FUNCTIONS, Function
from hebca_helper.bridge.guard import RefusedError, checked_origin, is_serialised_origin
from hebca_helper.bridge.seal_service import replies
from hebca_helper.bridge.seal_service.functions import FUNCTIONS as SEAL_FUNCTIONS
from hebca_helper.bridge.seal_service.packets import Incoming
from hebca_helper.bridge.websocket import frames
from hebca_helper.bridge.websocket.lenient_json import parse_object
from hebca_helper.bridge.websocket.parameters import bind
from hebca_helper.cli.findings import told
from hebca_helper.documents import LARGEST_FILE
from hebca_helper.documents.checking import check
from hebca_helper.documents.report import Report, decoded
from hebca_helper.documents.seal_objects import examine
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import pem
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms import envelope, verification
from hebca_helper.pki.moments import beijing_text
from hebca_helper.pki.revocation import Crl
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.words import Verdict

PACKETS = 500
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def frame(data: bytes) -> None:
    """A frame through parser, arguments and reply of the certificate service."""
    text = data.decode("utf-8", "replace")
    request = frames.parse(text)
    _reads_back(request.name, frames.success(request.name, {"content": text, "list": [text], text: 1}))
    _reads_back(request.name, frames.failure(request.name, HelperError(Code.BAD_REQUEST, text)))
    _binds(request, FUNCTIONS)


def seal_frame(data: bytes) -> None:
    """The same of the seal service, with both styles of reply, and the frame as packets of a document."""
    text = data.decode("utf-8", "replace")
    request = frames.parse(text)
    for style in replies.Style:
        _reads_back(request.name, replies.success(style, request.name, {"result": text, text: 1}))
    _reads_back(request.name, replies.failure(request.name, HelperError(Code.BAD_REQUEST, text)))
    _binds(request, SEAL_FUNCTIONS)
    incoming, letters = Incoming("https://one.example", Budget(LARGEST_FILE)), b64encode(data).decode()
    wholes = [incoming.take(len(letters), index, letter) for index, letter in enumerate(letters[:PACKETS])]
    assert [whole for whole in wholes if whole] == ([data] if 0 < len(letters) <= PACKETS else [])
    with suppress(HelperError):
        incoming.take(1, 0, text)


def _binds(request: frames.Request, functions: Mapping[str, Function]) -> None:
    function = functions.get(request.name)
    with suppress(HelperError):
        given = parse_object(request.arguments, function.recoverable if function else "signText")
        assert all(isinstance(name, str) for name in given)
        for row in [function] if function else functions.values():
            with suppress(HelperError):
                bind(row.parameters, given)


def arguments(data: bytes) -> None:
    """Arguments alone: valid JSON is read as JSON."""
    text = data.decode("utf-8", "replace")
    with suppress(HelperError):
        found = parse_object(text)
        with suppress(ValueError, RecursionError):
            valid = json.loads(text.strip(), parse_int=str, parse_float=str, parse_constant=str)
            if isinstance(valid, dict):
                assert set(found) == set(valid)


def upgrade(data: bytes) -> None:
    """Headers of an upgrade request."""
    lines = [line.partition(": ")[::2] for line in data.decode("latin-1").split("\n")]
    with suppress(RefusedError):
        origin = checked_origin("/test", lines, 17212)
        assert is_serialised_origin(origin)
        assert [text for name, text in lines if name.lower() == "origin"] == [origin]


def certificate(data: bytes) -> None:
    """Everything a certificate says."""
    with suppress(HelperError):
        found = Certificate.parse(data)
        for name in dir(Certificate):
            if not name.startswith("_") and not callable(getattr(Certificate, name)):
                str(getattr(found, name))
        for item in (*range(20), "DN"):
            found.subject_item(item).encode()
        beijing_text(found.not_after)


def message(data: bytes) -> None:
    """CMS messages, revocation lists and bundles of certificates."""
    for read in (verification.verify, verification.read, envelope.read_envelope, Crl.parse, pem.certificates_from):
        with suppress(HelperError):
            read(data)


def document(data: bytes) -> None:
    """What `check` makes of a file: a row that is JSON, told in words; nothing at all is raised."""
    row = check(data, Roots(), NOW)
    json.dumps(row)
    told("", decoded(Report, row))
    assert row["reasons"] or row["verdict"] in (Verdict.VALID, Verdict.UNSIGNED, Verdict.UNREADABLE)
    assert row["verdict"] in tuple(Verdict) and row["kind"] in ("pdf", "ofd", "seal", "signature")
    examine([data], [], Roots(), NOW)


def _reads_back(name: str, reply: str) -> None:
    one, echoed, body = reply.split("|")
    assert (one, echoed) == ("1", name)
    assert reply.isascii()
    assert reply.isprintable()
    json.loads(body)
