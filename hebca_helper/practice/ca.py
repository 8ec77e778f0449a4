"""The practice CA of this installation: a root and an issuing CA, in a folder only this user can read.

Its keys are random for every installation, so no practice certificate is worth anything elsewhere (house rule 10).
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from asn1crypto import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from hebca_helper.assistant.asker.clock import utc_now
from hebca_helper.errors import Code, HelperError
from hebca_helper.files import write_atomically
from hebca_helper.pki.certificates import Certificate
from hebca_helper.practice.authority import CRL_LIFETIME, KEY_BITS, Authority, public_key_info
from hebca_helper.practice.extensions import (
    Usage,
    authority_extensions,
    seal_maker_extensions,
    service_extensions,
    user_extensions,
)
from hebca_helper.practice.names import Holder, authority_name

ROOT_NAME = "演练根CA"
ISSUING_NAME = "演练HeBeiRSACA"
SERVICE_NAME = "演练CA在线服务"
SEAL_MAKER_NAME = "演练制章中心"
LIFETIME = timedelta(days=365 * 20)

_ROOT, _ISSUING, _REGISTER = "root", "issuing", "register.json"


@dataclass(frozen=True, slots=True)
class _Register:
    """What the CA remembers: the number of its last CRL, when that was made, and what is revoked (serial → moment)."""

    crl_number: int
    crl_made: datetime
    revoked: dict[int, datetime]

    def dump(self) -> bytes:
        revoked = {f"{serial:x}": at.isoformat() for serial, at in self.revoked.items()}
        table = {"crl_number": self.crl_number, "crl_made": self.crl_made.isoformat(), "revoked": revoked}
        return json.dumps(table, indent=1).encode()

    @classmethod
    def parse(cls, content: bytes) -> _Register:
        table = json.loads(content)
        revoked = {int(serial, 16): datetime.fromisoformat(at) for serial, at in table["revoked"].items()}
        return cls(int(table["crl_number"]), datetime.fromisoformat(table["crl_made"]), revoked)


class PracticeCa:
    """Root and issuing CA of one folder. Make it with `create` or `load`."""

    def __init__(self, folder: Path, clock: Callable[[], datetime], root: Authority, issuing: Authority) -> None:
        self.folder = folder
        self.clock = clock
        self._root = root
        self._issuing = issuing

    @classmethod
    def create(cls, folder: Path, clock: Callable[[], datetime] = utc_now) -> PracticeCa:
        """New CA with new keys in `folder` (0700), which must not exist. All of it is there, or nothing."""
        building = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
        building.mkdir(mode=0o700, parents=True)
        try:
            _write_new(building, clock())
            building.rename(folder)
        except BaseException:
            shutil.rmtree(building)
            raise
        return cls.load(folder, clock)

    @classmethod
    def load(cls, folder: Path, clock: Callable[[], datetime] = utc_now) -> PracticeCa:
        """The CA in `folder`. PRACTICE_MISSING without one, FILE_UNREADABLE when its files are damaged."""
        if not folder.is_dir():
            raise HelperError(Code.PRACTICE_MISSING)
        ca = cls(folder, clock, _load_authority(folder, _ROOT), _load_authority(folder, _ISSUING))
        ca._register()
        return ca

    def issue(self, spki: bytes, subject: Holder, usage: Usage, not_before: datetime, not_after: datetime) -> bytes:
        """A user certificate (DER) for the public key `spki` (DER); the times are aware."""
        key = public_key_info(spki)
        extensions = user_extensions(usage, key, self._issuing.public_key, subject.identity_text)
        return self._issuing.certificate(subject.subject, key, extensions, not_before, not_after)

    def issue_service(self, spki: bytes, purpose: str, not_before: datetime, not_after: datetime) -> bytes:
        """A certificate (DER) for a service of the CA itself; `purpose` is its extended key usage, dotted."""
        key = public_key_info(spki)
        extensions = service_extensions(key, self._issuing.public_key, purpose)
        return self._issuing.certificate(authority_name(SERVICE_NAME), key, extensions, not_before, not_after)

    def issue_seal_maker(self, spki: bytes, not_before: datetime, not_after: datetime) -> bytes:
        """A certificate (DER) for the CA's maker of seals, whose key may be RSA or SM2."""
        key = public_key_info(spki)
        extensions = seal_maker_extensions(key, self._issuing.public_key)
        return self._issuing.certificate(authority_name(SEAL_MAKER_NAME), key, extensions, not_before, not_after)

    def revoke(self, serial: int) -> None:
        """Put a serial on the list; revoking it again keeps the first moment."""
        register = self._register()
        revoked = {serial: self.clock(), **register.revoked}
        self._publish(replace(register, revoked=revoked), self.clock())

    def crl(self, now: datetime) -> bytes:
        """The issuing CA's revocation list (DER) in force at `now`; a new, higher number when half its life is over."""
        if not timedelta() <= now - self._register().crl_made < CRL_LIFETIME / 2:
            self._publish(self._register(), now)
        return self._read(f"{_ISSUING}.crl")

    def root_crl(self, now: datetime) -> bytes:
        """The root's list, always empty. It has the issuing list's number and times."""
        self.crl(now)
        return self._read(f"{_ROOT}.crl")

    def certificates(self) -> list[Certificate]:
        """[root, issuing]"""
        return [Certificate.parse(self._read(f"{name}.cer")) for name in (_ROOT, _ISSUING)]

    def _publish(self, register: _Register, now: datetime) -> None:
        # The register goes first: after a crash in between, the number is used up but nothing revoked is forgotten.
        made = replace(register, crl_number=register.crl_number + 1, crl_made=now)
        write_atomically(self.folder / _REGISTER, made.dump())
        write_atomically(self.folder / f"{_ROOT}.crl", self._root.crl(made.crl_number, {}, now))
        write_atomically(self.folder / f"{_ISSUING}.crl", self._issuing.crl(made.crl_number, made.revoked, now))

    def _register(self) -> _Register:
        try:
            return _Register.parse(self._read(_REGISTER))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise HelperError(Code.FILE_UNREADABLE, str(self.folder / _REGISTER)) from None

    def _read(self, name: str) -> bytes:
        return read_file(self.folder / name)


def _write_new(folder: Path, now: datetime) -> None:
    root, issuing = _new_authority(ROOT_NAME), _new_authority(ISSUING_NAME)
    _write_authority(folder, _ROOT, root, _authority_certificate(root, root, 1, now))
    _write_authority(folder, _ISSUING, issuing, _authority_certificate(root, issuing, 0, now))
    register = _Register(0, now, {})
    PracticeCa(folder, lambda: now, root, issuing)._publish(register, now)


def _new_authority(common_name: str) -> Authority:
    return Authority(authority_name(common_name), rsa.generate_private_key(65537, KEY_BITS))


def _authority_certificate(issuer: Authority, subject: Authority, path_length: int, now: datetime) -> bytes:
    extensions = authority_extensions(subject.public_key, issuer.public_key, path_length)
    # Tests and scenarios sign for the past; the CA itself must have been valid then.
    return issuer.certificate(subject.name, subject.public_key, extensions, now - LIFETIME / 2, now + LIFETIME)


def _write_authority(folder: Path, name: str, authority: Authority, certificate: bytes) -> None:
    key = authority.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_atomically(folder / f"{name}.key", key)
    write_atomically(folder / f"{name}.cer", certificate)


def _load_authority(folder: Path, name: str) -> Authority:
    try:
        key = serialization.load_der_private_key(read_file(folder / f"{name}.key"), None)
        certificate = x509.Certificate.load(read_file(folder / f"{name}.cer"))
        subject = certificate.subject
    except (ValueError, TypeError):
        raise HelperError(Code.FILE_UNREADABLE, str(folder / name)) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise HelperError(Code.FILE_UNREADABLE, str(folder / name))
    return Authority(subject, key)


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise HelperError(Code.FILE_UNREADABLE, str(path)) from problem
