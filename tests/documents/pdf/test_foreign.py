"""PDFs that other programs signed, each SubFilter that is met, and what people did to them afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from hebca_helper.documents.checking import check
from hebca_helper.pki.sm3 import sm3
from hebca_helper.seals.findings import Roots
from tests.documents import foreign_cms as cms
from tests.documents.pdf import foreign_pdfs as made
from tests.documents.pdf import papers
from tests.documents.pdf.stamper import NOW
from tests.pki import certificate_maker as maker
from tests.seals import seal_maker as seals

RSA, SM2 = cms.Writer(seals.signer(rsa=True)), cms.Writer(seals.signer())


def sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def detached(writer: cms.Writer = RSA, **more: Any) -> Callable[[bytes], bytes]:
    return lambda content: cms.signed(None, writer, detached=content, **more)


def of(document: bytes) -> dict[str, Any]:
    return check(document, Roots(), NOW)


@pytest.mark.parametrize(
    ("contents", "sub_filter", "handler", "written_as"),
    [
        (detached(), "adbe.pkcs7.detached", "Adobe.PPKLite", "cms-rsa"),
        (detached(indefinite=True), "adbe.pkcs7.detached", "Adobe.PPKLite", "cms-rsa"),
        (detached(), "ETSI.CAdES.detached", "Adobe.PPKLite", "cms-rsa"),
        (lambda content: cms.signed(sha1(content), RSA), "adbe.pkcs7.sha1", "Adobe.PPKLite", "cms-rsa"),
        (detached(SM2), "adbe.pkcs7.detached", "Adobe.PPKLite", "cms-sm2"),
        (detached(SM2, arc=cms.GM), "GM.SM2", "GM.PKILite", "cms-sm2"),
        (lambda content: seals.signature(sm3(content)), "fxit.sm.detached", "Foxit.SM", "ses"),
        (lambda content: seals.signature(sm3(content), seals.SealPlan(2014)), "GM.sm2seal", "Gomain.GMPkiLite", "ses"),
    ],
)
def test_whoever_signed_it_is_checked(
    contents: Callable[[bytes], bytes], sub_filter: str, handler: str, written_as: str
) -> None:
    document = made.signed(contents, sub_filter=sub_filter, handler=handler)
    row = of(document)
    [signature] = row["signatures"]
    assert (row["verdict"], signature["format"], signature["document"]) == ("unidentified", written_as, "unchanged")
    drawn = of(document.replace(b"/Type /Page\n", b"/Type /PagE\n", 1))
    assert drawn["verdict"] == "invalid"
    assert drawn["signatures"][0]["document"] == "changed"


def test_a_bare_signature_with_its_certificate_beside_it() -> None:
    holder = seals.signer(rsa=True)
    document = made.signed(
        lambda content: seals.octets(maker.sign(holder.key, maker.SHA1_RSA, content)),
        sub_filter="adbe.x509.rsa_sha1",
        certificate=holder.der,
    )
    [signature] = of(document)["signatures"]
    # it says not when it was made, so nobody knows whether the certificate was in force
    assert (signature["signature"], signature["document"], signature["verdict"]) == (
        "valid",
        "unchanged",
        "indeterminate",
    )


def test_a_document_time_stamp_is_no_changed_document() -> None:
    """The service's certificate does not say that it may stamp times."""
    document = made.signed(lambda content: cms.token(content, RSA), sub_filter="ETSI.RFC3161")
    [signature] = of(document)["signatures"]
    assert (signature["document"], signature["verdict"]) == ("unchanged", "indeterminate")
    other = made.signed(lambda content: cms.token(content + b"x", RSA), sub_filter="ETSI.RFC3161")
    assert of(other)["signatures"][0]["document"] == "changed"


def test_octets_beside_the_signature_must_be_covered() -> None:
    assert of(made.signed(detached(), gap=20))["verdict"] == "invalid"


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (made.annotated("/FreeText"), "annotations"),
        (made.annotated("/Stamp"), "annotations"),
        (made.hidden_page, "changes"),
        (made.other_font, "changes"),
        (made.other_pages, "changes"),
    ],
)
def test_what_was_done_after_signing_is_told(change: Any, after: str) -> None:
    row = of(made.updated(made.signed(detached()), change))
    assert row["verdict"] == "invalid"
    assert (row["signatures"][0]["details"]["after"], row["signatures"][0]["signature"]) == (after, "valid")


def test_two_makers_in_one_file() -> None:
    first = made.signed(detached())
    both = of(made.signed(detached(SM2), paper=first, name="B"))
    assert [each["format"] for each in both["signatures"]] == ["cms-rsa", "cms-sm2"]
    assert both["verdict"] == "unidentified"


def test_unsigned_parts_of_a_signature_cannot_be_changed_unnoticed() -> None:
    document = made.signed(detached(), paper=papers.register(1))
    first = document.rindex(b"/Contents <") + len(b"/Contents <")
    message = bytes.fromhex(document[first : document.index(b">", first)].decode("ascii"))
    for wanted, other in (
        (bytes.fromhex("0609608648016503040201"), bytes.fromhex("0609608648016503040203")),  # SHA-256, SHA-512
        (b"\x05\x00", b"\x04\x00"),
    ):
        place = first + 2 * message.index(wanted)
        changed = document[:place] + other.hex().encode("ascii") + document[place + 2 * len(other) :]
        assert of(changed)["verdict"] not in ("valid", "unidentified")
