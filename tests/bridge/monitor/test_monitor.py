"""The monitor page: a developer sees every call and why it was refused; nobody sees PINs, contents, or without the word."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from hebca_helper.bridge.identity.identity import load_or_make
from hebca_helper.bridge.monitor.redaction import redacted
from hebca_helper.errors import Code
from tests.practice_homes import put_practice_usbkey
from tests.running import Service, ask, page_of, serving

PORTAL, STRANGER = "https://rsj.zjk.gov.cn", "https://evil.example"
SECONDS = 60
SECRETS = ("123456", "654321", "秘密的申报", "secret")


@pytest.fixture
def service(home: Path) -> Iterator[Service]:
    put_practice_usbkey(home, "fresh")
    with serving("--unattended", "--monitor", "--allow-origin", PORTAL) as running:
        yield running


def watch(service: Service, origin: str | None = None) -> ClientConnection:
    url = service.urls["monitor"]
    own = f"http://{urlsplit(url).netloc}"
    return connect(
        f"{url.replace('http:', 'ws:')}events",
        origin=Origin(own if origin is None else origin),
        proxy=None,
        open_timeout=SECONDS,
    )


def seen(page: ClientConnection) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(page.recv(SECONDS))
    return told


def test_each_call_is_told_with_its_answer_and_the_reason_of_a_refusal(service: Service) -> None:
    with watch(service) as page, page_of(PORTAL, service) as portal, page_of(STRANGER, service) as stranger:
        assert seen(page) == {"watching": True}
        everything = []
        for function, arguments, code in (
            ("SelectSignCert", "", ""),
            ("Login", '{"pin":"654321"}', Code.PIN_INCORRECT),
            ("UILogin", "", ""),
            ("SignText", '{"signText":"秘密的申报 secret"}', ""),
            ("秘密的申报", "", Code.BAD_REQUEST),
            ("NoSuchFunction", "", Code.UNKNOWN_FUNCTION),
        ):
            portal.send(f"1|{function}|{arguments}")
            portal.recv(SECONDS)
            told = seen(page)
            everything.append(told)
            assert (told["origin"], told["code"]) == (PORTAL, code)
            assert bool(told["reason"]) == bool(code)
        assert everything[3]["call"] == "SignText"
        assert everything[3]["arguments"] == {"signText": "〔12 个字符〕"}
        assert everything[3]["answer"]["ret"] == 0
        assert everything[1]["arguments"] == {"pin": "〔密码〕"}
        ask(stranger, "GetCertB64")
        refused = seen(page)
        assert refused["code"] == Code.DENIED_BY_POLICY
        assert "unknown" in refused["reason"]
        with pytest.raises(InvalidStatus):
            connect(service.url, origin=Origin("null"), proxy=None)
        outside = seen(page)
        assert (outside["origin"], outside["reason"]) == ("null", "wrong origin")
        text = json.dumps([*everything, refused, outside], ensure_ascii=False)
        assert not [secret for secret in SECRETS if secret in text]


def test_calls_over_https_are_told_too(service: Service, home: Path) -> None:
    address = urlsplit(service.urls["https"])
    with watch(service) as page:
        seen(page)
        https_post(address.port or 0, home, "/v1/nothing", {"pin": "123456", "data": "secret"})
        told = seen(page)
        assert told["channel"] == "https"
        assert told["call"] == "POST /v1/nothing"
        assert told["code"] == Code.UNKNOWN_FUNCTION
        assert told["reason"]
        https_post(address.port or 0, home, "/v1/login", {"nonce": "secret"})
        told = seen(page)
        assert "nonce: " in told["reason"]  # where the request is wrong, without a word of what was in it
        assert "secret" not in json.dumps(told)


def https_post(port: int, home: Path, path: str, body: object) -> None:
    identity = load_or_make(home, datetime.now(UTC))
    context = ssl.create_default_context(cafile=str(identity.ca_certificate))
    connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=SECONDS)
    headers = {"Origin": PORTAL, "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body), headers)
    connection.getresponse().read()
    connection.close()


def test_only_who_has_the_word_gets_in(service: Service) -> None:
    address = urlsplit(service.urls["monitor"])
    host = address.netloc
    for path, headers, status in (
        (address.path, {"Host": host}, 200),
        ("/", {"Host": host}, 404),
        (f"/{'x' * 43}/", {"Host": host}, 404),
        (f"{address.path[:-2]}/", {"Host": host}, 404),
        (address.path, {"Host": f"evil.example:{address.port}"}, 404),  # DNS rebinding
        (address.path, {"Host": host, "Origin": STRANGER}, 404),
        (f"{address.path}static/../../../pyproject.toml", {"Host": host}, 404),
    ):
        connection = http.client.HTTPConnection("localhost", address.port, timeout=SECONDS)
        connection.putrequest("GET", path, skip_host=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        assert connection.getresponse().status == status, (path, headers)
        connection.close()
    for origin in (STRANGER, "null", f"http://127.0.0.1:{address.port}"):
        with pytest.raises(InvalidStatus):
            watch(service, origin)
    with socket.create_connection(("localhost", address.port or 0)) as rude:
        rude.sendall(b"\x16\x03\x01" * 100 + b"\r\n\r\n")
        assert b"400" in rude.recv(100)


def test_there_is_none_outside_of_practice(home: Path) -> None:
    command = [sys.executable, "-m", "hebca_helper", "serve", "--certificate-port", "0", "--monitor"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 1
    assert Code.PRACTICE_ONLY in done.stderr
    assert done.stdout == ""


def test_only_harmless_values_are_shown() -> None:
    call = {"index": 1, "NewPin": 123456, "b64data": "QUJD", "list": [{"password": "x"}, 5], "code": "y" * 500}
    assert redacted(call) == {
        "index": 1,
        "NewPin": "〔密码〕",
        "b64data": "〔4 个字符〕",
        "list": [{"password": "〔密码〕"}, "〔数字〕"],
        "code": "〔500 个字符〕",
    }
    deep: Any = {}
    for _ in range(1000):
        deep = {"a": deep}
    assert len(json.dumps(redacted(deep))) < 200
