"""CMS signatures of Chinese software (GB/T 35275), bare and in OFD documents, and openssl's with RSA."""

from __future__ import annotations

import base64
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.documents.checking import check
from hebca_helper.documents.cms import CmsReport, check_cms
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.revocation import Crl
from hebca_helper.pki.sm3 import sm3
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.words import Content, Standing, State, Trust, Verdict
from tests.documents import ofd_maker
from tests.documents.cms_maker import PKCS7, SM2_CURVE, SM2_SIGN, CmsPlan, signed
from tests.pki import certificate_maker as maker
from tests.seals import seal_maker
from tests.seals.seal_maker import NOW, SIGNED

ROOTS = Roots([Certificate.parse(seal_maker.authority().der)])
CONTENT = b"digest of a document"
USUAL = CmsPlan(at=SIGNED)
PLANS = [
    USUAL,
    CmsPlan(at=SIGNED, arc=PKCS7),
    CmsPlan(at=SIGNED, algorithm=SM2_SIGN, raw_signature=True),
    CmsPlan(at=SIGNED, algorithm=SM2_CURVE, attached=False),
    CmsPlan(attributes=False),
    CmsPlan(attributes=False, arc=PKCS7, attached=False, raw_signature=True),
]


def judged(message: bytes, *contents: bytes, plan: CmsPlan = USUAL, roots: Roots = ROOTS) -> CmsReport:
    """Who says no time in the signature says it beside it, as OFD documents do."""
    (report,) = check_cms(message, contents, roots, NOW, None if plan.at else SIGNED)
    return report


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_every_way_that_sm2_is_written(plan: CmsPlan) -> None:
    message = signed(CONTENT, plan)
    report = judged(message, b"other", CONTENT, plan=plan)
    assert (report.format, report.state, report.document) == ("cms-sm2", State.VALID, Content.UNCHANGED)
    assert (report.verdict, report.trust, report.signed_at) == (Verdict.VALID, Trust.TRUSTED, SIGNED)
    changed = judged(message, CONTENT + b" ", plan=plan)
    assert changed.verdict is Verdict.INVALID
    if plan.attributes or plan.attached:
        assert (changed.state, changed.document) == (State.VALID, Content.CHANGED), "the two are told apart"
    if not plan.attached:
        assert judged(message, plan=plan).verdict is Verdict.INDETERMINATE, "a signature without its document"


@pytest.mark.parametrize("plan", [USUAL, CmsPlan(attributes=False)], ids=["attributes", "bare"])
def test_nothing_tampered_is_called_valid(plan: CmsPlan) -> None:
    good, signer = signed(CONTENT, plan), Certificate.parse(seal_maker.signer().der)
    assert judged(good, CONTENT, plan=plan).verdict is Verdict.VALID
    for place in range(len(good)):
        changed = good[:place] + bytes([good[place] ^ 0x01]) + good[place + 1 :]
        try:
            reports = check_cms(changed, [CONTENT], ROOTS, NOW, SIGNED)
        except HelperError as problem:
            assert problem.code in (Code.MESSAGE_UNREADABLE, Code.NOT_SUPPORTED)
            continue
        for report in reports:
            # what a CMS repeats outside of its signature, such as version numbers, changes nothing that is said
            same = (report.signer.certificate, report.signed_at, report.document) == (signer, SIGNED, Content.UNCHANGED)
            assert report.verdict is not Verdict.VALID or report.trust is not Trust.TRUSTED or same, place


def test_attributes_cannot_be_passed_off_as_content() -> None:
    """Their SET is what was signed; shown as content of a signature without attributes, it would fit."""
    found = signed(CONTENT, USUAL)
    start = found.index(bytes.fromhex("06092a864886f70d010903")) - 2
    attributes = b"\x31" + found[start - 1 : start + found[start - 1]]
    forged = judged(signed(attributes, CmsPlan(attributes=False, attached=False)), attributes, plan=CmsPlan())
    assert (forged.state, forged.document, forged.verdict) == (State.VALID, Content.CHANGED, Verdict.INVALID)


def test_the_signers_certificate_at_signing() -> None:
    crl = Crl.parse(seal_maker.authority().crl([(4, SIGNED - timedelta(days=1), None)]))
    revoked = judged(signed(CONTENT, USUAL), CONTENT, roots=Roots(ROOTS.trusted, [crl]))
    assert (revoked.signer.standing, revoked.verdict) == (Standing.REVOKED, Verdict.INVALID)
    late = judged(signed(CONTENT, CmsPlan(at=NOW + timedelta(days=3))), CONTENT)
    assert late.time_doubtful and late.verdict is not Verdict.VALID
    (silent,) = check_cms(signed(CONTENT, CmsPlan()), [CONTENT], ROOTS, NOW)
    assert (silent.signer.standing, silent.verdict) == (Standing.UNKNOWN, Verdict.INDETERMINATE)
    stranger = seal_maker.Holder(maker.root("SEAL ROOT", maker.sm2_key(9)).der, maker.sm2_key(9))
    assert judged(signed(CONTENT, USUAL, stranger), CONTENT).trust is not Trust.TRUSTED


def ofd(value: bytes, described: bytes) -> bytes:
    files = ofd_maker.signed(described=described)
    files[f"{ofd_maker.FOLDER}/SignedValue.dat"] = value
    files["Doc_0/Signs/Signatures.xml"] = ofd_maker.listing(0, kind="Sign")
    return ofd_maker.package({name: each for name, each in files.items() if not name.endswith("Seal.esl")})


@pytest.mark.parametrize("as_text", [False, True], ids=["octets", "base64"])
def test_an_ofd_signed_without_a_seal(as_text: bool) -> None:
    covered = {f"/{path}": each for path, each in ofd_maker.CONTENT.items()}
    described = ofd_maker.description(covered, seal="<SignatureDateTime>20260203120506</SignatureDateTime>")
    digest = sm3(described)
    content = base64.b64encode(digest) if as_text else digest
    row = check(ofd(signed(content, CmsPlan(attributes=False)), described), ROOTS, NOW)
    (signature,) = row["signatures"]
    assert (row["verdict"], row["trust"]) == ("valid", "trusted")
    assert (signature["format"], signature["document"], signature["signature"]) == ("cms-sm2", "unchanged", "valid")
    assert (signature["signed_at"], signature["seal"]) == ("2026-02-03T04:05:06+00:00", None)
    other = check(ofd(signed(sm3(b"another"), CmsPlan(attributes=False)), described), ROOTS, NOW)
    assert (other["verdict"], other["signatures"][0]["document"]) == ("invalid", "changed")


def test_a_signature_in_a_file_of_its_own() -> None:
    row = check(signed(CONTENT, CmsPlan(at=SIGNED, attached=False)), ROOTS, NOW)
    (signature,) = row["signatures"]
    assert (row["kind"], row["verdict"], signature["format"]) == ("signature", "indeterminate", "cms-sm2")
    assert (signature["signature"], signature["document"]) == ("valid", "unknown")
    bare = check(maker.sequence(seal_maker.number(1), seal_maker.number(2)), ROOTS, NOW)
    assert (bare["kind"], bare["verdict"], bare["signatures"][0]["format"]) == ("signature", "indeterminate", "raw")


def test_what_openssl_signs_with_rsa(tmp_path: Path) -> None:
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "k",
        "-out",
        "c",
        "-subj",
        "/CN=x",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "data").write_bytes(CONTENT)
    sign = ["openssl", "cms", "-sign", "-binary", "-in", "data", "-signer", "c", "-inkey", "k", "-outform", "DER"]
    message = subprocess.run(sign, cwd=tmp_path, check=True, capture_output=True).stdout
    (report,) = check_cms(message, [CONTENT], Roots(), utc_now())
    assert (report.format, report.verdict, report.trust) == ("cms-rsa", Verdict.UNIDENTIFIED, Trust.UNKNOWN)
