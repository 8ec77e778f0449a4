"""Asks a document host that stays. The process that asks never parses the document itself."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from hebca_helper.children import child_command, read_message, write_message
from hebca_helper.documents.pdf.plan import Plan, SubFilter
from hebca_helper.errors import Code, HelperError
from hebca_helper.hardening import bare_environment

TIME_LIMIT = 90.0
"""Seconds for one job."""
KIND = "pdf-host"


@dataclass(frozen=True, slots=True)
class Ready:
    """A document with its empty signature: `update` goes behind it, `hole` is where `<…>` of the signature stands.

    `sub_filter` and `reason` as they are written there; `notes` as `documents.pdf.plan.Note`.
    """

    update: bytes
    hole: tuple[int, int]
    pages: tuple[int, ...]
    sub_filter: SubFilter
    reason: str = ""
    notes: tuple[str, ...] = ()


class PdfHost:
    """One child process for the documents of one request; its methods block and may be called from any thread.

    HelperError(DOCUMENT_HOST_FAILED) when the child died or took too long; the next call starts another.
    """

    def __init__(self, time_limit: float = TIME_LIMIT) -> None:
        self._time_limit = time_limit
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()
        self._closed = False

    def warm(self) -> None:
        """Start it, so that the first job need not wait."""
        self._ask({"work": "warm"})

    def open(self, document: bytes) -> list[tuple[float, float]]:
        """Width and height of each page in mm. HelperError(DOCUMENT_ENCRYPTED, DOCUMENT_UNREADABLE)."""
        row, _ = self._ask({"work": "open"}, [document])
        return [(float(width), float(height)) for width, height in row["pages"]]

    def page(self, number: int, dots_per_inch: float) -> bytes:
        """PNG of a page (from 0) of the document that was opened last."""
        _, parts = self._ask({"work": "page", "page": number, "dots_per_inch": dots_per_inch})
        return parts[0]

    def find(self, keyword: str) -> list[tuple[int, float, float, float, float]]:
        """Page from 0; left, top, right, bottom in mm."""
        row, _ = self._ask({"work": "find", "keyword": keyword})
        return [(int(hit[0]), *(float(each) for each in hit[1:5])) for hit in row["hits"]]  # type: ignore[misc]

    def fields(self, document: bytes) -> list[tuple[str, int, float, float, float, float]]:
        """Empty signature fields: name, page from 0, left, top, right, bottom in mm."""
        row, _ = self._ask({"work": "fields"}, [document])
        return [(str(each[0]), int(each[1]), *(float(side) for side in each[2:6])) for each in row["fields"]]  # type: ignore[misc]

    def collect(self, pictures: Sequence[bytes]) -> bytes:
        """JPG, PNG and the like on A4, and PDFs, as one PDF."""
        _, parts = self._ask({"work": "collect"}, list(pictures))
        return parts[0]

    def prepare(self, document: bytes, picture: bytes, plan: Plan) -> Ready:
        """`picture`: PNG of the seal. HelperError: DOCUMENT_ENCRYPTED, DOCUMENT_UNREADABLE, DOCUMENT_LOCKED,
        SEAL_PLACE_MISSING, SEAL_FIELD_REFUSED.
        """
        job = {
            "work": "prepare",
            "placement": plan.placement.as_row(),
            "width_mm": plan.width_mm,
            "height_mm": plan.height_mm,
            "moment": plan.moment.isoformat(),
            "name": plan.name,
            "sub_filter": plan.sub_filter,
            "reason": plan.reason,
            "reserved": plan.reserved,
            "certificates": len(plan.certificates),
            "crls": len(plan.crls),
            "time_stamp": plan.time_stamp,
        }
        more = [*plan.certificates, *plan.crls, *plan.ocsps]
        row, parts = self._ask(job, [document, picture, plan.seal, *more])
        start, end = (int(each) for each in row["hole"])
        pages, notes = tuple(int(page) for page in row["pages"]), tuple(str(note) for note in row["notes"])
        return Ready(parts[0], (start, end), pages, SubFilter(row["sub_filter"]), str(row["reason"]), notes)

    def close(self) -> None:
        """End it; a job under way ends with DOCUMENT_HOST_FAILED."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()
        with self._turn:
            self._gone()

    def __enter__(self) -> PdfHost:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, job: dict[str, Any], parts: Sequence[bytes] = ()) -> tuple[dict[str, Any], list[bytes]]:
        with self._turn:
            if self._closed:
                raise HelperError(Code.DOCUMENT_HOST_FAILED)
            process = self._process or self._start()
            timer = threading.Timer(self._time_limit, process.kill)
            timer.daemon = True
            timer.start()
            try:
                answer = _exchange(process, job, parts)
            finally:
                timer.cancel()
            if answer is None:
                self._gone()
                raise HelperError(Code.DOCUMENT_HOST_FAILED)
        row, made = answer
        if "problem" in row:
            raise HelperError(Code(row["problem"]["code"]), str(row["problem"]["detail"]))
        return row["row"], made

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            child_command(KIND),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=bare_environment(os.environ),
        )
        return self._process

    def _gone(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close_quietly(pipe)
        process.wait()


def _exchange(
    process: subprocess.Popen[bytes], job: dict[str, Any], parts: Sequence[bytes]
) -> tuple[dict[str, Any], list[bytes]] | None:
    """None when the child is gone or answers with nonsense."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        write_message(process.stdin, job, parts)  # type: ignore[arg-type]
        return read_message(process.stdout)  # type: ignore[arg-type]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _close_quietly(pipe: Any) -> None:
    """What was not written yet cannot be written any more."""
    try:
        pipe.close()
    except OSError:
        return


def digest_to_sign(document: bytes, ready: Ready) -> bytes:
    """SHA-256 of everything but the empty signature (ISO 32000-1, 12.8.1).

    HelperError(DOCUMENT_HOST_FAILED) unless the place is in the update and empty: the host cannot have us write elsewhere.
    """
    start, end = ready.hole
    first = len(document)
    place = ready.update[start - first : end - first] if first <= start < end else b""
    if len(place) != end - start or place != b"<" + b"0" * (end - start - 2) + b">":
        raise HelperError(Code.DOCUMENT_HOST_FAILED)
    digest = hashlib.sha256(document)
    digest.update(ready.update[: start - first])
    digest.update(ready.update[end - first :])
    return digest.digest()


def filled(document: bytes, ready: Ready, message: bytes) -> bytes:
    """The whole document with the signature in it. HelperError(TOO_LARGE) where it does not fit."""
    start, end = ready.hole
    if len(message) > (end - start - 2) // 2:
        raise HelperError(Code.TOO_LARGE)
    whole = bytearray(document)
    whole += ready.update
    whole[start + 1 : start + 1 + 2 * len(message)] = message.hex().encode("ascii")
    return bytes(whole)
