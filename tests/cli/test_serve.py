"""`serve` keeps its contract with scripts: one JSON line, clean end, clear refusals."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from hebca_helper.errors import TABLE, Code
from tests.running import Run, ask, page_of, serving

ORIGIN = "http://portal.example"


def test_the_services_listen_when_the_line_is_printed_and_end_with_status_0(practice_home: Path) -> None:
    with serving("--unattended", "--allow-origin", ORIGIN) as service:
        children = psutil.Process(service.process.pid).children(recursive=True)
        assert children
        with page_of(ORIGIN, service) as page:
            page.send("0|1732150000000")
            assert str(page.recv()).startswith("0|Welcome ")
    assert service.process.returncode == 0
    _, alive = psutil.wait_procs(children, timeout=0)
    assert alive == []


def test_a_trusted_page_signs_without_a_person(practice_home: Path) -> None:
    with serving("--unattended", "--allow-origin", ORIGIN) as service, page_of(ORIGIN, service) as page:
        assert ask(page, "SelectSignCert")["ret"] == 0
        assert ask(page, "SignText", '{"signText":"hello"}')["signature"]


def test_a_page_not_named_is_denied_without_learning_anything(practice_home: Path) -> None:
    with serving("--unattended", "--allow-origin", ORIGIN) as service:
        other = "http://other.example"
        with page_of(other, service) as page:
            answer = ask(page, "GetSignCertCount")
            assert answer["ret"] == TABLE[Code.DENIED_BY_POLICY].number
            assert set(answer) == {"ret", "msg"}


def test_without_unattended_what_needs_a_person_is_refused(practice_home: Path) -> None:
    with serving() as service, page_of(ORIGIN, service) as page:
        assert ask(page, "SelectSignCert")["ret"] == TABLE[Code.PERSON_NEEDED].number


def test_a_token_that_is_not_practice_is_refused(home: Path, tmp_path: Path) -> None:
    environment = real_looking_token(tmp_path)
    with (
        serving("--unattended", "--allow-origin", ORIGIN, environment=environment) as service,
        page_of(ORIGIN, service) as page,
    ):
        assert ask(page, "SelectSignCert")["ret"] in {
            TABLE[Code.PRACTICE_ONLY].number,
            TABLE[Code.NO_CERTIFICATE].number,
        }


def test_the_pin_file_is_used_and_a_wrong_one_does_not_lock(practice_home: Path, tmp_path: Path) -> None:
    pin_file = tmp_path / "pin"
    pin_file.write_text("999999\n")
    arguments = ("--unattended", "--allow-origin", ORIGIN, "--pin-file", str(pin_file))
    with serving(*arguments) as service, page_of(ORIGIN, service) as page:
        ask(page, "SelectSignCert")
        assert ask(page, "SignText", '{"signText":"a"}')["ret"] == TABLE[Code.PIN_INCORRECT].number


def test_a_taken_port_ends_serve_with_a_clear_error(practice_home: Path, run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        ended = run("serve", "--certificate-port", str(holder.getsockname()[1]))
    assert ended.returncode == 1
    assert f"[{Code.PORT_TAKEN}]" in ended.stderr
    assert "占用" in ended.stderr


@pytest.mark.parametrize("origin", ["portal.example", "http://portal.example/", "null", "*"])
def test_an_origin_that_is_none_is_refused_at_the_start(run: Run, origin: str) -> None:
    ended = run("serve", "--unattended", "--allow-origin", origin)
    assert ended.returncode == 2
    assert "https://portal.example" in ended.stderr
    assert origin in ended.stderr


def test_the_hall_prints_its_addresses_and_ends_with_status_0(practice_home: Path) -> None:
    command = [sys.executable, "-m", "hebca_helper", "practice", "hall", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as hall:
        assert hall.stdout is not None
        urls = json.loads(hall.stdout.readline())
        assert urls["hall"].startswith("http://localhost:")
        hall.send_signal(signal.SIGTERM)
        assert hall.wait(60) == 0


def test_the_practice_ca_prints_its_addresses_and_ends_with_status_0(practice_home: Path) -> None:
    command = [sys.executable, "-m", "hebca_helper", "practice", "ca", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout is not None
        urls = json.loads(service.stdout.readline())
        assert urls["online"] == f"{urls['ca']}online"
        assert json.loads((practice_home / "practice" / "ca.json").read_text())["origins"] == [
            urls["ca"].removesuffix("/")
        ]
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0
    assert not (practice_home / "practice" / "ca.json").exists()


def test_there_is_no_practice_ca_before_a_practice_usbkey(home: Path) -> None:
    command = [sys.executable, "-m", "hebca_helper", "practice", "ca", "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert "practice-missing" in ended.stderr


def real_looking_token(folder: Path) -> dict[str, str]:
    """A SoftHSM2 token of the user's own, not served by this home: its environment."""
    configuration, tokens = folder / "softhsm2.conf", folder / "tokens"
    tokens.mkdir()
    configuration.write_text(f"directories.tokendir = {tokens}\n")
    environment = {"SOFTHSM2_CONF": str(configuration)}
    tool = ["pkcs11-tool", "--module", "/usr/lib/softhsm/libsofthsm2.so"]
    made = ["softhsm2-util", "--init-token", "--free", "--label", "real", "--so-pin", "12345678", "--pin", "123456"]
    certificate = folder / "certificate.der"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(folder / "key.pem")]
    subject = ["-subj", "/CN=real", "-outform", "DER", "-out", str(certificate)]
    write = [*tool, "--login", "--pin", "123456", "--write-object", str(certificate), "--type", "cert", "--id", "01"]
    for command in (made, [*request, *subject], write):
        subprocess.run(command, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin", **environment})
    return environment
