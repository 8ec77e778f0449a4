"""Tables of objects as other generators write them: what says nothing is no damage and no change."""

from __future__ import annotations

import re
from typing import Any

from hebca_helper.documents.checking import check
from hebca_helper.documents.pdf.placement import Placement
from hebca_helper.seals.findings import Roots
from tests.documents.pdf import papers
from tests.documents.pdf.stamper import NOW, Stamper


def found(document: bytes) -> dict[str, Any]:
    return check(document, Roots(), NOW)


def with_entry(paper: bytes, entry: bytes) -> bytes:
    """One more entry at the end of the table, and the number of it in Size."""
    size = int(re.search(rb"/Size (\d+)", paper)[1])  # type: ignore[index]
    paper = re.sub(rb"xref\n0 \d+\n", b"xref\n0 %d\n" % (size + 1), paper, count=1)
    return paper.replace(b"/Size %d" % size, b"/Size %d" % (size + 1)).replace(b"trailer", entry + b"\ntrailer")


def freeing(document: bytes, number: int) -> bytes:
    """A later update that does nothing but list an object as free."""
    size, previous = re.findall(rb"/Size (\d+)", document)[-1], re.findall(rb"startxref\s+(\d+)", document)[-1]
    root = re.findall(rb"/Root (\d+ 0 R)", document)[-1]
    table = b"xref\n%d 1\n0000000000 00001 f \n" % number
    trailer = b"trailer\n<</Size %s/Root %s/Prev %s>>\n" % (size, root, previous)
    return document + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(document)


def test_unused_object_at_offset_0_keeps_nothing_from_being_checked(stamper: Stamper) -> None:
    paper = with_entry(papers.register(1), b"0000000000 00000 n ")
    row = found(stamper.stamp(paper, Placement()))
    assert (row["verdict"], row["signatures"][0]["document"]) == ("unidentified", "unchanged")
    again = found(stamper.stamp(stamper.stamp(paper, Placement()), Placement(x_mm=40, y_mm=40)))
    assert [each["document"] for each in again["signatures"]] == ["unchanged", "unchanged"]


def test_free_entry_of_unused_object_is_no_change_and_one_of_a_used_object_is(stamper: Stamper) -> None:
    paper = with_entry(papers.register(1), b"0000000000 65535 f ")
    unused = int(re.search(rb"/Size (\d+)", paper)[1]) - 1  # type: ignore[index]
    stamped = stamper.stamp(paper, Placement())
    row = found(freeing(stamped, unused))
    assert (row["verdict"], row["signatures"][0]["document"]) == ("unidentified", "unchanged")
    content = int(re.search(rb"/Contents (\d+) 0 R", paper)[1])  # type: ignore[index]
    gone = found(freeing(stamped, content))
    assert (gone["verdict"], gone["signatures"][0]["details"]["after"]) == ("invalid", "changes")
