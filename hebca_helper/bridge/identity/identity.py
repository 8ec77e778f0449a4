"""The TLS identity of this home, kept as generations under `tls/`.

    tls/<fingerprint>/{ca,certificate,key}.pem    a generation, complete from the moment its folder has its name
    tls/current                                   the name of the one in use
    tls/next                                      while renewing: the name of the one to come

A crash between any two steps leaves either the old or the new generation in use, and the next start goes on where it
stopped. Two programs that start at once agree on one, because `current` and `next` can be created only once.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hebca_helper.errors import HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.pem import certificates_from

RENEW_BEFORE = timedelta(days=30)
FOLDER = "tls"
_CURRENT, _NEXT = "current", "next"
_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Identity:
    """Files (0600) of a generation. `certificate` holds the leaf followed by its CA; `ca_fingerprint` is SHA-256, hex."""

    ca_certificate: Path
    certificate: Path
    key: Path
    not_after: datetime
    ca_fingerprint: str


Trust = Callable[[Identity, Identity], bool]
"""Has the second CA (new) trusted wherever the first (old) is; False when a place could not be reached."""
Distrust = Callable[[Identity], None]
"""Takes the old CA out of every place."""


def load(home: Path) -> Identity | None:
    """The generation in use; None when there is none or it is damaged."""
    return _read(home / FOLDER, _CURRENT)


def load_or_make(home: Path, now: datetime) -> Identity:
    """The generation in use; a new one where there is none, where it is damaged or has ended. `renew` does the rest."""
    found = load(home)
    if found is not None and found.not_after > now:
        return found
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if found is None:
        _make_pointer(folder, _CURRENT, now, replacing=True)
    else:
        _come(folder, now)
        (folder / _NEXT).replace(folder / _CURRENT)
    made = load(home)
    assert made is not None  # noqa: S101 - it was just written
    return made


def is_due(identity: Identity, now: datetime) -> bool:
    """Whether a new generation is to be made."""
    return identity.not_after - now <= RENEW_BEFORE


def renew(home: Path, now: datetime, trust: Trust, distrust: Distrust) -> Identity:
    """Where the generation in use ends soon: make the next, have it trusted, put it in use, and only then take the old
    one away. While the new one cannot be trusted everywhere, the old one stays in use as long as it lasts."""
    old = load_or_make(home, now)
    if not is_due(old, now):
        _sweep(home / FOLDER, distrust)
        return old
    folder = home / FOLDER
    _come(folder, now)
    new = _read(folder, _NEXT)
    assert new is not None  # noqa: S101 - `_come` made it
    if not trust(old, new):
        return old
    (folder / _NEXT).replace(folder / _CURRENT)
    _sweep(folder, distrust)
    return new


def _come(folder: Path, now: datetime) -> None:
    """The next generation is there, left over from an attempt before or new."""
    left = _read(folder, _NEXT)
    if left is None or is_due(left, now):
        _make_pointer(folder, _NEXT, now, replacing=True)


def _make_pointer(folder: Path, pointer: str, now: datetime, *, replacing: bool) -> None:
    """A new generation under this pointer, unless another program was first."""
    name = _make_generation(folder, now)
    beside = folder / f".{pointer}.{secrets.token_hex(4)}"
    _write(beside, name.encode())
    try:
        if replacing and _read(folder, pointer) is None:
            (folder / pointer).unlink(missing_ok=True)
        _create_once(beside, folder / pointer)
    finally:
        beside.unlink(missing_ok=True)


def _create_once(source: Path, target: Path) -> None:
    """`target` appears complete, and only where there is none yet."""
    with suppress(FileExistsError):
        os.link(source, target)


def _make_generation(folder: Path, now: datetime) -> str:
    from hebca_helper.bridge.identity.making import make  # once in two years

    made = make(now)
    name = certificates_from(made.ca)[0].fingerprint
    building = folder / f".new.{secrets.token_hex(4)}"
    building.mkdir(mode=0o700)
    for file, content in (("ca.pem", made.ca), ("certificate.pem", made.chain), ("key.pem", made.key)):
        _write(building / file, content)
    building.rename(folder / name)
    return name


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _read(folder: Path, pointer: str) -> Identity | None:
    try:
        name = (folder / pointer).read_text("ascii").strip()
        return _generation(folder / name) if _NAME.fullmatch(name) else None
    except (OSError, ValueError, HelperError):
        return None


def _generation(folder: Path) -> Identity | None:
    ca, certificate, key = (folder / name for name in ("ca.pem", "certificate.pem", "key.pem"))
    authority = _only(ca.read_bytes())
    leaf = certificates_from(certificate.read_bytes())[0]
    if authority.fingerprint != folder.name or leaf.issuer.der != authority.subject.der or not key.stat().st_size:
        return None
    return Identity(ca, certificate, key, min(leaf.not_after, authority.not_after), authority.fingerprint)


def _only(pem: bytes) -> Certificate:
    return certificates_from(pem)[0]


def _sweep(folder: Path, distrust: Distrust) -> None:
    """Generations that nothing points to: out of the browsers first, then their files."""
    kept = {identity.ca_fingerprint for pointer in (_CURRENT, _NEXT) if (identity := _read(folder, pointer))}
    for each in folder.iterdir():
        if each.is_dir() and _NAME.fullmatch(each.name) and each.name not in kept:
            left = _damaged_or_old(each)
            if left is not None:
                distrust(left)
            shutil.rmtree(each)


def _damaged_or_old(folder: Path) -> Identity | None:
    try:
        return _generation(folder)
    except (OSError, HelperError):
        return None
