"""OFD documents: another maker's real one, and one of our own with each of its files and rules broken once."""

from __future__ import annotations

import io
import warnings
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebca_helper.documents.checking import check
from hebca_helper.documents.ofd import package, xml
from hebca_helper.documents.ofd.checking import OfdReport, check_ofd
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.seals.checking import SignatureReport
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.words import Content, Trust, Verdict
from tests.documents import ofd_maker as make
from tests.seals import seal_maker
from tests.seals.seal_maker import NOW

SAMPLE = Path(__file__).parents[1] / "data" / "seals" / "ofdrw-V4RideRight.ofd"


def judged(files: dict[str, bytes]) -> OfdReport:
    return check_ofd(make.package(files), Roots([Certificate.parse(seal_maker.authority().der)]), NOW)


def refusal(data: bytes) -> Code:
    with pytest.raises(HelperError) as raised:
        check_ofd(data, Roots(), NOW)
    return raised.value.code


def test_another_makers_riding_seal() -> None:
    report = check_ofd(SAMPLE.read_bytes(), Roots(), NOW)
    (signature,) = report.signatures
    assert (report.verdict, report.trust, signature.document) == (
        Verdict.UNIDENTIFIED,
        Trust.UNKNOWN,
        Content.UNCHANGED,
    )
    assert signature.description and signature.report
    assert (len(signature.description.stamps), signature.description.riding) == (5, True)
    assert isinstance(signature.report, SignatureReport)
    assert signature.report.signature.signed_at == datetime(2021, 5, 19, 12, 53, 44, tzinfo=UTC)


def test_our_own() -> None:
    report = judged(make.signed())
    assert (report.verdict, report.trust) == (Verdict.VALID, Trust.TRUSTED)
    assert judged(dict(make.CONTENT, **{"Doc_0/Signs/Signatures.xml": make.listing()})).verdict is Verdict.UNSIGNED


@pytest.mark.parametrize("name", list(make.signed()))
def test_no_file_may_change_or_vanish(name: str) -> None:
    files = make.signed()
    if name not in ("OFD.xml", "Doc_0/Signs/Signatures.xml"):
        assert judged({**files, name: files[name] + b" "}).verdict is not Verdict.VALID
        middle = len(files[name]) // 2
        changed = files[name][:middle] + bytes([files[name][middle] ^ 1]) + files[name][middle + 1 :]
        assert judged({**files, name: changed}).verdict in (Verdict.INVALID, Verdict.INDETERMINATE)
    del files[name]
    try:
        assert judged(files).verdict is not Verdict.VALID or name.endswith("Seal.esl"), "Seal.esl is optional"
    except HelperError as problem:
        assert problem.code is Code.DOCUMENT_UNREADABLE


def test_altered_files_are_named() -> None:
    files = make.signed()
    files["Doc_0/Pages/Page_0/Content.xml"] = b"<Page/>"
    (signature,) = judged(files).signatures
    assert (signature.document, signature.altered) == (Content.CHANGED, ("/Doc_0/Pages/Page_0/Content.xml",))


def test_what_is_put_in_beside_the_signed_files_is_told() -> None:
    """Where a signed file names it, a reader shows it; a name in several spellings counts as named."""
    document = b"<Document><Pages/><Annotations>Annots/Annot.xml</Annotations></Document>"
    signed = make.signed({**make.CONTENT, "Doc_0/Document.xml": document})
    for name in ("Doc_0/Annots/Annot.xml", "Doc_0/Annots/ANNOT.XML", "Doc_0/Annots/Annot&.xml"):
        report = judged({**signed, name: b"<Annot/>"})
        assert report.signatures[0].unprotected == (name,)
        assert (report.signatures[0].document, report.verdict) == (Content.UNKNOWN, Verdict.INDETERMINATE)
    through = {"OFD.xml": make.CONTENT["OFD.xml"].replace(b"</ofd:DocBody>", b"<Other>Extra.xml</Other></ofd:DocBody>")}
    rest = {path: each for path, each in make.CONTENT.items() if path != "OFD.xml"}
    described = make.description({f"/{path}": each for path, each in rest.items()})
    loose = {**make.signed(make.CONTENT, described), **through, "Doc_0/Extra.xml": b"<Page/>"}
    assert judged(loose).verdict is Verdict.INDETERMINATE
    loose["OFD.xml"] = loose["OFD.xml"].replace(b"Extra", b"&#69;xtra")
    assert judged(loose).verdict is Verdict.INDETERMINATE, "letters written as numbers"
    unreadable = {**signed, "Doc_0/strange.xml": b"\xff\xfe\0", "Doc_0/other.png": b""}
    assert judged(unreadable).verdict is Verdict.INDETERMINATE, "it may name anything"


def test_a_file_that_nothing_names_is_never_shown() -> None:
    report = judged({**make.signed(), "Doc_0/Thumbs.db": b"", "__MACOSX/stray": b"x"})
    assert (report.signatures[0].document, report.verdict) == (Content.UNCHANGED, Verdict.VALID)


def test_the_document_that_is_opened_must_be_the_signed_one() -> None:
    """OFD.xml may be left out of the signature, as makers do, but then it must lead to what is covered."""
    rest = {path: each for path, each in make.CONTENT.items() if path != "OFD.xml"}
    described = make.description({f"/{path}": each for path, each in rest.items()})
    assert judged(make.signed(make.CONTENT, described)).verdict is Verdict.VALID
    led_away = make.CONTENT["OFD.xml"].replace(b"Doc_0/Document.xml", b"Other.xml")
    files = {**make.signed(make.CONTENT, described), "OFD.xml": led_away, "Other.xml": b"<Document/>"}
    assert judged(files).verdict is Verdict.INDETERMINATE
    del files["Other.xml"]
    files["OFD.xml"] = led_away.replace(b"Other.xml", b"/Doc_0/Signs/Signatures.xml")
    assert judged(files).verdict is Verdict.INDETERMINATE, "files of signatures are not covered, so none may be shown"


def test_a_signature_that_covers_nothing_proves_nothing() -> None:
    for described in (make.description({}), make.description({"/OFD.xml": make.CONTENT["OFD.xml"]})):
        assert judged(make.signed(make.CONTENT, described)).verdict is Verdict.INDETERMINATE


@pytest.mark.parametrize(
    ("method", "verdict"),
    [
        ("1.2.156.10197.1.401", Verdict.VALID),
        ("1.2.156.10197.1.401.2", Verdict.VALID),
        ("sm3", Verdict.VALID),
        ("SHA256", Verdict.INVALID),
        ("MD5", Verdict.INVALID),
        ("", Verdict.VALID),
    ],
)
def test_check_methods(method: str, verdict: Verdict) -> None:
    covered = {f"/{path}": each for path, each in make.CONTENT.items()}
    assert judged(make.signed(make.CONTENT, make.description(covered, method=method))).verdict is verdict


def test_paths_as_makers_write_them() -> None:
    for form in ("{}", "\\{}", "/{}", "/./{}", "../../../{}"):
        covered = {form.format(path): each for path, each in make.CONTENT.items()}
        for value in ("SignedValue.dat", "./signedvalue.DAT", "Doc_0/Signs/Sign_0/SignedValue.dat"):
            described = make.description(covered, value=value, seal="<Seal><BaseLoc>Seal.esl</BaseLoc></Seal>")
            assert judged(make.signed(make.CONTENT, described)).verdict is Verdict.VALID, (form, value)


def test_the_shown_seal_must_be_the_signed_one() -> None:
    files = make.signed()
    files[f"{make.FOLDER}/Seal.esl"] = seal_maker.seal(seal_maker.SealPlan(seal_type=2))
    (signature,) = judged(files).signatures
    assert (signature.seal_file_differs, signature.verdict) == (True, Verdict.INVALID)


def test_a_document_is_as_good_as_its_worst_signature() -> None:
    files = make.signed()
    files["Doc_0/Signs/Signatures.xml"] = make.listing(0, 1)
    report = judged(files)
    assert [each.verdict for each in report.signatures] == [Verdict.VALID, Verdict.INDETERMINATE]
    assert report.verdict is Verdict.INDETERMINATE
    bare = make.description({f"/{path}": each for path, each in make.CONTENT.items()})
    bare = bare.replace(b"Sign_0", b"Sign_1")
    files["Doc_0/Signs/Sign_1/Signature.xml"] = bare
    files["Doc_0/Signs/Sign_1/SignedValue.dat"] = bytes.fromhex("3006020101020101")
    assert [each.verdict for each in judged(files).signatures] == [Verdict.VALID, Verdict.INDETERMINATE]


def test_xml_with_a_document_type_is_refused() -> None:
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><r>&b;</r>'
    outside = b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><r>&a;</r>'
    for data in (bomb, outside, b"<r>" * 100 + b"</r>" * 100, b"<r/>" * 2, b"", b"<r", b"\xff\xfe<", b"<r>&a;</r>"):
        with pytest.raises(HelperError) as raised:
            xml.parse(data)
        assert raised.value.code is Code.DOCUMENT_UNREADABLE
    for encoding in ("gbk", "utf-8", "utf-16"):
        written = f'<?xml version="1.0" encoding="{encoding}"?><r>印章</r>'.encode(encoding)
        assert xml.parse(written).text == "印章"


def test_archives_that_readers_read_differently_are_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive, warnings.catch_warnings(action="ignore"):
        archive.writestr("OFD.xml", make.CONTENT["OFD.xml"])
        archive.writestr("OFD.xml", b"<OFD/>")
    assert refusal(target.getvalue()) is Code.DOCUMENT_UNREADABLE
    assert refusal(make.package(make.signed(), zipfile.ZIP_BZIP2)) is Code.DOCUMENT_UNREADABLE
    assert refusal(b"PK\x03\x04") is Code.DOCUMENT_UNREADABLE
    assert refusal(make.package({"other": b""})) is Code.DOCUMENT_UNREADABLE


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "LARGEST_MEMBER", 100_000)
    assert refusal(make.package({**make.signed(), "OFD.xml": bytes(100_001)})) is Code.TOO_LARGE
    monkeypatch.setattr(package, "LARGEST_TOTAL", 2_000)
    files = make.signed()
    assert check(make.package(files), Roots(), NOW)["verdict"] == "indeterminate"
    monkeypatch.setattr(package, "MOST_MEMBERS", 3)
    assert refusal(make.package(files)) is Code.TOO_LARGE


GOOD = make.package(make.signed(), zipfile.ZIP_STORED)
PACKED = make.package(make.signed())


@given(st.sampled_from([GOOD, PACKED]), st.data())
def test_damaged_documents_are_judged_or_refused(sample: bytes, data: st.DataObject) -> None:
    changed = bytearray(sample)
    for place in data.draw(st.lists(st.integers(0, len(sample) - 1), min_size=1, max_size=6)):
        changed[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(changed)))
    row = check(bytes(changed[cut:] if data.draw(st.booleans()) else changed), Roots(), NOW)
    assert row["verdict"] in tuple(Verdict)


@given(st.text(alphabet="<>/&;!?x=\"' \n印", max_size=60))
def test_any_xml(text: str) -> None:
    try:
        xml.parse(text.encode())
    except HelperError as problem:
        assert problem.code is Code.DOCUMENT_UNREADABLE
