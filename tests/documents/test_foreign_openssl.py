"""openssl as another program: it signs seals with SM2, stamps times, and writes messages in each of its ways."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from hebca_helper.documents.checking import check
from hebca_helper.pki import pem
from hebca_helper.pki.sm3 import sm3
from hebca_helper.seals.checking import check_seal_signature
from hebca_helper.seals.findings import Roots
from hebca_helper.seals.seal_signature import read_seal_signature
from hebca_helper.seals.words import State, Trust, Verdict
from tests.assistant.time_stamper import CONFIGURATION
from tests.documents import foreign_seals as make
from tests.documents.test_foreign_files import DOCUMENT, ROOTS, judged, summary
from tests.pki import certificate_maker as maker
from tests.pki.certificate_maker import oid, sequence
from tests.seals.seal_maker import NOW, bits, octets

CONTENT = b"what openssl signs"
DISTINGUISHED = ("-pkeyopt", "distid:1234567812345678")


def openssl(folder: Path, *arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True).stdout


def test_a_seal_that_openssl_signed(tmp_path: Path) -> None:
    openssl(tmp_path, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", "key")
    public = openssl(tmp_path, "pkey", "-in", "key", "-pubout", "-outform", "DER")
    certificate = octets(make.authority("sm2").certificate(maker.ca_name("openssl"), public, serial=9))
    info, *_ = maker.parts(make.seal())
    for covered, tail in ((info, ()), (sequence(info, certificate, oid(maker.SM3_SM2)), (2014,))):
        (tmp_path / "data").write_bytes(covered)
        sign = ("pkeyutl", "-sign", "-inkey", "key", "-in", "data", "-rawin", "-digest", "sm3", *DISTINGUISHED)
        signed = [certificate, oid(maker.SM3_SM2), bits(openssl(tmp_path, *sign))]
        row = judged(sequence(info, sequence(*signed)) if tail else sequence(info, *signed))
        assert (row["verdict"], row["trust"], row["seal"]["version"]) == (
            "valid",
            "trusted",
            "2014" if tail else "2020",
        )


def test_a_time_stamp_of_openssl(tmp_path: Path) -> None:
    (tmp_path / "serial").write_text("01")
    (tmp_path / "tsa.cnf").write_text(CONFIGURATION.format(folder=tmp_path))
    (tmp_path / "req.cnf").write_text(
        "[req]\ndistinguished_name=dn\n[dn]\n[ext]\nextendedKeyUsage=critical,timeStamping\n"
    )
    made = ("-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=TSA", "-keyout", "key", "-out", "certificate")
    openssl(tmp_path, "req", "-x509", *made, "-config", "req.cnf", "-extensions", "ext")

    def stamp(value: bytes) -> bytes:
        (tmp_path / "data").write_bytes(value)
        openssl(tmp_path, "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "query")
        signer = ("-config", "tsa.cnf", "-signer", "certificate", "-inkey", "key")
        openssl(tmp_path, "ts", "-reply", "-queryfile", "query", *signer, "-out", "answer")
        return bits((tmp_path / "answer").read_bytes())

    data = make.signature(sm3(DOCUMENT), stamp=stamp)
    for trusted in ([], pem.certificates_from((tmp_path / "certificate").read_bytes())):
        roots = Roots([*ROOTS.trusted, *trusted])
        report = check_seal_signature(read_seal_signature(data), DOCUMENT, roots, NOW)
        assert report.time_stamp and report.time_stamp.service
        assert (report.time_stamp.state, report.verdict) == (State.VALID, Verdict.INDETERMINATE), "stamped much later"
        assert (report.time_stamp.service.trust is Trust.TRUSTED) == bool(trusted)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two signers and something to sign."""
    folder = tmp_path_factory.mktemp("people")
    (folder / "data").write_bytes(CONTENT)
    for name, key in (("rsa", ("rsa:2048",)), ("ec", ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"))):
        made = ("-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.cer")
        openssl(folder, "req", "-x509", "-newkey", *key, *made, "-addext", "keyUsage=digitalSignature")
    return folder


@pytest.mark.parametrize(
    ("options", "verdict", "document"),
    [
        ("-nodetach", "unidentified", "unchanged"),
        ("-nodetach -stream", "unidentified", "unchanged"),
        ("-nodetach -keyid", "unidentified", "unchanged"),
        ("-nodetach -noattr", "indeterminate", "unchanged"),
        ("-nodetach -cades", "unidentified", "unchanged"),
        ("", "indeterminate", "unknown"),
        ("-nodetach -nocerts", "indeterminate", "unknown"),
    ],
)
def test_messages_of_openssl(people: Path, options: str, verdict: str, document: str) -> None:
    signers = ["-signer", "rsa.cer", "-inkey", "rsa.key", "-signer", "ec.cer", "-inkey", "ec.key"]
    form = "PEM" if "keyid" in options else "DER"
    written = [*signers, *options.split(), "-outform", form]
    message = openssl(people, "cms", "-sign", "-binary", "-in", "data", *written)
    row = check(message, Roots(), pem.certificates_from((people / "ec.cer").read_bytes())[0].not_before)
    assert (row["kind"], row["verdict"]) == ("signature", verdict)
    assert [each["document"] for each in row["signatures"]] == [document] * 2


def test_certificates_alone(people: Path) -> None:
    listed = openssl(people, "crl2pkcs7", "-nocrl", "-certfile", "ec.cer", "-outform", "DER")
    assert summary(judged(listed)) == ("signature", "unsigned", "unknown")
