"""The document host for PDFs that stays: jobs one after another over its pipes, as long as its parent wants it.

A job's `work` names a function below; the answer's row is `{"row": …}` or `{"problem": {"code", "detail"}}`. Nothing that one
document left here may be used for somebody else's: whoever asks takes a new host for each request (`documents.pdf.client`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hebca_helper.children import read_message, write_message
from hebca_helper.documents.host import limit_resources
from hebca_helper.errors import Code, HelperError

if TYPE_CHECKING:
    from hebca_helper.documents.pdf.viewing import OpenDocument

SECONDS_A_JOB = 60
"""Of processor time."""
Answer = tuple[dict[str, Any], list[bytes]]


def main(_: Sequence[str]) -> int:
    """Until the pipe ends."""
    limit_resources(None)
    desk = Desk()
    while (job := read_message(sys.stdin.buffer)) is not None:
        _allow_time()
        write_message(sys.stdout.buffer, *_answered(desk, *job))
    return 0


def _answered(desk: Desk, job: dict[str, Any], parts: list[bytes]) -> Answer:
    try:
        row, made = _WORK[job["work"]](desk, job, parts)
    except HelperError as problem:
        return {"problem": {"code": problem.code, "detail": problem.detail[:500]}}, []
    return {"row": row}, made


class Desk:
    """At most one document lies open on it."""

    def __init__(self) -> None:
        self._open: OpenDocument | None = None

    def warm(self, _: dict[str, Any], __: list[bytes]) -> Answer:
        """Load the libraries while nobody waits."""
        from hebca_helper.documents.pdf import preparing, viewing

        return {"loaded": [preparing.__name__, viewing.__name__]}, []

    def open(self, _: dict[str, Any], parts: list[bytes]) -> Answer:
        """Sizes of the pages in mm, as they are shown."""
        from hebca_helper.documents.pdf.viewing import OpenDocument, units_in

        if self._open is not None:
            self._open.close()
            self._open = None
        self._open = OpenDocument(parts[0], units_in(parts[0]))
        sheets = [self._open.sheet(number) for number in range(min(self._open.pages, 2000))]
        sizes = [[round(sheet.width_mm, 2), round(sheet.height_mm, 2)] for sheet in sheets]
        return {"count": self._open.pages, "pages": sizes}, []

    def page(self, job: dict[str, Any], _: list[bytes]) -> Answer:
        return {}, [self._document.picture(int(job["page"]), float(job["dots_per_inch"]))]

    def find(self, job: dict[str, Any], _: list[bytes]) -> Answer:
        """Boxes of a keyword: page from 0, left, top, right, bottom in mm as shown."""
        hits = self._document.find(str(job["keyword"]))
        boxes = [self._document.sheet(hit.page).shown(hit.box) for hit in hits]
        return {"hits": [[hit.page, *box] for hit, box in zip(hits, boxes, strict=True)]}, []

    def fields(self, _: dict[str, Any], parts: list[bytes]) -> Answer:
        """Empty signature fields: name, page from 0, left, top, right, bottom in mm of where each is seen first."""
        from hebca_helper.documents.pdf.empty_fields import fields_of

        found = [
            [each.name, each.widgets[0].page, *each.widgets[0].box] for each in fields_of(parts[0]) if each.widgets
        ]
        return {"fields": found}, []

    def prepare(self, job: dict[str, Any], parts: list[bytes]) -> Answer:
        """Parts: document, picture, seal, certificates, lists, answers of responders."""
        from hebca_helper.documents.pdf.pictures import seal_picture
        from hebca_helper.documents.pdf.placement import Placement
        from hebca_helper.documents.pdf.plan import Plan, SubFilter
        from hebca_helper.documents.pdf.preparing import prepare

        document, picture, seal, *more = parts
        first, second = job["certificates"], job["certificates"] + job["crls"]
        plan = Plan(
            placement=Placement.from_row(job["placement"]),
            width_mm=float(job["width_mm"]),
            height_mm=float(job["height_mm"]),
            moment=datetime.fromisoformat(job["moment"]),
            name=job["name"],
            sub_filter=SubFilter(job["sub_filter"]),
            reason=job["reason"],
            reserved=int(job["reserved"]),
            certificates=more[:first],
            crls=more[first:second],
            ocsps=more[second:],
            time_stamp=bool(job["time_stamp"]),
            seal=seal,
        )
        made = prepare(document, seal_picture(picture), plan)
        row = {
            "hole": list(made.hole),
            "pages": list(made.pages),
            "sub_filter": made.sub_filter,
            "reason": made.reason,
            "notes": list(made.notes),
        }
        return row, [made.update]

    def collect(self, _: dict[str, Any], parts: list[bytes]) -> Answer:
        """Pictures, on A4, and PDFs as one PDF."""
        from hebca_helper.documents.pdf.scans import one_document

        return {}, [one_document(parts)]

    @property
    def _document(self) -> OpenDocument:
        if self._open is None:
            raise HelperError(Code.BAD_REQUEST)
        return self._open


_WORK: dict[str, Callable[[Desk, dict[str, Any], list[bytes]], Answer]] = {
    "warm": Desk.warm,
    "open": Desk.open,
    "page": Desk.page,
    "find": Desk.find,
    "fields": Desk.fields,
    "prepare": Desk.prepare,
    "collect": Desk.collect,
}


def _allow_time() -> None:
    """Another minute of processor time from now on; at its end the system ends the process."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + SECONDS_A_JOB, hard))
