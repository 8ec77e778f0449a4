"""Signature fields that a form brings: sealed in their place, as the form wants it, and nothing else of it touched."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigCertConstraintFlags,
    SigCertConstraints,
    SigFieldSpec,
    SigSeedSubFilter,
    SigSeedValFlags,
    SigSeedValueSpec,
    append_signature_field,
    enumerate_sig_fields,
)
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from hebca_helper.documents.pdf.empty_fields import fields_of
from hebca_helper.documents.pdf.pictures import seal_picture
from hebca_helper.documents.pdf.placement import Mode, Placement
from hebca_helper.documents.pdf.plan import Note, Plan, Prepared, SubFilter
from hebca_helper.documents.pdf.preparing import prepare
from hebca_helper.errors import Code, HelperError
from tests.documents.pdf import foreign_pdfs, papers
from tests.documents.pdf.stamper import NOW, Stamper, pdfsig
from tests.documents.pdf.test_stamping import red_box
from tests.pki import certificate_maker as maker

ONLY = Placement(Mode.FIELD)
LARGE = (330, 180, 480, 300)
"""150 × 120 points: 52.9 × 42.3 mm, room for the whole seal."""
STRANGER = SigCertConstraints(
    flags=SigCertConstraintFlags.SUBJECT, subjects=[papers.asn1_certificate(maker.root().der)]
)


def prepared(document: bytes, placement: Placement = ONLY, **more: Any) -> Prepared:
    return prepare(document, seal_picture(papers.seal_png()), Plan(placement, 40, 40, NOW, "演练", **more))


def code_of(document: bytes, placement: Placement = ONLY, **more: Any) -> tuple[Code, str]:
    with pytest.raises(HelperError) as caught:
        prepared(document, placement, **more)
    return caught.value.code, caught.value.detail


def test_the_seal_is_in_the_middle_of_the_field(stamper: Stamper, tmp_path: Path) -> None:
    form = papers.form("甲方签章", "乙方签章", box=LARGE)
    stamped = stamper.stamp(form, Placement(Mode.FIELD, field="乙方签章"))
    middle = 405 / 72 * 25.4, 297 - 240 / 72 * 25.4
    expected = (middle[0] - 20, middle[1] - 20, middle[0] + 20, middle[1] + 20)
    assert red_box(stamped, 0) == pytest.approx(expected, abs=1.2)
    path = tmp_path / "a.pdf"
    path.write_bytes(stamped)
    assert pdfsig(path).count("Signature is Valid") == 1
    reader = PdfFileReader(io.BytesIO(stamped))
    assert [(name, value is not None) for name, value, _ in enumerate_sig_fields(reader)] == [
        ("甲方签章", False),
        ("乙方签章", True),
    ]
    assert [each.name for each in fields_of(stamped)] == ["甲方签章"]
    other = stamper.stamp(stamped, ONLY)  # the only one that is left
    path.write_bytes(other)
    assert pdfsig(path).count("Signature is Valid") == 2


def test_a_small_field_has_a_smaller_seal_and_it_is_told(stamper: Stamper) -> None:
    form = papers.form(box=(100, 100, 240, 157))  # 57 points: 20 mm high
    assert prepared(form).notes == (Note.SMALLER,)
    box = red_box(stamper.stamp(form, ONLY), 0)
    assert box is not None
    assert box[2] - box[0] == pytest.approx(20, abs=1.2)


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_the_seal_stands_upright_on_turned_pages(stamper: Stamper, rotation: int) -> None:
    form = papers.form(box=LARGE, paper=papers.register(1, rotation=rotation))
    box = red_box(stamper.stamp(form, ONLY), 0)
    assert box is not None
    assert (box[2] - box[0], box[3] - box[1]) == pytest.approx((40, 40), abs=1.5)


def test_which_field_is_asked_for() -> None:
    code, told = code_of(papers.form("甲", "乙"))
    assert code is Code.SEAL_PLACE_MISSING
    assert "甲" in told
    assert "乙" in told
    assert code_of(papers.form("甲"), Placement(Mode.FIELD, field="丙"))[0] is Code.SEAL_PLACE_MISSING
    assert code_of(papers.register(1))[0] is Code.SEAL_PLACE_MISSING
    assert code_of(papers.form(box=(0, 0, 0, 0)))[0] is Code.SEAL_PLACE_MISSING


def certified(permission: MDPPerm) -> bytes:
    return papers.certified(papers.form("签章"), permission)


def test_earlier_signatures_decide_whether_a_field_may_be_filled(stamper: Stamper) -> None:
    form = papers.form("签章")
    for allowed in (
        certified(MDPPerm.FILL_FORMS),
        certified(MDPPerm.ANNOTATE),
        papers.locked(form, FieldMDPSpec(FieldMDPAction.EXCLUDE, ["签章"])),
    ):
        stamped = stamper.stamp(allowed, Placement(Mode.FIELD, field="签章"))
        reader = PdfFileReader(io.BytesIO(stamped))
        earlier, ours = reader.embedded_signatures
        for each in (earlier, ours):
            found = validate_pdf_signature(each, ValidationContext(trust_roots=[]))
            assert (found.intact, found.valid, found.docmdp_ok) == (True, True, True)
    for refused in (
        certified(MDPPerm.NO_CHANGES),
        papers.locked(form),
        papers.locked(form, FieldMDPSpec(FieldMDPAction.INCLUDE, ["签章"])),
    ):
        assert code_of(refused)[0] is Code.DOCUMENT_LOCKED


def test_the_forms_lock_becomes_the_signatures(stamper: Stamper) -> None:
    form = papers.form("签章", box=LARGE, field_mdp_spec=FieldMDPSpec(FieldMDPAction.ALL))
    stamped = stamper.stamp(form, ONLY)
    assert b"/FieldMDP" in stamped[len(form) :]
    assert code_of(stamped, Placement())[0] is Code.DOCUMENT_LOCKED


def wanting(**seed: Any) -> bytes:
    return papers.form(box=LARGE, seed_value_dict=SigSeedValueSpec(**seed))


def test_what_the_form_wishes_is_done() -> None:
    flags = SigSeedValFlags.SUBFILTER | SigSeedValFlags.REASONS | SigSeedValFlags.DIGEST_METHOD
    made = prepared(
        wanting(
            flags=flags,
            subfilters=[SigSeedSubFilter.ADOBE_PKCS7_DETACHED],
            reasons=["同意"],
            digest_methods=["sha1", "sha256"],
        )
    )
    assert (made.sub_filter, made.reason) == (SubFilter.PKCS7, "同意")
    assert b"/adbe.pkcs7.detached" in made.update


@pytest.mark.parametrize(
    "seed",
    [
        {"flags": SigSeedValFlags.REASONS, "reasons": ["同意", "确认"]},
        {"flags": SigSeedValFlags.DIGEST_METHOD, "digest_methods": ["sha512"]},
        {"timestamp_required": True, "timestamp_server_url": "http://127.0.0.1:1/"},
        {"flags": SigSeedValFlags.ADD_REV_INFO, "add_rev_info": True},
        {"cert": STRANGER},
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(stamper: Stamper, seed: dict[str, Any]) -> None:
    code, told = code_of(wanting(**seed), certificates=[stamper.certificate.der])
    assert code is Code.SEAL_FIELD_REFUSED
    assert told


def test_a_nested_field_has_its_whole_name(stamper: Stamper) -> None:
    def nested(writer: Any) -> None:
        append_signature_field(writer, SigFieldSpec("表.签章", box=LARGE))

    form = foreign_pdfs.updated(papers.register(1), nested)
    assert [each.name for each in fields_of(form)] == ["表.签章"]
    assert red_box(stamper.stamp(form, Placement(Mode.FIELD, field="表.签章")), 0) is not None
