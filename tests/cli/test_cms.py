"""`cms` on the command line: openssl opens and verifies it, files of any size pass in little memory, nothing half made."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from asn1crypto import pem

from hebca_helper.errors import Code
from hebca_helper.pki.certificates import Certificate
from tests.practice_homes import put_practice_usbkey
from tests.running import Run

PIN = "123456\n"
MIB = 1024 * 1024
TEXT = "关于申报表的说明\n" * 100


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands run, with a file to work on; checked at the end for what a command left half made."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.chdir(place)
    (place / "file").write_text(TEXT)
    return place


@pytest.fixture(autouse=True)
def nothing_half_made(tmp_path: Path) -> Iterator[None]:
    yield
    assert list(tmp_path.rglob("*.part")) == []


def certificates(home: Path) -> list[Certificate]:
    """What pkcs11-tool finds on the practice USBKEY."""
    tool = ["pkcs11-tool", "--module", "/usr/lib/softhsm/libsofthsm2.so"]
    environment = {**os.environ, "SOFTHSM2_CONF": str(home / "practice" / "softhsm2.conf")}

    def output(*arguments: str) -> bytes:
        command = [*tool, *arguments, "--type", "cert"]
        return subprocess.run(command, check=True, capture_output=True, env=environment).stdout

    ids = [line.split()[1] for line in output("--list-objects").decode().splitlines() if line.strip().startswith("ID:")]
    return [Certificate.parse(output("--read-object", "--id", each)) for each in ids]


def put_encryption_certificate(home: Path, folder: Path) -> None:
    [certificate] = [each for each in certificates(home) if each.encrypts]
    (folder / "to.pem").write_bytes(pem.armor("CERTIFICATE", certificate.der))


def openssl(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], capture_output=True, check=False)


def refused(ended: subprocess.CompletedProcess[str], code: Code) -> None:
    statuses = {Code.USER_CANCELLED: 3, Code.BAD_REQUEST: 2, Code.CERTIFICATE_UNTRUSTED: 4}
    assert ended.returncode == statuses.get(code, 1)
    assert f"[{code}]" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("ec", [False, True], ids=["rsa", "ec"])
def test_a_signed_file_is_verified_by_openssl_and_by_us(home: Path, run: Run, folder: Path, ec: bool) -> None:
    put_practice_usbkey(home, ec=ec)
    assert run("cms", "sign", "file", "-o", "signed", text=PIN).returncode == 0
    answer = openssl("cms", "-verify", "-inform", "DER", "-in", "signed", "-noverify", "-binary")
    assert answer.stdout.decode() == TEXT
    unknown = run("cms", "verify", "signed", "-o", "content")
    assert (unknown.returncode, (folder / "content").exists()) == (4, False)
    assert "内容完整，签名人身份未核实" in unknown.stdout
    assert run("cms", "verify", "signed", "-o", "content", "--allow-unknown-issuer").returncode == 0
    assert (folder / "content").read_text() == TEXT


def test_a_detached_signature_goes_with_its_file(practice_home: Path, run: Run, folder: Path) -> None:
    assert run("cms", "sign", "file", "-o", "signature", "--detached", text=PIN).returncode == 0
    answer = openssl("cms", "-verify", "-inform", "DER", "-in", "signature", "-content", "file", "-noverify", "-binary")
    assert answer.returncode == 0
    [row] = json.loads(run("cms", "verify", "signature", "--content", "file", "--json").stdout)
    assert (row["verdict"], row["valid"], row["trust"]) == ("unidentified", False, "certificate-untrusted")
    (folder / "file").write_text(TEXT + "。")
    refused(run("cms", "verify", "signature", "--content", "file"), Code.SIGNATURE_WRONG)
    refused(run("cms", "verify", "signature"), Code.BAD_REQUEST)


def test_whether_a_signer_is_trusted_is_judged_by_the_cas_that_are_named(
    practice_home: Path, run: Run, folder: Path
) -> None:
    run("cms", "sign", "file", "-o", "signed", text=PIN)
    ca = practice_home / "practice" / "ca"
    trusted = ("--trusted", str(ca / "root.cer"), "--trusted", str(ca / "issuing.cer"))
    [row] = json.loads(run("cms", "verify", "signed", "--json", *trusted).stdout)
    assert (row["verdict"], row["valid"], row["trust"]) == ("valid", True, "trusted")
    [row] = json.loads(run("cms", "verify", "signed", "--json", *trusted, "--crl", str(ca / "issuing.crl")).stdout)
    assert row["trust"] == "trusted"
    (folder / "other.pem").write_bytes(self_signed(folder))
    refused(run("cms", "verify", "signed", "--trusted", "other.pem"), Code.CERTIFICATE_UNTRUSTED)


def self_signed(folder: Path) -> bytes:
    request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=other", "-keyout", "key.pem"]
    assert openssl(*request, "-out", "other.pem").returncode == 0
    return (folder / "other.pem").read_bytes()


@pytest.mark.parametrize("cipher", ["aes-256-cbc", "des-ede3-cbc", "aes-128-gcm"])
def test_what_is_sealed_to_several_is_opened_by_the_usbkey_and_by_openssl(
    practice_home: Path, run: Run, folder: Path, cipher: str
) -> None:
    put_encryption_certificate(practice_home, folder)
    self_signed(folder)
    arguments = ("cms", "encrypt", "file", "-o", "sealed", "--cipher", cipher, "--to", "to.pem", "--to", "other.pem")
    assert run(*arguments).returncode == 0
    options = ("-inform", "DER", "-in", "sealed", "-inkey", "key.pem", "-recip", "other.pem", "-binary")
    assert openssl("cms", "-decrypt", *options).stdout.decode() == TEXT
    assert run("cms", "decrypt", "sealed", "-o", "opened", text=PIN).returncode == 0
    assert (folder / "opened").read_text() == TEXT
    assert (folder / "opened").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("cipher", ["-des3", "-aes128", "-aes192", "-aes256", "-aes-256-gcm"])
def test_the_usbkey_opens_what_openssl_seals(practice_home: Path, run: Run, folder: Path, cipher: str) -> None:
    put_encryption_certificate(practice_home, folder)
    options = ("-binary", "-in", "file", "-outform", "DER", "-out", "sealed", "-stream", cipher, "to.pem")
    assert openssl("cms", "-encrypt", *options).returncode == 0
    assert run("cms", "decrypt", "sealed", "-o", "opened", text=PIN).returncode == 0
    assert (folder / "opened").read_text() == TEXT


def test_an_envelope_for_somebody_else_by_another_cipher_or_damaged_is_told(
    practice_home: Path, run: Run, folder: Path
) -> None:
    self_signed(folder)
    run("cms", "encrypt", "file", "-o", "others", "--to", "other.pem")
    refused(run("cms", "decrypt", "others", "-o", "opened", text=PIN), Code.NO_CERTIFICATE)
    put_encryption_certificate(practice_home, folder)
    options = ("-binary", "-in", "file", "-outform", "DER", "-out", "oaep", "-aes128", "-recip", "to.pem")
    assert openssl("cms", "-encrypt", *options, "-keyopt", "rsa_padding_mode:oaep").returncode == 0
    refused(run("cms", "decrypt", "oaep", "-o", "opened", text=PIN), Code.NOT_SUPPORTED)
    run("cms", "encrypt", "file", "-o", "sealed", "--to", "to.pem", "--cipher", "aes-256-gcm")
    damaged = bytearray((folder / "sealed").read_bytes())
    damaged[-40] ^= 1
    (folder / "sealed").write_bytes(damaged)
    refused(run("cms", "decrypt", "sealed", "-o", "opened", text=PIN), Code.DECRYPTION_FAILED)
    assert not (folder / "opened").exists()


def test_an_encrypted_key_that_does_not_decrypt_fails_like_changed_content(
    practice_home: Path, run: Run, folder: Path
) -> None:
    from hebca_helper.pki.cms.envelope import read_envelope

    put_encryption_certificate(practice_home, folder)
    run("cms", "encrypt", "file", "-o", "sealed", "--to", "to.pem", "--cipher", "aes-256-gcm")
    message = (folder / "sealed").read_bytes()
    key = read_envelope(message).recipients[0].encrypted_key
    (folder / "sealed").write_bytes(message.replace(key, b"\x01" * len(key)))
    refused(run("cms", "decrypt", "sealed", "-o", "opened", text=PIN), Code.DECRYPTION_FAILED)


def test_a_signing_certificate_is_no_recipient(practice_home: Path, run: Run, folder: Path) -> None:
    [certificate] = [each for each in certificates(practice_home) if not each.encrypts]
    (folder / "to.pem").write_bytes(pem.armor("CERTIFICATE", certificate.der))
    refused(run("cms", "encrypt", "file", "-o", "sealed", "--to", "to.pem"), Code.BAD_REQUEST)


# --- files


def test_an_existing_file_is_only_overwritten_when_that_is_said(practice_home: Path, run: Run, folder: Path) -> None:
    (folder / "signed").write_text("mine")
    refused(run("cms", "sign", "file", "-o", "signed", text=PIN), Code.BAD_REQUEST)
    assert (folder / "signed").read_text() == "mine"
    refused(run("cms", "sign", "file", "-o", "signed", "--force", text="000000\n"), Code.PIN_INCORRECT)
    assert (folder / "signed").read_text() == "mine"
    assert run("cms", "sign", "file", "-o", "signed", "--force", text=PIN).returncode == 0
    assert run("cms", "verify", "signed", "--allow-unknown-issuer").returncode == 0


def test_a_file_may_have_the_longest_name_there_is(folder: Path, run: Run) -> None:
    self_signed(folder)
    name = "报" * 85
    assert run("cms", "encrypt", "file", "-o", name, "--to", "other.pem").returncode == 0
    assert (folder / name).exists()


def test_content_of_a_wrong_signature_is_not_written(practice_home: Path, run: Run, folder: Path) -> None:
    run("cms", "sign", "file", "-o", "signed", text=PIN)
    message = (folder / "signed").read_bytes()
    (folder / "signed").write_bytes(message.replace("申报".encode(), "甲乙".encode(), 1))
    refused(run("cms", "verify", "signed", "-o", "content"), Code.SIGNATURE_WRONG)
    assert not (folder / "content").exists()


@pytest.mark.parametrize("name", ["nothing", ".", "pipe", "//server/share/file", "/dev/zero"])
def test_what_is_no_regular_file_here_is_refused_at_once(
    practice_home: Path, run: Run, folder: Path, name: str
) -> None:
    os.mkfifo(folder / "pipe")
    refused(run("cms", "sign", name, "-o", "signed", text=PIN), Code.FILE_UNREADABLE)
    refused(run("cms", "verify", name), Code.FILE_UNREADABLE)


@pytest.mark.parametrize("out", ["/dev/null", "nowhere/signed", "."])
def test_what_cannot_be_written_is_told(practice_home: Path, run: Run, folder: Path, out: str) -> None:
    refused(run("cms", "sign", "file", "-o", out, "--force", text=PIN), Code.BAD_REQUEST)


def test_a_command_that_is_ended_at_the_question_has_written_nothing(practice_home: Path, folder: Path) -> None:
    with started("sign", "file", "-o", "signed") as process:
        assert process.stderr is not None
        while "10" not in process.stderr.readline():  # until the PIN is asked
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == -signal.SIGTERM
    assert sorted(each.name for each in folder.iterdir()) == ["file"]


def test_a_command_that_is_ended_while_it_writes_puts_everything_away(folder: Path) -> None:
    self_signed(folder)
    with (folder / "file").open("r+b") as large:
        large.truncate(4096 * MIB)
    with started("encrypt", "file", "-o", "sealed", "--to", "other.pem") as process:
        while not list(folder.glob(".sealed.*.part")):
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 3
    assert sorted(each.name for each in folder.iterdir()) == ["file", "key.pem", "other.pem"]


def started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hebca_helper", "cms", *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


# --- memory

_DRIVER = """
import sys
from hebca_helper.__main__ import main
status = main()
highest = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print("highest", highest.split()[1], file=sys.stderr)
sys.exit(status)
"""


def highest_memory(*arguments: str) -> int:
    """Octets: the most that the process of `hebca-helper ARGUMENTS` itself ever held."""
    command = [sys.executable, "-c", _DRIVER, *arguments]
    ended = subprocess.run(command, input=PIN, capture_output=True, text=True, check=False, timeout=600)
    assert ended.returncode == 0, ended.stderr
    [line] = [line for line in ended.stderr.splitlines() if line.startswith("highest ")]
    return int(line.split()[1]) * 1024


def use_of(folder: Path, name: str) -> dict[str, int]:
    """The memory of each command over the file `name`; what comes back must be what went in."""
    certificate = ("--to", "to.pem")
    used = {
        "sign": highest_memory("cms", "sign", name, "-o", "made", "--force"),
        "verify": highest_memory("cms", "verify", "made", "-o", "back", "--force", "--allow-unknown-issuer"),
    }
    assert subprocess.run(["cmp", name, "back"], check=False).returncode == 0
    for cipher in ("aes-256-cbc", "aes-256-gcm"):
        used |= {
            f"encrypt {cipher}": highest_memory(
                "cms", "encrypt", name, "-o", "made", "--force", "--cipher", cipher, *certificate
            ),
            f"decrypt {cipher}": highest_memory("cms", "decrypt", "made", "-o", "back", "--force"),
        }
        assert subprocess.run(["cmp", name, "back"], check=False).returncode == 0
    for each in ("made", "back"):
        (folder / each).unlink()
    return used


def check_memory(home: Path, folder: Path, size: int, bound: int) -> None:
    put_encryption_certificate(home, folder)
    with (folder / "large").open("wb") as large:
        large.truncate(size)
        for at in range(0, size, 8 * MIB):
            large.seek(at)
            large.write(os.urandom(4096))
    idle, used = use_of(folder, "file"), use_of(folder, "large")
    above = {name: used[name] - idle[name] for name in used}
    assert all(octets < bound for octets in above.values()), above


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_file_of_64_mib_costs_no_more_than_8_mib(practice_home: Path, folder: Path) -> None:
    check_memory(practice_home, folder, 64 * MIB, 8 * MIB)


@pytest.mark.full
@pytest.mark.timeout(1200)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_file_of_1_gib_costs_no_more_than_64_mib(practice_home: Path, folder: Path) -> None:
    check_memory(practice_home, folder, 1024 * MIB, 64 * MIB)
