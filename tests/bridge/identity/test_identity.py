"""Our TLS identity, judged by OpenSSL: what it can name, what it cannot, and how it is renewed."""

from __future__ import annotations

import re
import stat
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hebca_helper.bridge.identity.identity import Identity, load, load_or_make, renew
from tests.bridge.identity.authorities import foreign_leaf

NOW = datetime.now(UTC)


def verified(ca: Path, chain: Path, *more: str) -> str:
    """What `openssl verify` says: "" or its error."""
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(ca), *more, str(chain)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr + done.stdout


def text_of(certificate: Path) -> str:
    command = ["openssl", "x509", "-noout", "-text", "-in", str(certificate)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_it_names_this_computer_and_nothing_else(home: Path) -> None:
    identity = load_or_make(home, NOW)
    for name in (["-verify_hostname", "localhost"], ["-verify_ip", "127.0.0.1"], ["-verify_ip", "::1"]):
        assert verified(identity.ca_certificate, identity.certificate, *name) == ""
    assert "mismatch" in verified(identity.ca_certificate, identity.certificate, "-verify_hostname", "bank.example")


def test_even_with_the_key_the_ca_could_name_nothing_else(tmp_path: Path) -> None:
    ca, chain, _ = foreign_leaf(tmp_path, "bank.example")
    assert "permitted subtree violation" in verified(ca, chain)
    ca, chain, _ = foreign_leaf(tmp_path, "localhost")
    assert verified(ca, chain) == ""  # the same but for the name


def test_the_ca_is_constrained_and_its_key_is_nowhere(home: Path) -> None:
    identity = load_or_make(home, NOW)
    text = text_of(identity.ca_certificate)
    assert re.search(r"Name Constraints: critical\s+Permitted:\s+DNS:localhost\s+IP:127.0.0.1/255.255.255.255", text)
    assert re.search(r"Basic Constraints: critical\s+CA:TRUE, pathlen:0", text)
    keys = [path for path in home.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]
    assert keys == [identity.key]
    of_leaf = subprocess.run(["openssl", "pkey", "-pubout", "-in", identity.key], capture_output=True, check=True)
    of_ca = subprocess.run(
        ["openssl", "x509", "-noout", "-pubkey", "-in", identity.ca_certificate], capture_output=True, check=True
    )
    assert of_leaf.stdout != of_ca.stdout


def test_files_are_for_this_user_only(home: Path) -> None:
    load_or_make(home, NOW)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (home / "tls").rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert stat.S_IMODE((home / "tls").stat().st_mode) == 0o700


def test_it_lasts_825_days_and_stays_the_same(home: Path) -> None:
    identity = load_or_make(home, NOW)
    assert timedelta(days=824) < identity.not_after - NOW < timedelta(days=825)
    assert load_or_make(home, identity.not_after - timedelta(seconds=1)) == identity == load(home)
    assert load_or_make(home, identity.not_after + timedelta(seconds=1)) != identity


def test_two_that_start_at_once_agree(home: Path) -> None:
    made: list[Identity] = []
    threads = [threading.Thread(target=lambda: made.append(load_or_make(home, NOW))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1


@pytest.mark.parametrize("damaged", ["ca.pem", "certificate.pem", "key.pem"])
def test_a_damaged_one_is_made_anew(home: Path, damaged: str) -> None:
    old = load_or_make(home, NOW)
    (old.key.parent / damaged).write_bytes(b"\x00")
    new = load_or_make(home, NOW)
    assert new.ca_fingerprint != old.ca_fingerprint
    assert verified(new.ca_certificate, new.certificate, "-verify_hostname", "localhost") == ""


class Browsers:
    """What trusts whom, and what happened in which order."""

    def __init__(self, *, reachable: bool = True) -> None:
        self.reachable = reachable
        self.story: list[str] = []

    def trust(self, old: Identity, new: Identity) -> bool:
        assert old.ca_certificate.exists()
        self.story.append(f"trust {new.ca_fingerprint}")
        return self.reachable

    def distrust(self, fingerprint: str) -> bool:
        self.story.append(f"distrust {fingerprint}")
        return self.reachable


def test_thirty_days_before_the_end_the_new_is_trusted_before_the_old_goes(home: Path) -> None:
    old, browsers = load_or_make(home, NOW), Browsers()
    assert renew(home, old.not_after - timedelta(days=31), browsers.trust, browsers.distrust) == old
    assert browsers.story == []
    new = renew(home, old.not_after - timedelta(days=30), browsers.trust, browsers.distrust)
    assert browsers.story == [f"trust {new.ca_fingerprint}", f"distrust {old.ca_fingerprint}"]
    assert load(home) == new
    assert not old.key.exists()


def test_while_browsers_cannot_be_reached_the_old_one_serves_as_long_as_it_lasts(home: Path) -> None:
    old, closed = load_or_make(home, NOW), Browsers(reachable=False)
    late = old.not_after - timedelta(days=1)
    assert renew(home, late, closed.trust, closed.distrust) == old
    assert renew(home, late, closed.trust, closed.distrust) == old
    assert len(set(closed.story)) == 1, "each attempt goes on with the same new one"
    new = load_or_make(home, old.not_after + timedelta(days=1))
    assert closed.story[0] == f"trust {new.ca_fingerprint}"
    assert old.ca_certificate.exists(), "it must be known until it is out of the browsers"


class _PowerCutError(Exception):
    pass


@pytest.mark.parametrize("step", ["trust", "distrust"])
def test_a_renewal_that_is_cut_off_goes_on(home: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    old, browsers = load_or_make(home, NOW), Browsers()
    late = old.not_after - timedelta(days=1)

    def cut(*_: object) -> bool:
        raise _PowerCutError

    with monkeypatch.context() as patch, pytest.raises(_PowerCutError):
        patch.setattr(browsers, step, cut)
        renew(home, late, browsers.trust, browsers.distrust)
    between = load(home)
    assert between is not None
    at = ("-attime", str(int(late.timestamp())))
    assert verified(between.ca_certificate, between.certificate, *at) == ""
    new = renew(home, late, browsers.trust, browsers.distrust)
    assert new.ca_fingerprint != old.ca_fingerprint
    assert browsers.story[-1] == f"distrust {old.ca_fingerprint}"
    assert [path.name for path in (home / "tls").iterdir() if path.is_dir()] == [new.ca_fingerprint]
