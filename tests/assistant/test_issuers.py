"""签发机构: what a person adds after comparing a fingerprint counts, and nothing else does."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import cms, pem, x509

from hebca_helper.assistant.stamping.issuers import FOLDER, Issuers, Origin, groups, issuers_in
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from tests.documents import foreign_cms
from tests.pki import certificate_maker as maker
from tests.seals import seal_maker as seals

ROOT = seals.authority()
ISSUER = Certificate.parse(ROOT.der)


@pytest.fixture
def told() -> list[HelperError]:
    return []


@pytest.fixture
def book(home: Path, tmp_path: Path, told: list[HelperError]) -> Issuers:
    managed = tmp_path / "managed"
    managed.mkdir()
    return Issuers(home, managed=managed, told=told.append)


def refusal(work: Callable[..., None], *arguments: object) -> Code:
    with pytest.raises(HelperError) as raised:
        work(*arguments)
    return raised.value.code


def own(book: Issuers) -> list[str]:
    return [each.certificate.fingerprint for each in book.listed() if each.origin is Origin.PERSON]


def test_an_issuer_counts_once_its_published_fingerprint_was_compared(book: Issuers, home: Path) -> None:
    before = book.authorities().trusted
    assert ROOT.der not in before
    for wrong in ("", ISSUER.fingerprint[:8], ISSUER.fingerprint[-7:], "0" * 64, "没有"):
        assert refusal(book.add, ISSUER, wrong) is Code.FINGERPRINT_DIFFERS
    assert book.authorities().trusted == before
    book.add(ISSUER, groups(ISSUER)[-9:])
    book.add(ISSUER, ":".join(groups(ISSUER).split()))
    assert book.authorities().trusted == (*before, ROOT.der)
    folder = home / FOLDER
    assert (stat.S_IMODE(folder.stat().st_mode), own(book)) == (0o700, [ISSUER.fingerprint])
    assert [stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()] == [0o600]
    book.remove(ISSUER.fingerprint)
    assert book.authorities().trusted == before
    assert refusal(book.remove, ISSUER.fingerprint) is Code.ISSUER_UNFIT


@pytest.mark.parametrize("form", ["der", "pem", "base64", "pkcs7", "pkcs7 pem"])
def test_files_of_cas_are_read_in_each_form(form: str) -> None:
    leaf = x509.Certificate.load(seals.signer().der)
    bundle = cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [],
                    "encap_content_info": {"content_type": "data"},
                    "certificates": [leaf, x509.Certificate.load(ROOT.der)],
                    "signer_infos": [],
                }
            ),
        }
    ).dump()
    armoured = pem.armor("CERTIFICATE", ROOT.der)
    data = {
        "der": ROOT.der,
        "pem": b"\xef\xbb\xbfsubject: CN\r\n" + armoured.replace(b"\n", b"\r\n"),
        "base64": b"".join(armoured.splitlines()[1:-1]),
        "pkcs7": bundle,
        "pkcs7 pem": pem.armor("PKCS7", bundle),
    }[form]
    assert issuers_in(data) == [ISSUER]


def unfit() -> dict[str, bytes]:
    practice = maker.root("演练根证书", maker.sm2_key(5))
    return {
        "of a person": seals.signer().der,
        "of practice": practice.der,
        "below practice": practice.below("NOT SO NAMED", maker.sm2_key(6)).der,
        "that may not issue": maker.root("CA", maker.sm2_key(5), extensions=(maker.SIGNING,)).der,
        "with a restriction unknown here": maker.root(
            "CA",
            maker.sm2_key(5),
            extensions=(maker.authority_constraints(), maker.extension("2.5.29.30", b"\x30\x00", critical=True)),
        ).der,
        "no certificate": b"nothing of the kind",
        "a signature": foreign_cms.signed(b"a", foreign_cms.Writer(seals.signer())),
    }


@pytest.mark.parametrize("kind", unfit())
def test_what_is_no_ca_of_the_real_world_is_never_an_issuer(book: Issuers, home: Path, kind: str) -> None:
    data = unfit()[kind]
    with pytest.raises(HelperError) as raised:
        issuers_in(data)
    assert (raised.value.code, bool(raised.value.detail)) == (Code.ISSUER_UNFIT, True)
    if kind not in ("no certificate", "a signature"):
        certificate = Certificate.parse(data)
        assert refusal(book.add, certificate, certificate.fingerprint) is Code.ISSUER_UNFIT
        (home / FOLDER).mkdir()
        (home / FOLDER / f"{certificate.fingerprint}.cer").write_bytes(data)
        assert data not in book.authorities().trusted


def test_an_administrators_issuers_count_and_may_be_the_only_ones(book: Issuers, tmp_path: Path) -> None:
    managed = tmp_path / "managed"
    other = maker.root("OTHER", maker.sm2_key(5))
    (managed / FOLDER).mkdir()
    (managed / FOLDER / "unit.pem").write_bytes(pem.armor("CERTIFICATE", other.der))
    book.add(ISSUER, ISSUER.fingerprint)
    assert book.authorities().trusted[-2:] == (other.der, ROOT.der)
    for said in ("add_issuers = false", "add_issuers = 0", "no TOML"):
        (managed / "managed.toml").write_text(said, "utf-8")
        assert book.locked
        assert ROOT.der not in book.authorities().trusted
        assert other.der in book.authorities().trusted
        assert refusal(book.add, ISSUER, ISSUER.fingerprint) is Code.ISSUERS_MANAGED
    (managed / "managed.toml").write_text("add_issuers = true", "utf-8")
    assert (book.locked, own(book)) == (False, [ISSUER.fingerprint])
    assert refusal(book.remove, Certificate.parse(other.der).fingerprint) is Code.ISSUER_UNFIT


def test_a_damaged_or_exchanged_file_is_kept_aside_and_told(book: Issuers, told: list[HelperError], home: Path) -> None:
    book.add(ISSUER, ISSUER.fingerprint)
    folder = home / FOLDER
    (folder / f"{'0' * 64}.cer").write_bytes(maker.root("SWAPPED", maker.sm2_key(5)).der)
    (folder / f"{'1' * 64}.cer").write_bytes(b"damaged")
    assert own(book) == [ISSUER.fingerprint]
    assert [each.code for each in told] == [Code.FILE_UNREADABLE] * 2
    assert len(list(folder.glob("*.damaged-*"))) == 2
