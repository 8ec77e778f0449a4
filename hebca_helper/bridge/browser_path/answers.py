"""What the test page reports: one short answer for each step."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hebca_helper.errors import Code, HelperError

LONGEST_DETAIL = 200
LARGEST_REPORT = 4096
"""Bytes of one report."""


class Step(StrEnum):
    """In the order in which a person reads them."""

    TLS = "tls"
    SECURE_SOCKET = "secure-socket"
    SOCKET = "socket"
    LOOPBACK = "loopback"
    POPUP = "popup"
    PDF = "pdf"
    DOWNLOAD = "download"
    PRINT = "print"


AUTOMATIC = frozenset({Step.TLS, Step.SECURE_SOCKET, Step.SOCKET, Step.LOOPBACK})
"""Need no hand."""


class Result(StrEnum):
    GOOD = "good"
    ASKS = "asks"
    """LOOPBACK only: the browser asks the person at each site."""
    BAD = "bad"
    UNKNOWN = "unknown"
    """Cannot be told from this page."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`detail` came from a browser: shown as plain text to the person only."""

    result: Result
    detail: str = ""


class Answers:
    """Of one run. `finished` is set when the person says so, or when every step has an answer."""

    def __init__(self) -> None:
        self._answers: dict[Step, Answer] = {}
        self.finished = asyncio.Event()
        self.automatic_done = asyncio.Event()

    def report(self, body: bytes) -> None:
        """BAD_REQUEST for anything but `{"step", "result", "detail"}` or `{"finished": true}`."""
        try:
            table = json.loads(body)
            if table == {"finished": True}:
                self.finished.set()
                return
            detail = str(table.get("detail", ""))[:LONGEST_DETAIL]
            answer = Answer(Result(table["result"]), "".join(filter(str.isprintable, detail)))
            self._answers[Step(table["step"])] = answer
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise HelperError(Code.BAD_REQUEST) from None
        self._note_progress()

    def all(self) -> Mapping[Step, Answer]:
        return self._answers

    def _note_progress(self) -> None:
        if self._answers.keys() >= AUTOMATIC:
            self.automatic_done.set()
        if len(self._answers) == len(Step):
            self.finished.set()
