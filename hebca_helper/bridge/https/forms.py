"""Bodies of `multipart/form-data` (RFC 7578), so that a document need not travel as base64: files become base64 members,
other fields are JSON, or plain text where they are none.

A browser sends such a form without a preflight, so it is only taken with the header `Hebca-Request`, which no form can set.
"""

from __future__ import annotations

import io
import json
from base64 import b64encode
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
    from python_multipart import parse_form
    from python_multipart.exceptions import FormParserError

    found: dict[str, Any] = {}

    def take(name: bytes | None, value: object) -> None:
        text = (name or b"").decode("utf-8", "replace")
        if text in found or len(found) >= MOST_FIELDS:
            raise HelperError(Code.BAD_REQUEST, "form")
        found[text] = value

    def on_field(field: Any) -> None:
        take(field.field_name, _value(field.value or b""))

    def on_file(file: Any) -> None:
        file.file_object.seek(0)
        take(file.field_name, b64encode(file.file_object.read()).decode("ascii"))

    headers = {"Content-Type": content_type.encode("latin-1"), "Content-Length": str(len(body)).encode()}
    try:
        parse_form(headers, io.BytesIO(body), on_field, on_file)
    except (FormParserError, ValueError, TypeError, AssertionError):
        raise HelperError(Code.BAD_REQUEST, "form") from None
    return found


def _value(octets: bytes) -> object:
    text = octets.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
