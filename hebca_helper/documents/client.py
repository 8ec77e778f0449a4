"""Asks the document host. The process that asks never parses the document itself."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from hebca_helper.children import child_command, message
from hebca_helper.documents.report import Report, TokenObject, decoded
from hebca_helper.errors import Code, HelperError
from hebca_helper.hardening import bare_environment

TIME_LIMIT = 120.0
"""Seconds for one document."""
LARGEST_ANSWER = 64 * 1024 * 1024
Answer = TypeVar("Answer")


def check_document(
    document: bytes, trusted: Sequence[bytes], crls: Sequence[bytes], now: datetime, *, time_limit: float = TIME_LIMIT
) -> Report:
    """What is found in a document at the moment `now` (aware); `trusted` and `crls` are DER (or PEM lists).

    HelperError(DOCUMENT_HOST_FAILED) when the host crashed or ran into its limits.
    """
    return _answer(Report, _ask(_job("check", [document], trusted, crls, now), time_limit))


def examine_objects(
    objects: Sequence[bytes],
    certificates: Sequence[bytes],
    trusted: Sequence[bytes],
    crls: Sequence[bytes],
    now: datetime,
    *,
    time_limit: float = TIME_LIMIT,
) -> tuple[TokenObject, ...]:
    """What each data object of a USBKEY holds, and whether seals are for these certificates.

    HelperError(DOCUMENT_HOST_FAILED).
    """
    parts = [*objects, *certificates]
    answer = _ask(_job("examine", parts, trusted, crls, now, objects=len(objects), end=len(parts)), time_limit)
    found = tuple(_answer(TokenObject, each) for each in answer) if isinstance(answer, list) else ()
    if len(found) != len(objects):
        raise HelperError(Code.DOCUMENT_HOST_FAILED)
    return found


def _job(
    work: str, parts: Sequence[bytes], trusted: Sequence[bytes], crls: Sequence[bytes], now: datetime, **more: int
) -> bytes:
    """What is to be looked at comes first; `trusted` and `crls` name parts behind it by their place."""
    first, second = len(parts), len(parts) + len(trusted)
    places = {"trusted": list(range(first, second)), "crls": list(range(second, second + len(crls)))}
    return message({"work": work, "now": now.isoformat(), **places, **more}, [*parts, *trusted, *crls])


def _ask(job: bytes, time_limit: float) -> Any:
    """JSON, whatever it says."""
    try:
        done = subprocess.run(
            child_command("document-host"),
            input=job,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=time_limit,
            env=bare_environment(os.environ),
        )
    except subprocess.TimeoutExpired:
        raise HelperError(Code.DOCUMENT_HOST_FAILED) from None
    if done.returncode or len(done.stdout) > LARGEST_ANSWER:
        raise HelperError(Code.DOCUMENT_HOST_FAILED)
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise HelperError(Code.DOCUMENT_HOST_FAILED) from None


def _answer(kind: type[Answer], row: Any) -> Answer:
    """A host that was taken over says nothing but what a report can say."""
    try:
        return decoded(kind, row)
    except ValueError:
        raise HelperError(Code.DOCUMENT_HOST_FAILED) from None
