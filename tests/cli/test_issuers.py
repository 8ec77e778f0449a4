"""issuers: a CA is added after its fingerprint was compared, makes a check valid, and is taken away again."""

from __future__ import annotations

import json
from pathlib import Path

from hebca_helper.errors import Code
from hebca_helper.pki.certificates import Certificate
from tests.documents import ofd_maker as make
from tests.pki import certificate_maker as maker
from tests.running import Run
from tests.seals import seal_maker

ISSUER = Certificate.parse(seal_maker.authority().der)


def test_an_added_issuer_earns_a_valid_verdict(home: Path, run: Run, tmp_path: Path) -> None:
    ca, document = str(tmp_path / "ca.cer"), str(tmp_path / "a.ofd")
    Path(ca).write_bytes(ISSUER.der)
    Path(document).write_bytes(make.package(make.signed()))
    assert run("check", document).returncode == 4
    wrong = run("issuers", "add", ca, "--fingerprint", "0" * 8)
    assert (wrong.returncode, f"[{Code.FINGERPRINT_DIFFERS}]" in wrong.stderr) == (1, True)
    refused = run("issuers", "add", ca, text="\n")
    assert (refused.returncode, "SEAL ROOT" in refused.stdout) == (3, True)
    assert json.loads(run("issuers", "list", "--json").stdout) == []

    added = run("issuers", "add", ca, text=f"{ISSUER.fingerprint[-8:-4]} {ISSUER.fingerprint[-4:]}\n".upper())
    assert (added.returncode, "已添加签发机构: SEAL ROOT" in added.stdout) == (0, True)
    [row] = json.loads(run("issuers", "list", "--json").stdout)
    assert (row["name"], row["fingerprint"], row["origin"]) == ("SEAL ROOT", ISSUER.fingerprint, "person")
    assert run("check", document).returncode == 0
    (tmp_path / "other.cer").write_bytes(maker.root("OTHER", maker.sm2_key(8)).der)
    assert run("check", document, "--trusted", str(tmp_path / "other.cer")).returncode == 4, "then nobody else counts"

    assert run("issuers", "remove", ISSUER.fingerprint).returncode == 0
    assert run("check", document).returncode == 4


def test_the_practice_ca_is_never_an_issuer(practice_home: Path, run: Run) -> None:
    ca = practice_home / "practice" / "ca" / "root.cer"
    for source in ((str(ca),), ("--from-token",)):
        done = run("issuers", "add", *source, "--fingerprint", Certificate.parse(ca.read_bytes()).fingerprint)
        assert (done.returncode, f"[{Code.ISSUER_UNFIT}]" in done.stderr) == (1, True)
    assert json.loads(run("issuers", "list", "--json").stdout) == []
