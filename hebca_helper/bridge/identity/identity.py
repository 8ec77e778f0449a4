"""The TLS identity of this home, kept as generations under `tls/`.

    tls/<fingerprint>/{ca,certificate,key}.pem    a generation, complete from the moment its folder has its name
    tls/current                                   the name of the one in use
    tls/next                                      while renewing: the name of the one to come

A crash between any two steps leaves either the old or the new generation in use, and the next start goes on where it
stopped.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hebca_helper.errors import HelperError
from hebca_helper.files import locked, write_atomically
from hebca_helper.pki.pem import certificates_from

RENEW_BEFORE = timedelta(days=30)
FOLDER = "tls"
_CURRENT, _NEXT, _LOCK = "current", "next", "lock"
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
Distrust = Callable[[str], bool]
"""Takes the CA of this fingerprint out of every place; False when a place could not be reached."""


def load(home: Path) -> Identity | None:
    """The generation in use; None when there is none or it is damaged."""
    return _read(home / FOLDER, _CURRENT)


def load_or_make(home: Path, now: datetime) -> Identity:
    """The generation in use; a new one where there is none, or it is damaged or has ended. `now` is aware."""
    found = load(home)
    if found is not None and found.not_after > now:
        return found
    folder = home / FOLDER
    with locked(folder / _LOCK):
        found = load(home)  # somebody else may have made it while we waited
        if found is None:
            return _make(folder, _CURRENT, now)
        return found if found.not_after > now else _put_in_use(folder, _next(folder, now))


def is_due(identity: Identity, now: datetime) -> bool:
    """Whether a new generation is to be made."""
    return identity.not_after - now <= RENEW_BEFORE


def renew(home: Path, now: datetime, trust: Trust, distrust: Distrust) -> Identity:
    """Where the generation in use ends soon: make the next, have it trusted, put it in use, and only then take the old
    one away. While the new one cannot be trusted everywhere, the old one stays in use as long as it lasts."""
    identity = load_or_make(home, now)
    folder = home / FOLDER
    with locked(folder / _LOCK):
        if is_due(identity, now):
            new = _next(folder, now)
            if not trust(identity, new):
                return identity
            identity = _put_in_use(folder, new)
        _sweep(folder, distrust)
    return identity


def _next(folder: Path, now: datetime) -> Identity:
    """The next generation: left over from an attempt before, or new."""
    left = _read(folder, _NEXT)
    return _make(folder, _NEXT, now) if left is None or is_due(left, now) else left


def _put_in_use(folder: Path, identity: Identity) -> Identity:
    (folder / _NEXT).replace(folder / _CURRENT)
    return identity


def _make(folder: Path, pointer: str, now: datetime) -> Identity:
    """A new generation that `pointer` names."""
    from hebca_helper.bridge.identity.making import make  # once in two years

    made = make(now)
    name = certificates_from(made.ca)[0].fingerprint
    building = folder / f".new.{secrets.token_hex(4)}"
    building.mkdir(mode=0o700)
    for file, content in (("ca.pem", made.ca), ("certificate.pem", made.chain), ("key.pem", made.key)):
        write_atomically(building / file, content)
    building.rename(folder / name)
    write_atomically(folder / pointer, name.encode())
    return _generation(folder / name)


def _read(folder: Path, pointer: str) -> Identity | None:
    try:
        name = (folder / pointer).read_text("ascii").strip()
        return _generation(folder / name) if _NAME.fullmatch(name) else None
    except (OSError, ValueError, HelperError):
        return None


def _generation(folder: Path) -> Identity:
    """ValueError, OSError or HelperError when files are missing, damaged or do not belong together."""
    ca, certificate, key = (folder / name for name in ("ca.pem", "certificate.pem", "key.pem"))
    authority = certificates_from(ca.read_bytes())[0]
    leaf = certificates_from(certificate.read_bytes())[0]
    belongs = authority.fingerprint == folder.name and leaf.issuer.der == authority.subject.der
    if not belongs or b"PRIVATE KEY" not in key.read_bytes():
        raise ValueError(folder.name)
    return Identity(ca, certificate, key, min(leaf.not_after, authority.not_after), authority.fingerprint)


def _sweep(folder: Path, distrust: Distrust) -> None:
    """What nothing points to: out of the browsers first, then its files, which without the former would be forgotten."""
    pointed = (_read(folder, pointer) for pointer in (_CURRENT, _NEXT))
    kept = {identity.ca_fingerprint for identity in pointed if identity}
    for each in folder.iterdir():
        if each.name.startswith(".new.") or (
            _NAME.fullmatch(each.name) and each.name not in kept and distrust(each.name)
        ):
            shutil.rmtree(each)
