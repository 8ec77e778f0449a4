"""The command line does for a script or a help desk what the window does for a clerk."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import pytest

from hebca_helper import __version__
from hebca_helper.errors import Code
from hebca_helper.places import HOME_VARIABLE
from tests.practice_homes import put_practice_usbkey
from tests.running import Run

PIN = "123456\n"


def test_version(run: Run) -> None:
    assert run("--version").stdout.strip() == f"hebca-helper {__version__}"


def test_without_a_usbkey_the_lists_are_empty_and_say_what_to_do(run: Run) -> None:
    assert json.loads(run("tokens", "--json").stdout) == []
    shown = run("certificates")
    assert shown.returncode == 0
    assert "请插入" in shown.stdout


def test_certificates_are_told_to_people_and_to_scripts(practice_home: Path, run: Run) -> None:
    rows = json.loads(run("certificates", "--json").stdout)
    assert [row["usage"] for row in rows] == [["sign"], ["encrypt"]]
    assert all(row["practice"] and row["key"] == "rsa-2048" for row in rows)
    text = run("certificates").stdout
    assert "演练" in text
    assert rows[0]["serial"] in text
    [token] = json.loads(run("tokens", "--json").stdout)
    assert token["pin_state"] == "fine"
    assert token["tries_left"] == 10


def test_a_signature_from_the_terminal_is_one_that_openssl_verifies(
    practice_home: Path, run: Run, tmp_path: Path
) -> None:
    answer = json.loads(run("sign", "--text", "报表", "--json", text=PIN).stdout)
    certificate, key = tmp_path / "certificate.der", tmp_path / "key.pem"
    certificate.write_bytes(base64.b64decode(answer["certificate"]))
    (tmp_path / "signature").write_bytes(base64.b64decode(answer["signature"]))
    (tmp_path / "content").write_bytes("报表".encode("gbk"))
    command = ["openssl", "x509", "-inform", "DER", "-in", str(certificate), "-noout", "-pubkey"]
    key.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    verify = ["openssl", "dgst", "-sha1", "-verify", str(key), "-signature", str(tmp_path / "signature")]
    judged = subprocess.run([*verify, str(tmp_path / "content")], check=False, capture_output=True, text=True)
    assert "Verified OK" in judged.stdout


@pytest.mark.parametrize(
    ("arguments", "typed", "code"),
    [
        (("sign", "--text", "x"), "000000\n", Code.PIN_INCORRECT),
        (("sign", "--text", "x"), "", Code.USER_CANCELLED),
        (("sign", "--text", "x"), "12\n", Code.PIN_INCORRECT),
        (("sign", "--text", "x"), "9" * 300 + "\n", Code.PIN_LENGTH),
        (("sign", "--text", "😀"), PIN, Code.TEXT_NOT_ENCODABLE),
        (("sign", "--file", "/nowhere/at/all"), PIN, Code.FILE_UNREADABLE),
        (("change-pin",), "123456\n111111\n111111\n", Code.PIN_WEAK),
    ],
)
def test_what_goes_wrong_is_told_with_its_code_and_remedy(
    practice_home: Path, run: Run, arguments: tuple[str, ...], typed: str, code: Code
) -> None:
    ended = run(*arguments, text=typed)
    assert ended.returncode in (1, 3)
    assert f"[{code}]" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_a_changed_pin_is_the_one_that_counts(practice_home: Path, run: Run) -> None:
    assert run("change-pin", text="123456\nhengshui2026\nhengshui2026\n").returncode == 0
    assert run("sign", "--text", "x", text=PIN).returncode == 1
    assert run("sign", "--text", "x", text="hengshui2026\n").returncode == 0


def test_a_locked_usbkey_says_how_it_is_unlocked(home: Path, run: Run) -> None:
    put_practice_usbkey(home, "locked")
    ended = run("sign", "--text", "x", text=PIN)
    assert "重置证书密码" in ended.stderr


def test_the_practice_usbkey_is_unplugged_and_plugged(practice_home: Path, run: Run) -> None:
    assert run("practice", "unplug").returncode == 0
    assert json.loads(run("tokens", "--json").stdout) == []
    assert run("practice", "plug").returncode == 0
    assert len(json.loads(run("tokens", "--json").stdout)) == 1


def test_a_damaged_settings_file_is_told_and_kept(practice_home: Path, run: Run) -> None:
    (practice_home / "settings.toml").write_text("certificate_port = 'seventeen'\n")
    ended = run("certificates", "--json")
    assert len(json.loads(ended.stdout)) == 2
    assert f"[{Code.SETTINGS_DAMAGED}]" in ended.stderr
    [aside] = practice_home.glob("settings.toml.damaged-*")
    assert "seventeen" in aside.read_text()


def test_a_home_that_cannot_be_made_is_told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "file" / "home"))
    ended = run("tokens")
    assert ended.returncode == 1
    assert "[file-unreadable]" in ended.stderr
    assert "Traceback" not in ended.stderr
