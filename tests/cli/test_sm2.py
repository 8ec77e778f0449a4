"""A clerk's terminal with today's USBKEY: a library that the person named, SM2 keys behind SKF; openssl judges."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

import pytest

from hebca_helper.errors import Code
from tests.running import Run
from tests.tokens.soft_skf import PIN, SERIAL, SoftSkf, certificate, chain, key_pair, openssl

TYPED = f"{PIN}\n"


@pytest.fixture(autouse=True)
def folder(home: Path, soft: SoftSkf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands run; the library is named in the settings."""
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.setenv("SOFTSKF_HOME", str(soft.home))
    (home / "settings.toml").write_text(f"modules = ['{soft.library}']\n")
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def in_pem(name: str, der: bytes) -> str:
    Path(name).write_bytes(openssl("x509", "-inform", "DER", given=der))
    return name


def test_what_is_plugged_in(run: Run) -> None:
    (token,) = json.loads(run("tokens", "--json").stdout)
    assert (token["serial"], token["tries_left"]) == (SERIAL, 6)
    held = json.loads(run("certificates", "--json").stdout)
    assert [(row["key"], row["usage"]) for row in held] == [("sm2-256", ["sign"]), ("sm2-256", ["encrypt"])]


def test_signing_a_text(run: Run, folder: Path) -> None:
    done = run("sign", "--text", "河北 Ab1", "--json", text=TYPED)
    assert done.returncode == 0, done.stderr
    (folder / "signature").write_bytes(b64decode(json.loads(done.stdout)["signature"]))
    (folder / "key").write_bytes(key_pair(1).spki)
    options = ("-keyform", "DER", "-verify", "key", "-signature", "signature", "-sigopt", "distid:1234567812345678")
    assert openssl("dgst", "-sm3", *options, given="河北 Ab1".encode("gbk")) == b"Verified OK\n"


def test_a_library_that_hashes_once_more_signs_nothing(run: Run, soft: SoftSkf) -> None:
    soft.quirk("hash-inside")
    done = run("sign", "--text", "河北 Ab1", "--json", text=TYPED)
    assert done.returncode == 1
    assert f"[{Code.TOKEN_FAILURE}]" in done.stderr
    assert "signature" not in done.stdout


def test_messages(run: Run, folder: Path) -> None:
    """Signed, verified up to the SM2 root, sealed and opened."""
    (folder / "file").write_text("关于申报表的说明\n" * 100)
    assert run("cms", "sign", "file", "-o", "signed", text=TYPED).returncode == 0
    trusted = [part for number, each in enumerate(chain()) for part in ("--trusted", in_pem(f"ca{number}", each.der))]
    (row,) = json.loads(run("cms", "verify", "signed", "--json", *trusted).stdout)
    assert (row["valid"], row["trust"]) == (True, "trusted")

    recipient = in_pem("to.pem", certificate(key_pair(2).spki, signs=False))
    assert run("cms", "encrypt", "file", "-o", "sealed", "--to", recipient).returncode == 0
    done = run("cms", "decrypt", "sealed", "-o", "opened", text=TYPED)
    assert done.returncode == 0, done.stderr
    assert (folder / "opened").read_text() == (folder / "file").read_text()


def test_a_wrong_pin_is_told_with_the_tries_left(run: Run, soft: SoftSkf) -> None:
    done = run("sign", "--text", "x", text="654321\n")
    assert done.returncode == 1
    assert soft.tries() == 5
    assert "还可尝试 6 次\n" in done.stderr  # before it was typed
    assert "SKF_" not in done.stderr


def test_the_seal_in_a_file_that_reserves_more(run: Run, soft: SoftSkf) -> None:
    """A real seal of GB/T 38540 with zeros up to the size of its file."""
    seal = (Path(__file__).parents[1] / "data/seals/ofdrw-UserV4.esl").read_bytes()
    soft.add_file("seal", seal, reserved=60_000)
    (row,) = json.loads(run("seals", "--json").stdout)
    assert (row["label"], row["serial"]) == ("seal", SERIAL)
    assert (row["seal"]["version"], row["seal"]["signature"]) == ("2020", "valid")
