"""A page tries to have the inside of a signature signed as if it were text, through every channel that signs raw octets.

A CMS message, a certificate, a seal, a time stamp: each is signed over one SET or SEQUENCE. Whoever gets a raw signature
over those octets puts the rest around it himself, and `openssl cms -verify` and `pdfsig` call the result valid.
"""

from __future__ import annotations

import base64
import hashlib
import io
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import algos, cms, core, csr, ocsp, tsp, x509
from hypothesis import given
from hypothesis import strategies as some

from hebca_helper.assistant.key.domains import require_raw
from hebca_helper.assistant.person.kinds import kind_of
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.places import HOME_VARIABLE
from hebca_helper.tokens.model import Mechanism
from tests.https_page import HttpsPage
from tests.practice_homes import put_practice_usbkey
from tests.security.conftest import OTHER, PIN, PORTAL, SEALS, Guarded, guarded
from tests.security.samples import base64_of, number
from tests.security.test_forging_logins import selected
from tests.security.wire import Wire

NOW = datetime(2026, 12, 1, tzinfo=UTC)
REFUSED = Code.DOCUMENT_LIKE_CONTENT


@pytest.fixture(scope="module", params=[True, False], ids=["EC", "RSA"])
def keyed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(put_practice_usbkey(tmp_path_factory.mktemp("home"), ec=request.param)) as running:
        yield running


def signed_attributes(certificate: Certificate, content: bytes = b"a contract") -> bytes:
    """What a signature of a CMS message is over (RFC 5652, 5.4), made by another library than ours."""
    identifier = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate.der).digest()})
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [hashlib.sha256(content).digest()]},
            {"type": "signing_time", "values": [cms.Time({"utc_time": NOW})]},
            {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [identifier]})]},
        ]
    )
    return bytes(attributes.dump())


def indefinite(element: bytes) -> bytes:
    """The same in BER: of indefinite length."""
    whole = der.read(element)
    return bytes([whole.tag, 0x80]) + whole.content + b"\0\0"


def ascii_pdf() -> bytes:
    """What a ByteRange of a small PDF leaves to be signed: nothing but ASCII."""
    body = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    return (body + "% filler\n" * 80)[:632].encode()


def zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("OFD.xml", "<ofd:OFD/>")
    return target.getvalue()


def insides(certificate: Certificate) -> dict[str, bytes]:
    """What is signed inside of everything that a key signs, and files themselves."""
    attributes = signed_attributes(certificate)
    inside = der.read(attributes).content
    parsed = x509.Certificate.load(certificate.der)["tbs_certificate"]
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    stamp = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "1.2.3",
            "message_imprint": {"hash_algorithm": sha256, "hashed_message": bytes(32)},
            "serial_number": 1,
            "gen_time": NOW,
        }
    )
    answer = ocsp.ResponseData(
        {
            "responder_id": ocsp.ResponderId("by_key", bytes(20)),
            "produced_at": NOW,
            "responses": [
                {
                    "cert_id": {
                        "hash_algorithm": {"algorithm": "sha1"},
                        "issuer_name_hash": bytes(20),
                        "issuer_key_hash": bytes(20),
                        "serial_number": 1,
                    },
                    "cert_status": ocsp.CertStatus("good"),
                    "this_update": NOW,
                }
            ],
        }
    )
    request = csr.CertificationRequestInfo(
        {"version": "v1", "subject": parsed["subject"], "subject_pk_info": parsed["subject_public_key_info"]}
    )
    seal = der.wrap(
        der.SEQUENCE, core.Integer(4).dump() + core.OctetString(b"seal").dump() + core.BitString((1, 0)).dump()
    )
    return {
        "attributes": attributes,
        "attributes in BER": indefinite(attributes),
        "attributes with a long length": b"\x31\x84" + len(inside).to_bytes(4, "big") + inside,
        "certificate": parsed.dump(),
        "request": request.dump(),
        "time stamp": stamp.dump(),
        "OCSP answer": answer.dump(),
        "seal": seal,
        "PDF": ascii_pdf(),
        "PDF behind a preamble": b"\n" * 1023 + ascii_pdf(),
        "ZIP": zipped(),
    }


def test_the_certificate_service_signs_no_inside_of_a_signature(keyed: Guarded) -> None:
    with Wire(keyed.port, PORTAL) as page:
        certificate = selected(page)
        assert page.ask(f'1|Login|{{"pin":"{PIN}"}}')["ret"] == 0
        for name, data in insides(certificate).items():
            for call in (
                f'1|SignB64|{{"b64data":"{base64_of(data)}"}}',
                f'1|UnUISign|{{"certSN":"{certificate.serial_hex}","b64data":"{base64_of(data)}"}}',
            ):
                answer = page.ask(call)
                assert (answer["ret"], "signature" in answer) == (number(REFUSED), False), name
        text = ascii_pdf().decode().replace("\n", "\\n")
        assert page.ask(f'1|SignText|{{"signText":"{text}"}}')["ret"] == number(REFUSED)


@pytest.mark.parametrize("hash_name", ["sha256", "sha1"])
def test_the_https_api_signs_no_inside_of_a_signature(keyed: Guarded, hash_name: str) -> None:
    with HttpsPage(PORTAL, keyed.service) as page:
        page.open_session()
        certificate = certificate_of(page)
        if certificate.key_kind is KeyKind.EC and hash_name == "sha1":
            return  # no such signatures at all
        for name, data in insides(certificate).items():
            item = {"data": base64_of(data)}
            ways: list[list[dict[str, Any]]] = [
                [item],
                [{"name": "report", **item}],
                [{"name": "harmless", "data": base64_of(b"harmless")}, item],
            ]
            for items in ways:
                assert page.fails(REFUSED, "sign", items=items, hash=hash_name), name
        assert page.call("sign", items=[{"data": base64_of(ascii_pdf())}], form="cms"), (
            "inside a CMS it may be anything"
        )


def certificate_of(page: HttpsPage) -> Certificate:
    answer = page.call("sign", items=[{"data": base64_of(b"0123456789abcdef")}])
    return Certificate.parse(base64.b64decode(answer["certificate"]))


@pytest.mark.parametrize("what", ["attributes", "PDF", "ZIP"])
def test_the_terminal_signs_no_inside_of_a_signature(keyed: Guarded, tmp_path: Path, what: str) -> None:
    """Someone may be talked into it over the telephone."""
    with Wire(keyed.port, PORTAL) as page:
        certificate = selected(page)
    file = tmp_path / "data"
    file.write_bytes(insides(certificate)[what])
    home = put_practice_usbkey(tmp_path, ec=certificate.key_kind is KeyKind.EC)
    command = [sys.executable, "-m", "hebca_helper", "sign", "--file", str(file)]
    done = subprocess.run(
        command,
        input=f"{PIN}\n",
        env={HOME_VARIABLE: str(home), "PATH": "/usr/bin:/bin"},
        text=True,
        capture_output=True,
    )
    assert done.returncode == 1 and not done.stdout
    assert REFUSED in done.stderr


def test_what_is_refused_would_have_been_a_forgery(tmp_path: Path) -> None:
    """openssl takes a message that was put together around a raw signature over the attributes."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", str(key), "-out", str(certificate)
    )
    known = Certificate.parse(openssl("x509", "-in", str(certificate), "-outform", "DER"))
    content = b"I owe you everything"
    attributes = signed_attributes(known, content)
    (tmp_path / "raw").write_bytes(attributes)
    signature = openssl("dgst", "-sha256", "-sign", str(key), str(tmp_path / "raw"))
    (tmp_path / "forged").write_bytes(around(known, content, attributes, signature))
    (tmp_path / "content").write_bytes(content)
    checked = openssl(
        "cms",
        "-verify",
        "-noverify",
        "-inform",
        "DER",
        "-in",
        str(tmp_path / "forged"),
        "-content",
        str(tmp_path / "content"),
    )
    assert checked == content
    with pytest.raises(HelperError) as refused:
        require_raw(Mechanism.RSA_PKCS1_SHA256, attributes, kind_of(attributes))
    assert refused.value.code is REFUSED


def around(certificate: Certificate, content: bytes, attributes: bytes, signature: bytes) -> bytes:
    parsed = x509.Certificate.load(certificate.der)
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": {"issuer_and_serial_number": {"issuer": parsed.issuer, "serial_number": parsed.serial_number}},
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": cms.CMSAttributes.load(attributes),
            "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
            "signature": signature,
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [parsed],
            "signer_infos": [signer],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def openssl(*arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


# --- what portals really have signed


@given(some.integers(16, 4096), some.integers())
def test_printable_challenges_are_never_refused(size: int, seed: int) -> None:
    """Also those that begin as a SEQUENCE (`0`) or a SET (`1`) of their own length would."""
    challenge = "".join(random.Random(seed).choices("".join(map(chr, range(0x21, 0x7F))), k=size))
    fitting = chr(min(max(size - 2, 0x21), 0x7E))
    for begins in ("", "0", "1", "0" + fitting, "1" + fitting):
        data = (begins + challenge)[:size].encode()
        require_raw(Mechanism.RSA_PKCS1_SHA1, data, kind_of(data))
        if size not in (64, 96, 128):
            require_raw(Mechanism.ECDSA_SHA256, data, kind_of(data))


@pytest.mark.parametrize("inner", [b"AX" + b"x" * 88, b"@0" + b"x" * 48])
def test_printable_text_that_reads_as_a_whole_structure_is_signed(inner: bytes) -> None:
    whole = der.wrap(der.SEQUENCE, inner)
    assert der.is_whole(whole, der.SEQUENCE)
    require_raw(Mechanism.RSA_PKCS1_SHA1, whole, kind_of(whole))


# --- digests that a page computed


def seal_hash(running: Guarded, digest: str, origin: str = PORTAL) -> bytes:
    with Wire(replace(running, door=SEALS).port, origin) as page:
        assert page.ask("1|SelectStamp")["success"]
        return base64.b64decode(page.ask(f'1|SealHash|{{"hash":"{digest}"}}')["result"])


def test_a_sealed_digest_comes_as_a_message_of_our_own(keyed: Guarded, tmp_path: Path) -> None:
    """With attributes, so that it is good for nothing but content with this digest; never as a bare signature."""
    content = b"the report on the page"
    (tmp_path / "content").write_bytes(content)
    with Wire(keyed.port, PORTAL) as page:
        names = ["sha1", "sha256"] if selected(page).key_kind is KeyKind.RSA else ["sha256"]
    for name in names:
        told = seal_hash(keyed, hashlib.new(name, content).hexdigest())
        [signer] = cms.ContentInfo.load(told)["content"]["signer_infos"]
        assert {each["type"].native for each in signer["signed_attrs"]} >= {"content_type", "message_digest"}
        (tmp_path / "message").write_bytes(told)
        command = ["cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", str(tmp_path / "message")]
        assert openssl(*command, "-content", str(tmp_path / "content")) == content


def test_a_bare_one_is_for_sites_that_the_person_named_and_trust_alone_is_not_enough(tmp_path: Path) -> None:
    """Both sites are trusted by the command line; the person named one of them in 设置."""
    with guarded(put_practice_usbkey(tmp_path), named={OTHER: "trusted"}, bare=[OTHER]) as running:
        assert len(seal_hash(running, "ab" * 20, OTHER)) == 256
        assert len(seal_hash(running, "ab" * 20, PORTAL)) > 1000
