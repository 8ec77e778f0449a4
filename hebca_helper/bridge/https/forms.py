"""Bodies of `multipart/form-data` (RFC 7578), so that a document need not travel as base64: files stay octets, objects
are JSON, anything else is text. Security core: 100 % branches.

A browser sends such a form without a preflight, so it is only taken with the header `Hebca-Request`, which no form can set.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from hebca_helper.bridge.https.failures import HttpError
from hebca_helper.errors import Code, HelperError

KIND = "multipart/form-data"
MOST_FIELDS = 20


def read_form(content_type: str, request: str, body: bytes) -> dict[str, Any]:
    """HelperError(BAD_REQUEST); 415 without the header."""
    if not request:
        raise HttpError(Code.BAD_REQUEST, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import create_form_parser

    _keep_quiet()
    found: dict[str, Any] = {}

    def take(name: bytes | None, value: object) -> None:
        text = (name or b"").decode("utf-8", "replace")
        if text in found or len(found) >= MOST_FIELDS:
            raise HelperError(Code.BAD_REQUEST, "form")
        found[text] = value

    def on_field(field: Any) -> None:
        take(field.field_name, _value(field.value or b""))

    def on_file(file: Any) -> None:
        take(file.field_name, file.file_object.getvalue())

    # in memory: what a page has sealed is never written to the disk
    config = {"MAX_MEMORY_FILE_SIZE": len(body) + 1}
    try:
        parser = create_form_parser({"Content-Type": content_type.encode("latin-1")}, on_field, on_file, config)
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError, TypeError, AssertionError):
        raise HelperError(Code.BAD_REQUEST, "form") from None
    return found


def _keep_quiet() -> None:
    """The parser would write texts of the page into our log."""
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


def _value(octets: bytes) -> object:
    """A name or an id stays text, whatever it looks like: `2026` is no number here."""
    text = octets.decode("utf-8", "replace")
    if not text.lstrip().startswith("{"):
        return text
    try:
        return json.loads(text, parse_constant=no_number)
    except (ValueError, RecursionError):
        raise HelperError(Code.BAD_REQUEST, "form") from None


def no_number(word: str) -> object:
    """NaN and Infinity are not JSON (RFC 8259, section 6)."""
    raise ValueError(word)
