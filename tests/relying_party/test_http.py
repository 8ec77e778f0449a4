"""A portal in another language asks the service: a process of its own, over HTTP."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem

from hebca_helper.places import shipped
from tests.pki import certificate_maker as maker
from tests.relying_party import test_web_eid

NOW = datetime.now(UTC)
ISSUER = maker.root("服务CA", maker.rsa_key(1), start=NOW - timedelta(days=9), end=NOW + timedelta(days=9))
SERIAL = 0x1A2B3C4D5E6F7081
USER = ISSUER.certificate(start=NOW - timedelta(days=8), end=NOW + timedelta(days=8))


def crl(*revoked: int) -> bytes:
    return ISSUER.crl(
        [(serial, NOW - timedelta(hours=2), 1) for serial in revoked],
        this=NOW - timedelta(hours=1),
        following=NOW + timedelta(days=1),
    )


class Portal:
    """The service, and what a portal's server does with it."""

    def __init__(self, url: str, lists: Path) -> None:
        self.url = url
        self.lists = lists

    def ask(self, path: str, asked: object, headers: dict[str, str] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(self.url + path, json.dumps(asked).encode(), headers or {})  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
            return found

    def refusal(self, path: str, asked: object, headers: dict[str, str] | None = None) -> int:
        with pytest.raises(urllib.error.HTTPError) as refused:
            self.ask(path, asked, headers)
        refused.value.close()
        return refused.value.code

    def challenge(self, session: str) -> str:
        return str(self.ask("/v1/challenges", {"session": session})["challenge"])

    def pkcs1(self, session: str, challenge: str, signed: str = "") -> dict[str, Any]:
        signature = maker.sign(maker.rsa_key(0), maker.SHA1_RSA, (signed or challenge).encode())
        asked = {"certificate": encoded(USER), "signature": encoded(signature)}
        return self.ask("/v1/logins/pkcs1", {"session": session, "challenge": challenge, **asked})


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("portal")
    lists = folder / "ca.crl"
    lists.write_bytes(crl())
    (folder / "ca.pem").write_bytes(pem.armor("CERTIFICATE", ISSUER.der))
    command = [sys.executable, "-m", "hebca_helper", "relying-party", "--origin", test_web_eid.ORIGIN, "--port", "0"]
    command += ["--trusted", str(folder / "ca.pem"), "--crl", str(lists)]
    environment = {**os.environ, "HEBCA_HELPER_HOME": str(folder)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        yield Portal(json.loads(process.stdout.readline())["relying_party"], lists)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in (0, -signal.SIGTERM)


def test_a_pkcs1_login_is_accepted_once(portal: Portal) -> None:
    challenge = portal.challenge("s1")
    first, again = portal.pkcs1("s1", challenge), portal.pkcs1("s1", challenge)
    assert (first["result"], first["accepted"]) == (0, True)
    assert first["certificate"]["holder"] == maker.COMPANY
    assert (again["result"], again["accepted"]) == (104, False)


def test_a_challenge_belongs_to_its_session(portal: Portal) -> None:
    assert portal.pkcs1("s3", portal.challenge("s2"))["result"] == 104


def test_a_failed_login_spends_the_challenge(portal: Portal) -> None:
    challenge = portal.challenge("s4")
    assert portal.pkcs1("s4", challenge, signed="another text")["result"] == -6406
    assert portal.pkcs1("s4", challenge)["result"] == 104


def web_eid_token(challenge: str) -> dict[str, Any]:
    return test_web_eid.token(nonce=challenge, unverifiedCertificate=encoded(USER))


def test_a_web_eid_login_is_accepted(portal: Portal) -> None:
    challenge = portal.challenge("s5")
    asked = {"session": "s5", "challenge": challenge, "token": web_eid_token(challenge)}
    assert portal.ask("/v1/logins/web-eid", asked)["accepted"]


def test_a_newer_list_counts_from_the_next_login_on(portal: Portal) -> None:
    portal.lists.write_bytes(crl(SERIAL))
    assert portal.pkcs1("s6", portal.challenge("s6"))["result"] == 7
    portal.lists.write_bytes(crl()[:40])  # half written: the list read before stays
    assert portal.pkcs1("s6", portal.challenge("s6"))["result"] == 7
    portal.lists.write_bytes(crl())
    assert portal.pkcs1("s6", portal.challenge("s6"))["result"] == 0


def test_unreadable_signed_data_is_a_verdict(portal: Portal) -> None:
    assert portal.ask("/v1/signed-data", {"message": encoded(b"nothing")})["result"] == 105


def test_a_page_cannot_use_it(portal: Portal) -> None:
    assert portal.refusal("/v1/challenges", {"session": "x"}, {"Origin": "https://portal.example"}) == 403


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/v1/challenges", {}, 400),
        ("/v1/challenges", {"session": "x" * 257}, 400),
        ("/v1/challenges", ["session"], 400),
        ("/v1/logins/pkcs1", {"session": "x", "challenge": "y", "certificate": "*", "signature": ""}, 400),
        ("/v1/logins/web-eid", {"session": "x", "challenge": "y", "token": "z"}, 400),
        ("/v1/signed-data", {"message": "A" * (25 * 1024 * 1024)}, 413),
        ("/v1/nothing", {}, 404),
    ],
)
def test_a_bad_request_is_told(portal: Portal, path: str, asked: object, status: int) -> None:
    assert portal.refusal(path, asked) == status


@pytest.mark.parametrize(
    ("options", "status", "told"),
    [
        (["--origin", "https://portal.example/"], 2, "末尾没有斜线"),
        (["--origin", "http://portal.example"], 2, "应是 https 网站"),
        (["--origin", "https://portal.example", "--crl", "nowhere.crl"], 1, "nowhere.crl"),
    ],
)
def test_a_wrong_start_is_told_at_once(tmp_path: Path, options: list[str], status: int, told: str) -> None:
    """Not by each login that is refused later."""
    (tmp_path / "ca.cer").write_bytes(ISSUER.der)
    command = [sys.executable, "-m", "hebca_helper", "relying-party", "--trusted", str(tmp_path / "ca.cer"), *options]
    environment = {**os.environ, "HEBCA_HELPER_HOME": str(tmp_path)}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert ended.returncode == status
    assert told in ended.stderr


def run_example(command: list[str], portal: Portal, session: str, handed_in: str) -> dict[str, Any]:
    """An example prints a challenge, reads one line, prints the verdict."""
    with subprocess.Popen(
        [*command, portal.url, session], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as example:
        assert example.stdout is not None
        challenge = json.loads(example.stdout.readline())["challenge"]
        token = json.dumps(web_eid_token(challenge))
        told, _ = example.communicate(handed_in.format(challenge=challenge, token=token) + "\n", timeout=60)
        verdict: dict[str, Any] = json.loads(told)
        return verdict


def test_the_curl_example_works(portal: Portal) -> None:
    script = str(shipped("resources", "relying-party", "login.sh"))
    handed_in = '{{"challenge": "{challenge}", "token": {token}}}'
    assert run_example(["bash", script], portal, "curl", handed_in)["accepted"]


@pytest.mark.skipif(shutil.which("java") is None, reason="no Java here")
def test_the_java_example_works(portal: Portal) -> None:
    program = str(shipped("resources", "relying-party", "PortalLogin.java"))
    assert run_example(["java", program], portal, "java", "{challenge} {token}")["accepted"]
