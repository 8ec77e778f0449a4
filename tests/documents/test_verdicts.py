"""The four verdicts: what is intact is valid only where a known issuer stands for whoever made it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from hebca_helper.assistant.stamping import check_words
from hebca_helper.assistant.stamping.check_words import Noun
from hebca_helper.documents.checking import check
from hebca_helper.documents.pdf.placement import Placement
from hebca_helper.documents.report import Report, decoded
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.sm3 import sm3
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.words import FROM_GOOD_TO_BAD, Reason, Verdict, outcome
from tests.documents import foreign_cms as cms
from tests.documents import ofd_maker as ofds
from tests.documents.pdf import foreign_pdfs as pdfs
from tests.documents.pdf import papers
from tests.documents.pdf.stamper import Stamper
from tests.pki import certificate_maker as maker
from tests.seals import seal_maker as seals

KNOWN = Roots([Certificate.parse(each.der) for each in (seals.authority(), maker.hebca())])
OTHER = Roots([Certificate.parse(maker.root("河北省数字证书认证中心", maker.sm2_key(7)).der)])
NOBODY = Roots()


def office() -> seals.Holder:
    """Somebody's own key under the name of an office, signed by nobody else."""
    key = maker.rsa_key(3)
    return seals.Holder(maker.root("河北省自然资源厅", key, extensions=(maker.SIGNING,)).der, key)


def company() -> cms.Writer:
    return cms.Writer(seals.Holder(maker.hebca().certificate(), maker.rsa_key(0)))


def detached(writer: cms.Writer) -> Callable[[bytes], bytes]:
    return lambda content: cms.signed(None, writer, detached=content)


def seal_in_pdf(content: bytes) -> bytes:
    return seals.signature(sm3(content))


FILES: dict[str, Callable[[], bytes]] = {
    "stamped pdf": lambda: Stamper().stamp(papers.register(1), Placement()),
    "foreign pdf": lambda: pdfs.signed(detached(company()), paper=papers.register(1)),
    "seal in a pdf": lambda: pdfs.signed(seal_in_pdf, sub_filter="fxit.sm.detached", paper=papers.register(1)),
    "ofd": lambda: ofds.package(ofds.signed()),
    "cms": lambda: cms.signed(b"content", cms.Writer(seals.signer())),
    "seal": seals.seal,
}
"""Each intact, by somebody of a CA in KNOWN."""


def stamped(paper: bytes) -> bytes:
    """By a time stamp service of nobody's."""
    key = maker.rsa_key(3)
    usage = maker.extension("2.5.29.37", maker.sequence(maker.oid("1.3.6.1.5.5.7.3.8")), critical=True)
    certificate = maker.root("TSA", key).certificate(public_key=maker.spki(key), extensions=[usage])
    writer = cms.Writer(seals.Holder(certificate, key))
    return pdfs.signed(lambda content: cms.token(content, writer), sub_filter="ETSI.RFC3161", paper=paper, name="Time")


def judged(data: bytes, roots: Roots) -> Report:
    return decoded(Report, check(data, roots, seals.NOW))


@pytest.mark.parametrize("name", FILES)
def test_only_what_leads_to_a_known_issuer_is_valid(name: str) -> None:
    data = FILES[name]()
    known = judged(data, KNOWN)
    assert (known.verdict, known.reasons) == (Verdict.VALID, ())
    for roots in (OTHER, NOBODY):
        found = judged(data, roots)
        assert found.verdict is Verdict.UNIDENTIFIED
        assert set(found.reasons) <= {Reason.ISSUER_UNKNOWN, Reason.MAKER_UNKNOWN}
        assert found.reasons


@pytest.mark.parametrize("roots", [KNOWN, OTHER, NOBODY], ids=["known", "other", "nobody"])
def test_a_self_signed_office_is_nobodys_signature(roots: Roots) -> None:
    writer = cms.Writer(office())
    for data in (pdfs.signed(detached(writer), paper=papers.register(1)), cms.signed(b"content", writer)):
        found = judged(data, roots)
        assert (found.verdict, found.reasons) == (Verdict.UNIDENTIFIED, (Reason.ISSUER_UNKNOWN,))
        assert check_words.of_verdict(found.verdict, check_words.noun(found)) == "内容完整，签名人身份未核实"


def test_a_seal_of_an_unknown_maker_makes_a_known_signer_no_better() -> None:
    key = maker.sm2_key(9)
    other = maker.root("OTHER MAKERS", key)
    made = seals.seal(seals.SealPlan(maker=seals.Holder(other.certificate(public_key=maker.spki(key)), key)))
    found = judged(made, KNOWN)
    assert (found.verdict, found.reasons) == (Verdict.UNIDENTIFIED, (Reason.MAKER_UNKNOWN,))
    assert "制章人身份未核实" in check_words.of_verdict(found.verdict, check_words.noun(found))


def test_a_signature_without_a_seal_is_called_no_seal() -> None:
    nouns = {name: check_words.noun(judged(make(), KNOWN)) for name, make in FILES.items()}
    assert nouns == {
        "stamped pdf": Noun.SIGNATURE,
        "foreign pdf": Noun.SIGNATURE,
        "seal in a pdf": Noun.STAMPED_SIGNATURE,
        "ofd": Noun.STAMPED_SIGNATURE,
        "cms": Noun.SIGNATURE,
        "seal": Noun.SEAL,
    }


def test_a_time_stamp_of_an_unknown_service_takes_nothing_from_a_known_signer() -> None:
    """It tells when, not who; alone it identifies nobody."""
    signed = pdfs.signed(detached(company()), paper=papers.register(1))
    alone = judged(stamped(papers.register(1)), KNOWN)
    assert (alone.verdict, check_words.noun(alone)) == (Verdict.UNIDENTIFIED, Noun.TIME_STAMP)
    both = judged(stamped(signed), KNOWN)
    assert [each.verdict for each in both.signatures] == [Verdict.VALID, Verdict.UNIDENTIFIED]
    assert (both.verdict, check_words.noun(both)) == (Verdict.VALID, Noun.SIGNATURE)
    assert judged(stamped(signed), NOBODY).verdict is Verdict.UNIDENTIFIED


def test_a_file_is_as_good_as_its_worst_signature() -> None:
    known = detached(company())
    first = pdfs.signed(known, paper=papers.register(1))
    both = judged(pdfs.signed(detached(cms.Writer(office())), paper=first, name="Office"), KNOWN)
    assert [each.verdict for each in both.signatures] == [Verdict.VALID, Verdict.UNIDENTIFIED]
    assert both.verdict is Verdict.UNIDENTIFIED


def test_what_cannot_be_read_is_uncertain_and_not_invalid() -> None:
    files = ofds.signed()
    files["Doc_0/Signs/Sign_0/SignedValue.dat"] = b"no signature"
    for data in (ofds.package(files), pdfs.signed(lambda _: b"\x04\x01a", paper=papers.register(1))):
        found = judged(data, KNOWN)
        assert found.verdict is Verdict.INDETERMINATE
        assert Reason.SIGNATURE_UNREADABLE in found.reasons


def test_each_verdict_follows_from_its_reasons_and_each_reason_has_words() -> None:
    assert outcome(()) is Verdict.VALID
    assert {reason.verdict for reason in Reason} == {Verdict.UNIDENTIFIED, Verdict.INDETERMINATE, Verdict.INVALID}
    assert len({check_words.of_reason(reason) for reason in Reason}) == len(Reason)
    for one, other in product(Reason, Reason):
        worse: Any = max(one.verdict, other.verdict, key=FROM_GOOD_TO_BAD.index)
        assert outcome((one, other)) is worse
    for verdict, noun in product(Verdict, Noun):
        assert check_words.of_verdict(verdict, noun)
