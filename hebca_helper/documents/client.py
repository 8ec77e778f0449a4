"""Asks the document host. The process that asks never parses the document itself."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hebca_helper.children import child_command
from hebca_helper.errors import Code, HelperError

TIME_LIMIT = 120.0
"""Seconds for one document."""
LARGEST_ANSWER = 16 * 1024 * 1024


def check_document(
    document: bytes, trusted: Sequence[bytes], crls: Sequence[bytes], now: datetime, *, time_limit: float = TIME_LIMIT
) -> dict[str, Any]:
    """The row of `documents.rows` on a document at the moment `now` (aware); `trusted` and `crls` are DER (or PEM lists).

    HelperError(DOCUMENT_HOST_FAILED) when the host crashed or ran into its limits.
    """
    job = {
        "now": now.isoformat(),
        "document": len(document),
        "trusted": [len(each) for each in trusted],
        "crls": [len(each) for each in crls],
    }
    message = b"".join([json.dumps(job).encode("ascii"), b"\n", document, *trusted, *crls])
    try:
        done = subprocess.run(
            child_command("document-host"),
            input=message,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=time_limit,
        )
    except subprocess.TimeoutExpired:
        raise HelperError(Code.DOCUMENT_HOST_FAILED) from None
    return _row(done)


def _row(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    if done.returncode or len(done.stdout) > LARGEST_ANSWER:
        raise HelperError(Code.DOCUMENT_HOST_FAILED)
    try:
        row = json.loads(done.stdout)
    except ValueError:
        raise HelperError(Code.DOCUMENT_HOST_FAILED) from None
    if not isinstance(row, dict):
        raise HelperError(Code.DOCUMENT_HOST_FAILED)
    return row
