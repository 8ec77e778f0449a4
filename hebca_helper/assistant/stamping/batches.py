"""What is to be stamped, and how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hebca_helper.documents.pdf.placement import Placement
from hebca_helper.errors import HelperError


@dataclass(frozen=True, slots=True)
class StampFile:
    """A file and the name that the stamped one gets; never the same file."""

    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class StampRequest:
    """`seal_id` is a TokenSeal's; empty takes the only one that may be used, or has the person choose.

    `overwrite`: the person already agreed to replace targets that exist.
    """

    files: tuple[StampFile, ...]
    placement: Placement
    seal_id: str = ""
    reason: str = ""
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class StampResult:
    """`problem` None: the stamped file is there. `pages` counts from 1; `notes` as `stamp_notes.told` knows them."""

    file: StampFile
    problem: HelperError | None = None
    pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


Progress = Callable[[int, int, StampResult], object]
"""Called on the loop after each file: how many are done, of how many, and the last one's result."""


@dataclass(slots=True)
class StampBatch:
    """Files under one consent. `stop()` ends the run after the file under way; `Stamping.run` goes on from there."""

    request: StampRequest
    results: dict[StampFile, StampResult] = field(default_factory=dict)
    agreed: dict[StampFile, str] = field(default_factory=dict)
    """SHA-256 of each file as the person agreed to it."""
    consented: bool = False
    stopped: bool = False

    def stop(self) -> None:
        self.stopped = True

    @property
    def waiting(self) -> list[StampFile]:
        """Not stamped yet, failed ones included: running again tries them again."""
        return [each for each in self.request.files if not self._is_done(each)]

    def told(self, result: StampResult, progress: Progress) -> None:
        self.results[result.file] = result
        progress(len(self.results), len(self.request.files), result)

    def _is_done(self, file: StampFile) -> bool:
        result = self.results.get(file)
        return result is not None and result.problem is None
