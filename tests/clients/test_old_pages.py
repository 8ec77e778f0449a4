"""An old portal page, in Node and in a real Chromium, drives all 54 functions of the real service; openssl judges."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hebca_helper.bridge.certificate_service.functions import FUNCTIONS, ROWS, Standing
from hebca_helper.errors import Code, HelperError
from hebca_helper.places import HOME_VARIABLE
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.extensions import Usage
from hebca_helper.practice.names import Holder
from hebca_helper.practice.record import ca_folder
from tests.clients.judge import OpenSsl
from tests.clients.runtimes import Answers, Runtime, chromium, node
from tests.practice_homes import put_practice_usbkey
from tests.running import serving

PIN = "123456"
TEXT = "第一行 引号' C:/数据 | 竖线 <b>"
VECTOR = "safasfasfasfafwtrtrtyrtuyuiuo"
"""The reference's hash vector (section 3)."""
APPLICANT = "演练申请人|甲"

FAILS = {
    "WriteRegB64": Code.DENIED_BY_POLICY,
    "Execute": Code.DENIED_BY_POLICY,
    "KillProcess": Code.DENIED_BY_POLICY,
    "DeleteFromCertStore": Code.DENIED_BY_POLICY,
    "OnlineFormatByURL": Code.DENIED_BY_POLICY,
    "EncryptFile": Code.PERSON_NEEDED,
    "DecryptFile": Code.PERSON_NEEDED,
    "ImportECCKeyPair": Code.NOT_SUPPORTED,
    "CreateSM2SoftDevice": Code.DENIED_BY_POLICY,
    "GenerateAgreementDataWithECC": Code.NOT_SUPPORTED,
    "GenerateAgreementDataAndKeyWithECC": Code.NOT_SUPPORTED,
    "GenerateKeyWithECC": Code.NOT_SUPPORTED,
    "EncryptWithAgreementKey": Code.NOT_SUPPORTED,
    "DecryptWithAgreementKey": Code.NOT_SUPPORTED,
    "NoSuchFunction": Code.UNKNOWN_FUNCTION,
}
"""What each function answers here at its first call, where that is not success. ImportCert comes with a certificate
whose key is on no USBKEY, and the online reset with a host that is not the issuer's."""


@dataclass
class Visit:
    """One page's visit: all answers, by function and number of the call."""

    answers: Answers
    afterwards: Answers
    openssl: OpenSsl
    given: dict[str, str]

    def answer(self, name: str, number: int = 0) -> dict[str, Any]:
        return _nth(self.answers, name, number)

    def later(self, name: str, number: int = 0) -> dict[str, Any]:
        return _nth(self.afterwards, name, number)

    @property
    def signing(self) -> str:
        certificate: str = self.answer("GetCertB64")["cert"]
        return certificate

    @property
    def encryption(self) -> str:
        certificate: str = self.answer("GetCertB64", 1)["cert"]
        return certificate


def _nth(answers: Answers, name: str, number: int) -> dict[str, Any]:
    found: dict[str, Any] = [answer for asked, answer in answers if asked == name][number]
    return found


def number(code: Code) -> int:
    return HelperError(code).number


@pytest.fixture(scope="module", params=[node, chromium], ids=["node", "chromium"])
def visit(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    open_runtime: Callable[[], AbstractContextManager[Runtime]] = request.param
    home = tmp_path_factory.mktemp("home")
    put_practice_usbkey(home)
    openssl = OpenSsl(tmp_path_factory.mktemp("judge") / "openssl")
    given = {
        "pin": PIN,
        "text": TEXT,
        "vector": VECTOR,
        "applicant": APPLICANT,
        "stranger": openssl.stranger(),
        "tampered": base64.b64encode(b"no SignedData").decode(),
        "source": str(home / "settings.toml"),
        "target": str(home / "copy"),
        "url": "https://reset.example/",
    }
    with open_runtime() as runtime:
        arguments = ("--unattended", "--allow-origin", runtime.origin)
        with serving(*arguments, environment={HOME_VARIABLE: str(home)}) as service:
            answers = runtime.run(service.url, "everything", given)
            first = Visit(answers, [], openssl, given)
            first.afterwards = runtime.run(service.url, "afterwards", _made_elsewhere(first, home))
            yield first


def _made_elsewhere(first: Visit, home: Path) -> dict[str, str]:
    openssl, now = first.openssl, datetime.now(UTC)
    key = openssl.key_of_request(first.answer("GenKeyPair")["pubkeyb64"])
    holder = Holder("演练申请人", "1", "1", identity_number="130102199003070011")
    ca = PracticeCa.load(ca_folder(home))
    ciphertext = openssl.encrypted(first.encryption, b"for your eyes")
    return {
        "envelope": openssl.envelope(first.encryption, b"sealed by openssl", "aes-256-cbc"),
        "foreign": openssl.envelope(first.given["stranger"], b"for somebody else", "des3"),
        "ciphertext": ciphertext,
        "broken": base64.b64encode(base64.b64decode(ciphertext)[::-1]).decode(),
        "signed": openssl.signed(TEXT.encode()),
        "certificate": base64.b64encode(
            ca.issue(key, holder, Usage.SIGN, now - timedelta(days=1), now + timedelta(days=99))
        ).decode(),
    }


def test_each_of_the_54_functions_works_or_says_why_not(visit: Visit) -> None:
    first: dict[str, int] = {}
    for name, answer in visit.answers[1:]:
        first.setdefault(name, answer["ret"])
    assert set(first) == {*FUNCTIONS, "NoSuchFunction"}
    special = {"ImportCert": number(Code.NO_PRIVATE_KEY)}
    reset = first.pop("OnlineResetPinByURL")
    assert reset != 0
    expected = {name: special.get(name, number(FAILS[name]) if name in FAILS else 0) for name in first}
    assert first == expected
    works = [row.name for row in ROWS if row.standing is Standing.WORKS]
    assert len(works) == 43


def test_the_greeting_is_a_welcome(visit: Visit) -> None:
    _, greeting = visit.answers[0]
    assert greeting[0] == "0"
    assert greeting[1].startswith("Welcome ")


def test_bare_signatures_verify_over_the_text_in_gbk_and_over_bytes(visit: Visit) -> None:
    verifies = visit.openssl.verifies
    assert verifies(visit.signing, TEXT.encode("gbk"), visit.answer("SignText")["signature"])
    for name in ("SignB64", "UnUISign"):
        assert verifies(visit.signing, TEXT.encode(), visit.answer(name)["signature"])
        assert not verifies(visit.signing, TEXT.encode() + b"!", visit.answer(name)["signature"])


def test_cms_signatures_go_both_ways(visit: Visit) -> None:
    assert visit.openssl.content_of_signed(visit.answer("P7SignB64")["b64data"]) == TEXT.encode()
    assert visit.answer("P7VerifyB64")["result"] == 1
    assert visit.answer("P7VerifyB64", 1)["result"] == 0
    assert visit.later("P7VerifyB64")["result"] == 1


def test_envelopes_go_both_ways(visit: Visit) -> None:
    assert visit.openssl.content_of_envelope(visit.answer("EnvelopB64")["b64data"]) == b"www.baidu.com"
    assert visit.answer("UnEnvelopB64")["b64data"] == "d3d3LmJhaWR1LmNvbQ=="
    assert base64.b64decode(visit.later("UnEnvelopB64")["b64data"]) == b"sealed by openssl"


def test_public_key_encryption_goes_both_ways(visit: Visit) -> None:
    assert base64.b64decode(visit.answer("DecryptB64")["b64decrypted"]) == TEXT.encode()
    assert base64.b64decode(visit.later("DecryptB64")["b64decrypted"]) == b"for your eyes"


def test_every_failure_to_decrypt_is_the_same(visit: Visit) -> None:
    broken, foreign = visit.later("DecryptB64", 1), visit.later("UnEnvelopB64", 1)
    assert foreign["ret"] == number(Code.DECRYPTION_FAILED)
    # a library over OpenSSL 3.2 and later answers with octets made up from the key and what came (implicit rejection)
    assert broken == foreign or (broken["ret"] == 0 and base64.b64decode(broken["b64decrypted"]) != b"for your eyes")


def test_digests(visit: Visit) -> None:
    assert visit.answer("Digest")["digest"] == "CHsfFTwmJTkumHCVWzV4yvvMic4="
    assert visit.answer("Digest")["digestalg"] == "sha1"
    assert visit.answer("Digest", 1)["digestalg"] == "sha256"


def test_data_objects(visit: Visit) -> None:
    assert base64.b64decode(visit.answer("ReadDataB64")["b64data"]) == b"a|b"
    assert visit.answer("ReadDataText")["data"] == "印章 | <b>"
    assert visit.answer("ReadDataText", 1)["ret"] == number(Code.DATA_OBJECT_MISSING)


def test_a_request_for_a_new_key_and_its_certificate(visit: Visit) -> None:
    request = visit.answer("GenKeyPair")["pubkeyb64"]
    assert APPLICANT in visit.openssl.subject_of_request(request)
    assert visit.answer("GenKeyPair", 1)["ret"] == number(Code.NOT_SUPPORTED)
    assert visit.later("ImportCert")["ret"] == 0
    assert visit.later("ImportCert", 1)["ret"] == number(Code.BAD_REQUEST)
    assert len(visit.later("GetCertList")["certlist"].split(";")) == 2


def test_nothing_identifying_about_the_machine(visit: Visit) -> None:
    assert visit.answer("GetMachineInfo") == {"ret": 0, "msg": "", "ip": "127.0.0.1", "mac": "00-00-00-00-00-00"}
