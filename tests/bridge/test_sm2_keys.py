"""A page of today's portal and a clerk with today's USBKEY: SM2 behind SKF, through the socket of 17212, the real
assistant and the real token host; openssl and our own relying party judge."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto.cms import ContentInfo
from websockets.asyncio.client import ClientConnection

from hebca_helper.assistant.person.prompts import ConfirmKind, Decision
from hebca_helper.bridge.service import CertificateService
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki import der, sm2
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.cms.verification import verify
from hebca_helper.pki.revocation import Crl
from hebca_helper.relying_party.judging import CertificateJudge
from hebca_helper.relying_party.login import LoginVerifier
from hebca_helper.settings import Settings
from tests.assistant.scene import HALL, TRUSTED, Scene, open_scene
from tests.bridge.client import ask, page
from tests.pki.certificate_maker import hebca
from tests.tokens.soft_skf import PIN, SoftSkf, certificate, chain, key_pair, openssl

pytestmark = pytest.mark.anyio
TEXT = "河北 Ab1 登录验证码"
ID = ("-sigopt", "distid:1234567812345678")


class Desk:
    """A page of one site, its person, and what it may call."""

    def __init__(self, scene: Scene, opened: ClientConnection) -> None:
        self.scene, self.person = scene, scene.person
        self._opened = opened

    async def call(self, name: str, /, **parameters: Any) -> dict[str, Any]:
        return await ask(self._opened, f"1|{name}|{json.dumps(parameters)}")

    async def good(self, name: str, /, **parameters: Any) -> dict[str, Any]:
        answer = await self.call(name, **parameters)
        assert answer["ret"] == 0, (name, answer)
        return answer

    async def code(self, name: str, /, **parameters: Any) -> Code:
        """What it failed with."""
        number = (await self.call(name, **parameters))["ret"]
        return next(code for code in Code if HelperError(code).number == number)

    async def log_in(self) -> None:
        self.person.type(PIN)
        await self.good("SelectSignCert")
        await self.good("UILogin")

    def agree(self, *kinds: ConfirmKind) -> None:
        self.person.decisions |= dict.fromkeys(kinds, Decision.ONCE)


Open = Callable[..., Any]


@pytest.fixture
async def desk(home: Path, soft: SoftSkf) -> AsyncIterator[Desk]:
    async with open_desk(home, soft) as opened:
        yield opened


@asynccontextmanager
async def open_desk(home: Path, soft: SoftSkf, origin: str = HALL, **settings: Any) -> AsyncIterator[Desk]:
    async with open_scene(home, soft.place, **settings) as scene:
        service = CertificateService(scene.assistant, Settings(certificate_port=0, **settings))
        await service.start()
        try:
            async with page(service, origin=origin) as opened:
                yield Desk(scene, opened)
        finally:
            await service.stop()


def judged_by_openssl(message: bytes, signature: bytes, folder: Path) -> bool:
    (folder / "key").write_bytes(key_pair(1).spki)
    (folder / "signature").write_bytes(signature)
    options = ("-keyform", "DER", "-verify", folder / "key", "-signature", folder / "signature")
    return openssl("dgst", "-sm3", *ID, *options, given=message) == b"Verified OK\n"


async def test_a_clerk_logs_in(desk: Desk, tmp_path: Path) -> None:
    """SignText, a challenge under the login and a text in GBK: judged by openssl and by a portal that trusts the CA."""
    await desk.log_in()
    challenge = b64decode((await desk.good("SignText", signText="safasfasfasfafwtrtrtyrtuyuiuo"))["signature"])
    assert judged_by_openssl(b"safasfasfasfafwtrtrtyrtuyuiuo", challenge, tmp_path)
    desk.agree(ConfirmKind.SIGN)
    held = b64decode((await desk.good("GetCertB64"))["cert"])
    signature = b64decode((await desk.good("SignText", signText=TEXT))["signature"])
    assert held == certificate(key_pair(1).spki)
    assert judged_by_openssl(TEXT.encode("gbk"), signature, tmp_path)

    trusted = [Certificate.parse(each.der) for each in chain()]
    now = datetime.now(UTC)
    crls = [Crl.parse(each.crl(this=now - timedelta(hours=1), following=now + timedelta(days=1))) for each in chain()]
    verifier = LoginVerifier(CertificateJudge(trusted, crls, lambda: datetime.now(UTC)))
    assert verifier.check_pkcs1(TEXT, held, signature).result == 0
    wrong = verifier.check_pkcs1(TEXT + "。", held, signature)
    assert wrong.result == -6406


async def test_signatures_of_octets(home: Path, soft: SoftSkf, tmp_path: Path) -> None:
    """SignB64 asks, UnUISign of a trusted site's login does not; 64 octets are no login token's input under SM2."""
    async with open_desk(home, soft, TRUSTED) as desk:
        await desk.log_in()
        desk.agree(ConfirmKind.SIGN)
        for data in (b"octets of a portal", bytes(range(64))):
            signed = await desk.good("SignB64", b64data=b64encode(data).decode())
            assert judged_by_openssl(data, b64decode(signed["signature"]), tmp_path)
        serial = Certificate.parse(certificate(key_pair(1).spki)).serial_hex
        text = "再签一次".encode()
        signed = await desk.good("UnUISign", certSN=serial, b64data=b64encode(text).decode())
        assert judged_by_openssl(text, b64decode(signed["signature"]), tmp_path)
        assert (
            await desk.code("SignB64", b64data=b64encode(b"0\x03\x02\x01\x05").decode()) is Code.DOCUMENT_LIKE_CONTENT
        )


async def test_a_portal_that_wants_64_octets(home: Path, soft: SoftSkf, tmp_path: Path) -> None:
    """By the setting `sm2_signature`; the relying party takes both forms."""
    async with open_desk(home, soft, sm2_signature="raw") as desk:
        await desk.log_in()
        challenge = b"safasfasfasfafwtrtrtyrtuyuiuo"
        signature = b64decode((await desk.good("SignText", signText=challenge.decode()))["signature"])
        assert len(signature) == 64
        numbers = [der.number(int.from_bytes(part, "big")) for part in (signature[:32], signature[32:])]
        assert judged_by_openssl(challenge, der.wrap(der.SEQUENCE, b"".join(numbers)), tmp_path)
        assert sm2.verify(key_pair(1).spki, challenge, signature)


async def test_digests_by_the_certificate(desk: Desk) -> None:
    await desk.log_in()
    serial = Certificate.parse(certificate(key_pair(1).spki)).serial_hex
    answer = await desk.good("Digest", certSN=serial, b64data=b64encode(b"abc").decode(), digestalg="sha1")
    assert answer["digestalg"] == "sm3"
    assert b64decode(answer["digest"]) == openssl("dgst", "-sm3", "-binary", given=b"abc")


async def test_a_cms_message(desk: Desk, tmp_path: Path) -> None:
    """P7SignB64 with signed attributes: what openssl finds in it, and its own verdict on the signature."""
    await desk.log_in()
    desk.agree(ConfirmKind.SIGN_DOCUMENT)
    content = "合同".encode() * 1000
    message = b64decode((await desk.good("P7SignB64", b64data=b64encode(content).decode()))["b64data"])

    printed = openssl("cms", "-cmsout", "-print", "-inform", "DER", given=message).decode()
    assert "SM2-with-SM3" in printed and "messageDigest" in printed
    (report,) = verify(message)
    assert (report.problem, report.certificate and report.certificate.der) == (None, certificate(key_pair(1).spki))
    # openssl's `cms -verify` has no id of the signer: the attributes are judged by themselves.
    info = ContentInfo.load(message)["content"]["signer_infos"][0]
    attributes, signature = info["signed_attrs"].untag().dump(), info["signature"].native
    assert judged_by_openssl(b"\x31" + attributes[1:], signature, tmp_path)
    assert openssl("dgst", "-sm3", "-binary", given=content) in attributes
    assert (await desk.good("P7VerifyB64", b64data=b64encode(message).decode()))["result"] == 1
    changed = message.replace("合同".encode(), "合伙".encode(), 1)
    assert (await desk.good("P7VerifyB64", b64data=b64encode(changed).decode()))["result"] == 0


@pytest.mark.parametrize("quirk", ["", "no-decrypt"])
async def test_an_envelope(desk: Desk, soft: SoftSkf, quirk: str) -> None:
    """For today's certificate SM4 and SM2; opened with the content key, or inside a USBKEY that gives none out."""
    await desk.log_in()
    desk.agree(ConfirmKind.DECRYPT)
    soft.quirk(quirk)
    content = b64encode("投标文件".encode() * 3000).decode()
    encryption = b64encode(certificate(key_pair(2).spki, signs=False)).decode()
    sealed = (await desk.good("EnvelopB64", b64data=content, certs=[encryption]))["b64data"]
    printed = openssl("asn1parse", "-inform", "DER", given=b64decode(sealed)).decode()
    assert "sm4-cbc" in printed and "1.2.156.10197.6.1.4.2.3" in printed
    assert (await desk.good("UnEnvelopB64", b64data=sealed))["b64data"] == content

    octets = bytearray(b64decode(sealed))
    octets[-1] ^= 1
    assert await desk.code("UnEnvelopB64", b64data=b64encode(octets).decode()) is Code.DECRYPTION_FAILED
    rsa = b64encode(hebca().certificate()).decode()
    assert await desk.code("EnvelopB64", b64data=content, certs=[encryption, rsa]) is Code.NOT_SUPPORTED
    assert (soft.calls("ImportSessionKey") > 0) is (quirk == "no-decrypt")


async def test_an_envelope_too_large_to_open_inside_the_usbkey(desk: Desk, soft: SoftSkf) -> None:
    await desk.log_in()
    desk.agree(ConfirmKind.DECRYPT)
    soft.quirk("no-decrypt")
    encryption = b64encode(certificate(key_pair(2).spki, signs=False)).decode()
    content = b64encode(bytes(1024 * 1024)).decode()
    sealed = (await desk.good("EnvelopB64", b64data=content, certs=[encryption]))["b64data"]
    assert await desk.code("UnEnvelopB64", b64data=sealed) is Code.NOT_SUPPORTED
    soft.quirk()
    assert (await desk.good("UnEnvelopB64", b64data=sealed))["b64data"] == content


async def test_encrypting_to_the_key_itself(desk: Desk, tmp_path: Path) -> None:
    """EncryptB64 is opened by openssl; what openssl sealed by DecryptB64, in all forms but the old order."""
    await desk.log_in()
    desk.agree(ConfirmKind.DECRYPT)
    await desk.good("SelectCryptCert")
    plain = "一段明文".encode()
    sealed = b64decode((await desk.good("EncryptB64", b64data=b64encode(plain).decode()))["b64encrypted"])
    (tmp_path / "private").write_bytes(key_pair(2).pem)
    assert openssl("pkeyutl", "-decrypt", "-inkey", tmp_path / "private", given=sealed) == plain

    (tmp_path / "public").write_bytes(key_pair(2).spki)
    theirs = openssl("pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", tmp_path / "public", given=plain)
    x, y, check, cipher = der.inside(theirs, der.SEQUENCE)
    numbers = b"".join(der.integer(part.content).to_bytes(32, "big") for part in (x, y))
    bare = numbers + check.content + cipher.content
    for form in (theirs, b"\4" + bare, bare):
        answer = await desk.good("DecryptB64", b64data=b64encode(form).decode())
        assert b64decode(answer["b64decrypted"]) == plain
    old_order = b"\4" + numbers + cipher.content + check.content
    for wrong in (old_order, bare[:-1], b"", b"0" * 200):
        assert await desk.code("DecryptB64", b64data=b64encode(wrong).decode()) is Code.DECRYPTION_FAILED


async def test_public_keys_as_skf_has_them(desk: Desk) -> None:
    await desk.log_in()
    for flag, pair in ((True, key_pair(1)), (False, key_pair(2))):
        blob = b64decode((await desk.good("GetPubKeyData", signflag=flag))["pubkey"])
        assert len(blob) == 132
        assert blob[36:68] + blob[100:132] == pair.spki[-64:]
        assert blob[:36] + blob[68:100] == (256).to_bytes(4, "little") + bytes(64)


def enveloped_key(pair: int, recipient: bytes, folder: Path, *, padded: bool) -> bytes:
    """SM2EnvelopedKey (GM/T 0009, 7.4), DER, as a key centre makes it; with openssl."""
    key, given = bytes(range(16)), key_pair(pair)
    private = der.inside(openssl("pkey", "-outform", "DER", given=given.pem), der.SEQUENCE)[1].content
    plain = private.rjust(64, b"\0") if padded else private
    sealed = openssl("enc", "-sm4-ecb", "-nopad", "-K", key.hex(), given=plain)
    (folder / "recipient").write_bytes(recipient)
    wrapped = openssl("pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", folder / "recipient", given=key)
    algorithm = bytes.fromhex("300a06082a811ccf55016801")
    point = der.wrap(der.BIT_STRING, b"\0" + given.spki[-65:])
    return der.wrap(der.SEQUENCE, algorithm + wrapped + point + der.wrap(der.BIT_STRING, b"\0" + sealed))


@pytest.mark.parametrize("padded", [True, False])
async def test_a_new_certificate_pair_from_the_issuer(home: Path, soft: SoftSkf, tmp_path: Path, padded: bool) -> None:
    """A new signing key, its certificate, the encryption key and its certificate; each asked for, then all of it works."""
    async with open_desk(home, soft, TRUSTED) as desk:
        desk.agree(ConfirmKind.IMPORT_CERTIFICATE, ConfirmKind.IMPORT_KEY_PAIR, ConfirmKind.DECRYPT)
        await desk.log_in()
        desk.agree(ConfirmKind.GENERATE_KEY)
        blob = b64decode((await desk.good("GenKeyPair", cn="申请人", rsaflag=False))["pubkeyb64"])
        assert len(blob) == 132
        spki = sm2.spki_of((int.from_bytes(blob[4:68], "big"), int.from_bytes(blob[68:], "big")))

        issued = b64encode(certificate(spki)).decode()
        await desk.good("ImportCert", b64cert=issued, signflag=True)
        assert await desk.code("ImportCert", b64cert=issued, signflag=False) is Code.BAD_REQUEST
        pair = enveloped_key(5, spki, tmp_path, padded=padded)
        strange = enveloped_key(5, key_pair(6).spki, tmp_path, padded=padded)
        assert await desk.code("ImportECCKeyPair", b64keys=b64encode(strange).decode()) is Code.NO_PRIVATE_KEY
        broken = b64encode(pair.replace(bytes.fromhex("2a811ccf55016801"), bytes(8))).decode()
        assert await desk.code("ImportECCKeyPair", b64keys=broken) is Code.BAD_REQUEST
        await desk.good("ImportECCKeyPair", b64keys=b64encode(pair).decode())
        encryption = certificate(key_pair(5).spki, signs=False)
        await desk.good("ImportCert", b64cert=b64encode(encryption).decode(), signflag=False)
        assert [asked.kind for asked in desk.person.confirmations(ConfirmKind.IMPORT_KEY_PAIR)]

        sealed = await desk.good("EnvelopB64", b64data="AAEC", certs=[b64encode(encryption).decode()])
        assert (await desk.good("UnEnvelopB64", b64data=sealed["b64data"]))["b64data"] == "AAEC"


async def test_only_the_issuers_sites_change_keys(desk: Desk) -> None:
    await desk.log_in()
    for name, given in (("GenKeyPair", {"cn": "x", "rsaflag": False}), ("ImportECCKeyPair", {"b64keys": "AAEC"})):
        assert await desk.code(name, **given) is Code.DENIED_BY_POLICY
    assert await desk.code("CreateSM2SoftDevice") is Code.DENIED_BY_POLICY
