"""A page tries to have a login token for another site signed, through every function that signs (house rule 4).

A Web eID token signs hash(origin) ‖ hash(nonce): with an EC key and SHA-256 that is a signature over 64 bytes, with
SHA-384 and SHA-512 over 96 and 128. Nothing the service hands out may be a signature over such bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from asn1crypto import parser

from hebca_helper.assistant.key.blind_sealing import SHA1_OCTETS, SHA256_OCTETS
from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.bridge.certificate_service.functions import FUNCTIONS, Standing
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.pki.keys import SignatureAlgorithm, verify, verify_digest
from tests.bridge.https.web_eid_rules import is_login
from tests.https_page import HttpsPage, nonce
from tests.practice_homes import put_practice_usbkey
from tests.security.conftest import PIN, PORTAL, SEALS, Guarded, guarded
from tests.security.samples import base64_of, call, number
from tests.security.wire import Wire

SIGNING = [
    function
    for function in FUNCTIONS.values()
    if function.standing is Standing.WORKS and function.risk in {Risk.SIGN, Risk.SILENT_SIGN, Risk.TOKEN_CHANGE}
]
ORIGIN_AND_NONCE = hashlib.sha256(b"https://bank.example").digest() + hashlib.sha256(b"nonce").digest()


@pytest.fixture(scope="module", params=[True, False], ids=["EC", "RSA"])
def keyed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(put_practice_usbkey(tmp_path_factory.mktemp("home"), ec=request.param)) as running:
        yield running


def login_inputs(size: int) -> Iterator[bytes]:
    """Bytes a page could choose: raw ones, and those that are valid text in GBK."""
    yield (ORIGIN_AND_NONCE * 2)[:size]
    yield b"A" * size
    yield ("登录" * size).encode("gbk")[:size]
    yield hashlib.sha256(b"x").hexdigest().encode()[:size].ljust(size, b"0")


@pytest.mark.parametrize("size", [64, 96, 128])
def test_no_function_signs_what_a_login_token_signs(keyed: Guarded, size: int) -> None:
    with Wire(keyed.port, PORTAL) as page:
        certificate = selected(page)
        assert page.ask(f'1|Login|{{"pin":"{PIN}"}}')["ret"] == 0
        signed_by = set()
        for function in SIGNING:
            harmless = call(function, "harmless", b"a harmless text", certificate.serial_hex)
            if "signature" in page.ask(harmless):
                signed_by.add(function.name)
            for data in login_inputs(size):
                text = data.decode("gbk", "ignore")
                for signed in pieces(page.ask(call(function, text, data, certificate.serial_hex))):
                    assert_no_login(certificate, data, signed)
                    assert_no_login(certificate, text.encode("gbk"), signed)
        assert signed_by == {"SignText", "SignB64", "UnUISign"}, "each of them can sign, and was tried"


@pytest.mark.parametrize("size", [64, 96, 128])
def test_an_ec_key_says_why_and_other_sizes_are_signed(keyed: Guarded, size: int) -> None:
    with Wire(keyed.port, PORTAL) as page:
        certificate = selected(page)
        expected = number(Code.LOGIN_LIKE_CONTENT) if certificate.key_kind.name == "EC" else 0
        ways = [f'1|SignB64|{{"b64data":"{base64_of(b"x" * size)}"}}']
        ways += [f'1|SignText|{{"signText":"{text}"}}' for text in ("a" * size, "登" * (size // 2))]
        assert [page.ask(way)["ret"] for way in ways] == [expected] * len(ways)
        assert page.ask('1|SignText|{"signText":"' + "a" * (size + 1) + '"}')["ret"] == 0


def test_a_bare_digest_is_hashed_again_not_signed_as_it_is(keyed: Guarded) -> None:
    """Else 32 bytes would stand for any 64."""
    digest = hashlib.sha256(ORIGIN_AND_NONCE).digest()
    with Wire(keyed.port, PORTAL) as page:
        certificate = selected(page)
        for data in (digest, hashlib.sha1(ORIGIN_AND_NONCE, usedforsecurity=False).digest()):
            for signed in pieces(page.ask(f'1|SignB64|{{"b64data":"{base64_of(data)}"}}')):
                assert_no_login(certificate, ORIGIN_AND_NONCE, signed)


@pytest.mark.parametrize("size", [0, 19, 20, 21, 32, 33])
def test_the_seal_service_signs_no_digest_of_a_login(keyed: Guarded, size: int) -> None:
    """SealHash wraps what it is given in signed attributes: nothing in its answer is a signature over the digest itself."""
    digests = [hashlib.new(name, ORIGIN_AND_NONCE).digest() for name in ("sha256", "sha384", "sha512")]
    digests += [digest[:size].ljust(size, b"\0") for digest in digests]
    with Wire(keyed.port, PORTAL) as page:
        certificate = selected(page)
    sizes = (SHA1_OCTETS, SHA256_OCTETS) if certificate.key_kind is KeyKind.RSA else (SHA256_OCTETS,)
    with Wire(replace(keyed, door=SEALS).port, PORTAL) as page:
        assert page.ask("1|SelectStamp")["success"]
        for function in ("SealHash", "SealHash_NoOrder"):
            for digest in digests:
                for text in (digest.hex(), digest.hex().upper(), f" {base64_of(digest)} "):
                    told = page.ask(f'1|{function}|{{"hash":"{text}"}}')
                    if len(digest) not in sizes:
                        assert "result" not in told
                        continue
                    for signed in pieces({"result": told["result"]}):
                        assert_no_login(certificate, ORIGIN_AND_NONCE, signed)
                        for algorithm in SignatureAlgorithm:
                            assert not verifies_digest(certificate, algorithm, digest, signed)


def verifies_digest(certificate: Certificate, algorithm: SignatureAlgorithm, digest: bytes, signed: bytes) -> bool:
    try:
        return verify_digest(certificate.spki, algorithm, digest, signed)
    except (HelperError, ValueError):
        return False  # another kind of key, or of digest


@pytest.mark.parametrize("size", [64, 96, 128])
def test_no_call_of_the_https_api_signs_what_a_login_token_signs(keyed: Guarded, size: int) -> None:
    with HttpsPage(PORTAL, keyed.service) as page:
        page.open_session()
        for data in login_inputs(size):
            item = {"data": base64_of(data)}
            ways: list[dict[str, Any]] = [
                {"items": [item]},
                {"items": [item], "hash": "sha1"},
                {"items": [{"name": "x", **item}, {"data": base64_of(b"harmless")}]},
                {"items": [item], "form": "cms"},
                {"items": [item], "form": "cms", "detached": True},
            ]
            for way in ways:
                status, answer = page.ask("sign", way)
                if status != 200:
                    assert answer["error"]["code"] in (Code.LOGIN_LIKE_CONTENT, Code.NOT_SUPPORTED)
                    continue
                certificate = Certificate.parse(base64.b64decode(answer["certificate"]))
                for each in answer["signatures"]:
                    for signed in pieces(each):
                        assert_no_login(certificate, data, signed)
            assert page.fails(Code.LOGIN_LIKE_CONTENT, "sign", items=[item])


def test_a_digest_signed_in_cms_is_no_login_and_a_bare_one_is_refused(keyed: Guarded) -> None:
    given = {"digest": hashlib.sha256(ORIGIN_AND_NONCE).hexdigest()}
    with HttpsPage(PORTAL, keyed.service) as page:
        answer = page.call("sign", items=[given], form="cms")
        certificate = Certificate.parse(base64.b64decode(answer["certificate"]))
        for signed in pieces(answer["signatures"][0]):
            assert_no_login(certificate, ORIGIN_AND_NONCE, signed)
        assert page.fails(Code.BAD_REQUEST, "sign", items=[given])


def test_a_login_token_is_for_the_page_s_own_origin_whatever_it_sends(keyed: Guarded) -> None:
    """Neither parameters nor headers name another; the parts are hashed apart, so nothing can be shifted."""
    with HttpsPage(PORTAL, keyed.service) as page:
        challenge = nonce()
        for headers in ({"Referer": "https://bank.example/"}, {"X-Forwarded-Host": "bank.example"}, {"Forwarded": "x"}):
            body = json.dumps({"nonce": challenge}).encode()
            status, _, answer = page.request("POST", "/v1/login", body, {"Content-Type": "application/json", **headers})
            assert status == 200
            token = json.loads(answer)
            assert is_login(token, PORTAL, challenge)
            assert not is_login(token, "https://bank.example", challenge)
            assert not is_login(token, PORTAL + challenge[:4], challenge[4:])


def selected(page: Wire) -> Certificate:
    assert page.ask("1|SelectSignCert")["ret"] == 0
    return Certificate.parse(base64.b64decode(page.ask("1|GetCertB64")["cert"]))


def pieces(reply: dict[str, object]) -> Iterator[bytes]:
    """Everything in a reply that could be a signature: whole values, and every string inside their DER."""
    for value in reply.values():
        try:
            data = base64.b64decode(str(value), validate=True)
        except (binascii.Error, ValueError):
            continue
        yield data
        yield from _strings_in(data)


def _strings_in(data: bytes, depth: int = 0) -> Iterator[bytes]:
    while data and depth < 30:
        try:
            _, method, _, head, content, tail = parser.parse(data)
        except ValueError:
            return
        whole = len(head) + len(content) + len(tail)
        yield data[:whole]
        yield content
        yield content[1:]  # after the unused-bits octet of a BIT STRING
        if method == 1:
            yield from _strings_in(content, depth + 1)
        data = data[whole:]


def assert_no_login(certificate: Certificate, data: bytes, signed: bytes) -> None:
    if len(data) not in (64, 96, 128):
        return
    for algorithm in (SignatureAlgorithm.ECDSA_SHA256, SignatureAlgorithm.RSA_SHA256):
        if algorithm.name.startswith(certificate.key_kind.name.replace("EC", "ECDSA")):
            assert not verify(certificate.spki, algorithm, data, signed)
