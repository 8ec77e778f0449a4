"""Trust in the real databases of NSS and in a system store of our own, put there and taken out again."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hebca_helper.bridge.identity.identity import load, load_or_make
from hebca_helper.bridge.system_root import VARIABLE as SYSTEM_ROOT
from hebca_helper.bridge.trust.places import find_places
from hebca_helper.bridge.trust.record import FILE
from hebca_helper.bridge.trust.stores import Place, StoreKind
from hebca_helper.bridge.trust.trust import State, Told, Trust
from hebca_helper.errors import Code

NOW = datetime.now(UTC)


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with a snap Chromium, a flatpak Chrome, and Firefox of three kinds."""
    folder = tmp_path / "person"
    (folder / "snap/chromium/current").mkdir(parents=True)
    (folder / ".var/app/com.google.Chrome").mkdir(parents=True)
    for base, name in (
        (".mozilla/firefox", "old.default"),
        (".config/mozilla/firefox", "new.default"),
        ("snap/firefox/common/.mozilla/firefox", "snap.default"),
    ):
        (folder / base / name).mkdir(parents=True)
        text = f"[General]\nVersion=2\n\n[Profile0]\nName=张三\nIsRelative=1\nPath={name}\n\n[Profile1]\nPath=gone\n"
        (folder / base / "profiles.ini").write_text(text, "utf-8")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv(SYSTEM_ROOT, str(tmp_path / "system"))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    return folder


def listed(database: Path) -> list[str]:
    command = ["certutil", "-d", f"sql:{database}", "-L"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[4:]
    return [line.rsplit(None, 1)[0].strip() for line in lines if line.strip()]


def states(told: list[Told]) -> set[State]:
    return {each.state for each in told}


def test_every_browser_of_this_person_is_found(person: Path, tmp_path: Path) -> None:
    found = find_places(person, {}, tmp_path / "system", "linux")
    assert [str(place.path.relative_to(tmp_path)) for place in found] == [
        "person/.pki/nssdb",
        "person/snap/chromium/current/.pki/nssdb",
        "person/.var/app/com.google.Chrome/.pki/nssdb",
        "person/.mozilla/firefox/old.default",
        "person/.config/mozilla/firefox/new.default",
        "person/snap/firefox/common/.mozilla/firefox/snap.default",
        "system",
    ]


def test_where_chromium_keeps_a_newer_database_no_older_one_is_made(person: Path, tmp_path: Path) -> None:
    newer = person / ".local/share/pki/nssdb"
    newer.mkdir(parents=True)
    assert find_places(person, {}, tmp_path, "linux")[0].path == newer
    (person / ".pki/nssdb").mkdir(parents=True)
    assert find_places(person, {}, tmp_path, "linux")[0].path == person / ".pki/nssdb"


def test_installed_everywhere_told_and_removed_again(home: Path, person: Path, tmp_path: Path) -> None:
    company = tmp_path / "system/usr/local/share/ca-certificates/company.crt"
    company.parent.mkdir(parents=True)
    company.write_text(load_or_make(tmp_path / "other", NOW).ca_certificate.read_text())
    trust = Trust(home)
    assert states(trust.status()) == {State.NOT_TRUSTED}
    assert states(trust.install(NOW)) == {State.TRUSTED}
    assert states(Trust(home).status()) == {State.TRUSTED}
    assert states(trust.install(NOW)) == {State.TRUSTED}  # twice is once
    databases = [told.place.path for told in trust.status() if told.place.kind is StoreKind.NSS]
    assert [len(listed(database)) for database in databases] == [1] * 6
    collected = tmp_path / "system/etc/ssl/certs/ca-certificates.crt"
    identity = load(home)
    assert identity is not None
    assert identity.ca_certificate.read_text() in collected.read_text()

    assert states(Trust(home).remove()) == {State.NOT_TRUSTED}
    assert [listed(database) for database in databases] == [[]] * 6
    assert collected.read_text() == company.read_text()
    assert not [link for link in collected.parent.iterdir() if link.is_symlink() and not link.exists()]
    assert not (home / FILE).exists()
    assert Trust(home).remove() == []


def test_what_others_have_there_stays(home: Path, person: Path, tmp_path: Path) -> None:
    other = load_or_make(tmp_path / "other", NOW)
    database = person / ".pki/nssdb"
    database.mkdir(parents=True)
    for command in (
        ["-N", "--empty-password"],
        ["-A", "-n", "company", "-t", "C,,", "-i", str(other.ca_certificate)],
    ):
        subprocess.run(["certutil", "-d", f"sql:{database}", *command], check=True)
    Trust(home).install(NOW)
    Trust(home).remove()
    assert listed(database) == ["company"]


def test_a_renewed_identity_is_trusted_wherever_the_old_one_was_and_only_there(home: Path, person: Path) -> None:
    old = load_or_make(home, NOW)
    one = Place(StoreKind.NSS, person / ".mozilla/firefox/old.default", "Firefox")
    Trust(home, [one]).install(NOW)
    [before] = listed(one.path)
    new = Trust(home).renewed(old.not_after - timedelta(days=7))
    assert new != old
    [after] = listed(one.path)
    assert after.endswith(new.ca_fingerprint[:16])
    assert after != before
    assert not (person / ".pki").exists()


def test_a_profile_that_was_deleted_does_not_hold_up_the_rest(home: Path, person: Path) -> None:
    trust = Trust(home)
    trust.install(NOW)
    gone = person / ".mozilla/firefox/old.default"
    for file in gone.iterdir():
        file.unlink()
    gone.rmdir()
    assert states(trust.remove()) == {State.NOT_TRUSTED}
    assert not gone.exists()
    assert not (home / FILE).exists()


def test_a_database_that_cannot_be_written_is_told_and_the_others_done(home: Path, person: Path) -> None:
    broken = person / ".mozilla/firefox/old.default"
    (broken / "cert9.db").write_text("no database")
    (broken / "key4.db").write_text("no database")
    told = {each.place.path: each for each in Trust(home).install(NOW)}
    problem = told[broken].problem
    assert problem is not None
    assert problem.code is Code.TRUST_FAILED
    assert problem.detail
    assert {each.state for path, each in told.items() if path != broken} == {State.TRUSTED}


def test_without_certutil_the_package_is_named(home: Path, person: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hebca_helper.bridge.trust.tools._ADMINISTRATORS", "/nowhere")
    monkeypatch.setenv("PATH", os.devnull)
    told = Trust(home).install(NOW)
    assert {each.problem.code for each in told if each.problem} == {Code.TOOL_MISSING}
    assert "libnss3-tools" in str(told[0].problem)


def test_a_damaged_record_is_set_aside_and_the_service_still_has_its_identity(home: Path, person: Path) -> None:
    (home / FILE).write_text("{")
    identity = load_or_make(home, NOW)
    assert Trust(home).renewed(identity.not_after - timedelta(days=1)) == identity
