"""What `practice init` made, written down, and the SoftHSM configuration that puts it into force.

Every making has a folder of its own, `<home>/practice/tokens/<name>/`, with the record `practice.json` and SoftHSM's
token folder `store`. The one that `<home>/practice/softhsm2.conf` names is in force: replacing that file is the one step
that changes from the old USBKEY to the new, so that a crash leaves the one or the other.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hebca_helper.errors import Code, HelperError
from hebca_helper.files import write_atomically
from hebca_helper.texts import tr
from hebca_helper.tokens.discovery import PRACTICE_CONFIGURATION, PRACTICE_FOLDER

RECORD = "practice.json"
STORE = "store"
_CONFIGURATION_SIGNS = {"#": "#", "=": "=", "\n": "换行", "\r": "换行"}
"""They end a value in softhsm2.conf, which has no way to quote them, with what a person calls them."""
_TOKEN_FOLDER = re.compile(r"^directories\.tokendir\s*=\s*(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MadeCertificate:
    """`usage` is "sign" or "encrypt", `serial` lower-case hex, `fingerprint` SHA-256 in hex, `not_after` ISO 8601."""

    usage: str
    serial: str
    fingerprint: str
    not_after: str


@dataclass(frozen=True, slots=True)
class MadeToken:
    label: str
    serial: str
    holder: str
    certificates: tuple[MadeCertificate, ...]


@dataclass(frozen=True, slots=True)
class Record:
    scenario: str
    ec: bool
    tokens: tuple[MadeToken, ...]

    @property
    def last_moment(self) -> datetime:
        """When the last certificate ends."""
        ends = (made.not_after for token in self.tokens for made in token.certificates)
        return max(datetime.fromisoformat(end) for end in ends)


def practice_folder(home: Path) -> Path:
    return home / PRACTICE_FOLDER


def ca_folder(home: Path) -> Path:
    return practice_folder(home) / "ca"


def token_folders(home: Path) -> Path:
    return practice_folder(home) / "tokens"


def new_folder(home: Path) -> Path:
    """A folder for a new making, with an empty store and a configuration of its own that names it.

    FILE_UNREADABLE for a home whose path SoftHSM2 cannot read in its configuration.
    """
    if wrong := [tr(name) for sign, name in _CONFIGURATION_SIGNS.items() if sign in str(home)]:
        told = tr("演练 USBKEY 不能放在路径中有 {signs} 的文件夹里，请改名：{home}")
        raise HelperError(Code.FILE_UNREADABLE, told.format(signs=tr("、").join(dict.fromkeys(wrong)), home=home))
    folder = token_folders(home) / secrets.token_hex(8)
    for part in (practice_folder(home), token_folders(home), folder, folder / STORE):
        part.mkdir(mode=0o700, exist_ok=True)
    write_atomically(folder / PRACTICE_CONFIGURATION, _configuration(folder))
    return folder


def _configuration(folder: Path) -> bytes:
    """SoftHSM's configuration (softhsm2.conf(5)) for the store in this folder."""
    lines = [
        f"directories.tokendir = {folder / STORE}",
        "objectstore.backend = file",
        "log.level = ERROR",
        "slots.removable = true",
    ]
    return ("\n".join(lines) + "\n").encode()


def folder_in_force(home: Path) -> Path | None:
    """The folder whose store the configuration names; None when there is none of this home's."""
    try:
        text = (practice_folder(home) / PRACTICE_CONFIGURATION).read_text("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    named = _TOKEN_FOLDER.search(text)
    if not named:
        return None
    store = Path(named[1])
    folder = token_folders(home) / store.parent.name
    return folder if store.is_dir() and store.resolve() == (folder / STORE).resolve() else None


def read_record(home: Path) -> Record | None:
    """What is in force; None when nothing was made, or its record cannot be read (then it must be made anew)."""
    folder = folder_in_force(home)
    try:
        return _parse((folder / RECORD).read_bytes()) if folder else None
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_record(folder: Path, record: Record) -> None:
    write_atomically(folder / RECORD, json.dumps(asdict(record), indent=1, ensure_ascii=False).encode())


def put_in_force(home: Path, folder: Path) -> None:
    """Change over to this folder, then remove all others."""
    write_atomically(practice_folder(home) / PRACTICE_CONFIGURATION, _configuration(folder))
    remove_others(home)


def remove_others(home: Path) -> None:
    """Remove folders not in force: the one replaced, and what a crash left half-made."""
    in_force = folder_in_force(home)
    for folder in token_folders(home).iterdir():
        if folder != in_force:
            # What cannot go now (Windows keeps open files) goes next time.
            shutil.rmtree(folder, ignore_errors=True)


def practice_fingerprints(home: Path) -> frozenset[str]:
    """Fingerprints (SHA-256, hex) of the certificates on record. No proof: that is `PracticeTrust`'s."""
    record = read_record(home)
    return (
        frozenset(made.fingerprint for token in record.tokens for made in token.certificates) if record else frozenset()
    )


def _parse(content: bytes) -> Record:
    table = json.loads(content)
    return Record(str(table["scenario"]), bool(table["ec"]), tuple(_token(item) for item in table["tokens"]))


def _token(table: dict[str, Any]) -> MadeToken:
    certificates = tuple(MadeCertificate(**item) for item in table["certificates"])
    return MadeToken(str(table["label"]), str(table["serial"]), str(table["holder"]), certificates)
