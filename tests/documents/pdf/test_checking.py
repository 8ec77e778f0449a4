"""What a check says of stamped PDFs, and of those that somebody had his hands on."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hebca_helper.documents.checking import check
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.documents.pdf.viewing import OpenDocument
from hebca_helper.errors import HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.words import Verdict
from tests.documents.pdf import papers
from tests.documents.pdf.stamper import NOW, Stamper

REGISTER = papers.register(1)


@pytest.fixture(scope="module")
def stamped(stamper: Stamper) -> bytes:
    return stamper.stamp(papers.register(1), Placement())


def found(document: bytes, roots: Roots | None = None) -> dict[str, Any]:
    return check(document, roots or Roots(), NOW)


def test_each_signature_has_its_points(stamper: Stamper, stamped: bytes) -> None:
    twice = stamper.stamp(stamped, Placement(Mode.EVERY_PAGE), pkcs7=True)
    row = found(twice, Roots([Certificate.parse(stamper.authority.der)]))
    assert (row["kind"], row["verdict"], row["trust"]) == ("pdf", "valid", "trusted")
    first, second = row["signatures"]
    assert (first["name"], first["format"], first["document"], first["signature"]) == (
        "Seal1",
        "cms-rsa",
        "unchanged",
        "valid",
    )
    assert first["certificate_at_signing"] == "valid"
    assert first["signed_at"] == NOW.isoformat()
    assert first["details"]["after"] == "signatures"
    assert second["details"]["after"] == "nothing"
    assert second["details"]["sub_filter"] == "adbe.pkcs7.detached"
    assert found(stamped)["trust"] == "unknown"
    assert found(papers.register(1))["verdict"] == "unsigned"


def test_no_changed_octet_is_ever_called_valid(stamped: bytes) -> None:
    chosen = random.Random(20261121)
    for _ in range(150):
        place = chosen.randrange(len(stamped))
        other = bytearray(stamped)
        other[place] ^= 1 << chosen.randrange(8)
        assert found(bytes(other))["verdict"] not in ("valid", "unidentified"), place


def test_what_comes_after_the_signature_is_told(stamper: Stamper, stamped: bytes) -> None:
    drawn_over = papers.drawn_over(stamped)
    row = found(drawn_over)
    assert row["verdict"] == "invalid"
    assert row["signatures"][0]["document"] == "changed"
    assert row["signatures"][0]["signature"] == "valid"
    assert found(stamped + b"1 0 obj\n<<>>\nendobj\n")["verdict"] == "invalid"


def test_a_signature_of_an_unknown_kind_is_shown_and_not_believed(stamped: bytes) -> None:
    strange = stamped.replace(b"/ETSI.CAdES.detached", b"/Some.Other.Detached")
    row = found(strange)
    assert row["signatures"][0]["details"]["sub_filter"] == "Some.Other.Detached"
    assert row["verdict"] not in ("valid", "unidentified")


def broken(document: bytes, data: st.DataObject) -> bytes:
    made = bytearray(document)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(made) - 2))
        made[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    return bytes(made)


@settings(max_examples=60)
@given(st.data())
def test_any_octets_have_an_answer(stamped: bytes, data: st.DataObject) -> None:
    row = found(broken(stamped, data))
    assert row["verdict"] in tuple(Verdict)


@settings(max_examples=60)
@given(st.data())
def test_any_octets_are_stamped_shown_and_searched_or_refused(stamper: Stamper, data: st.DataObject) -> None:
    paper = broken(REGISTER, data)
    for way in (Placement(), Placement(Mode.KEYWORD, keyword=papers.KEYWORD)):
        with suppress(HelperError):
            assert stamper.stamp(paper, way).startswith(paper)
    with suppress(HelperError), OpenDocument(paper) as opened:
        assert opened.picture(0, 20).startswith(b"\x89PNG")
