"""Asks the document host. The process that asks never parses the document itself."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from hebca_helper.children import child_command, write_message
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
) -> tuple[dict[str, Any], Sequence[bytes]]:
    """What is to be looked at comes first; `trusted` and `crls` name parts behind it by their place."""
    first, second = len(parts), len(parts) + len(trusted)
    places = {"trusted": list(range(first, second)), "crls": list(range(second, second + len(crls)))}
    return {"work": work, "now": now.isoformat(), **places, **more}, [*parts, *trusted, *crls]


def _ask(job: tuple[dict[str, Any], Sequence[bytes]], time_limit: float) -> Any:
    """JSON, whatever it says."""
    process = subprocess.Popen(
        child_command("document-host"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=bare_environment(os.environ),
    )
    timer = threading.Timer(time_limit, process.kill)
    timer.start()
    try:
        answer = _exchange(process, job)
    finally:
        timer.cancel()
        process.kill()
        process.wait()
    try:
        return json.loads(answer)
    except ValueError:
        raise HelperError(Code.DOCUMENT_HOST_FAILED) from None


def _exchange(process: subprocess.Popen[bytes], job: tuple[dict[str, Any], Sequence[bytes]]) -> bytes:
    """The child's answer; empty where it failed. It reads the whole job before it writes, so none waits for the other."""
    if process.stdin is None or process.stdout is None:
        return b""
    with process.stdout:
        try:
            with process.stdin:
                write_message(process.stdin, *job)  # type: ignore[arg-type]
        except OSError:  # it ended before
            return b""
        answer = process.stdout.read(LARGEST_ANSWER + 1)
    return b"" if len(answer) > LARGEST_ANSWER or process.wait() else answer


def _answer(kind: type[Answer], row: Any) -> Answer:
    """A host that was taken over says nothing but what a report can say."""
    try:
        return decoded(kind, row)
    except ValueError:
        raise HelperError(Code.DOCUMENT_HOST_FAILED) from None
