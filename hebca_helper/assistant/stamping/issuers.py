"""签发机构: whose certificates count when seals and documents are checked. Some come with the program, an administrator
puts others on the computer, the person adds the rest, each after comparing its fingerprint; no file brings its own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from hebca_helper import places
from hebca_helper.assistant.stamping.authorities import Authorities, from_folder
from hebca_helper.errors import Code, HelperError
from hebca_helper.files import set_aside, write_atomically
from hebca_helper.texts import tr

if TYPE_CHECKING:
    from hebca_helper.pki.certificates import Certificate
    from hebca_helper.tokens.service import TokenService

FOLDER = "issuers"
MANAGED_FILE, _LOCK = "managed.toml", "add_issuers"
"""`add_issuers = false`: only an administrator adds, and what the person had added does not count."""
COMPARED = 8
"""Hexadecimal digits of the published fingerprint that the person types, from its end."""
_SHORTEST_RSA = 2048


class Origin(StrEnum):
    """Who put an issuer here."""

    PROGRAM = "program"
    ADMINISTRATOR = "administrator"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Issuer:
    certificate: Certificate
    origin: Origin


class Issuers:
    """Of one home. `managed` is the administrator's folder; `told` hears of damaged files."""

    def __init__(
        self, home: Path, *, managed: Path | None = None, told: Callable[[HelperError], object] = lambda _: None
    ) -> None:
        self._own = home / FOLDER
        self._managed = places.managed() if managed is None else managed
        self._told = told

    @property
    def locked(self) -> bool:
        """Whether only an administrator may add any. Also where the file that says so cannot be read."""
        try:
            return tomllib.loads((self._managed / MANAGED_FILE).read_text("utf-8")).get(_LOCK, True) is not True
        except FileNotFoundError:
            return False
        except (OSError, ValueError) as problem:
            self._told(HelperError(Code.FILE_UNREADABLE, f"{MANAGED_FILE}: {problem}"))
            return True

    def authorities(self) -> Authorities:
        """HelperError(FILE_UNREADABLE) for a file of the program or the administrator."""
        shipped, managed = from_folder(places.shipped("resources", "ca")), from_folder(self._managed / FOLDER)
        own = tuple(certificate.der for certificate in self._persons())
        return Authorities((*shipped.trusted, *_real(managed.trusted), *own), (*shipped.crls, *managed.crls))

    def listed(self) -> list[Issuer]:
        """All that count, the person's own last. HelperError as `authorities`."""
        found = {
            Origin.PROGRAM: _parsed(from_folder(places.shipped("resources", "ca")).trusted),
            Origin.ADMINISTRATOR: _parsed(_real(from_folder(self._managed / FOLDER).trusted)),
            Origin.PERSON: self._persons(),
        }
        return [Issuer(each, origin) for origin, certificates in found.items() for each in certificates]

    def add(self, certificate: Certificate, published: str) -> None:
        """`published`: the SHA-256 fingerprint as the CA tells it, or its last eight digits, typed by the person.

        HelperError(ISSUER_UNFIT, FINGERPRINT_DIFFERS, ISSUERS_MANAGED, FILE_UNREADABLE).
        """
        if self.locked:
            raise HelperError(Code.ISSUERS_MANAGED)
        require_fit(certificate)
        if not agrees(certificate, published):
            raise HelperError(Code.FINGERPRINT_DIFFERS)
        try:
            self._own.mkdir(mode=0o700, exist_ok=True)
            write_atomically(self._path(certificate.fingerprint), certificate.der)
        except OSError as problem:
            raise HelperError(Code.FILE_UNREADABLE, f"{FOLDER}: {problem.strerror}") from None

    def remove(self, fingerprint: str) -> None:
        """One that the person added. HelperError(ISSUER_UNFIT) for any other, FILE_UNREADABLE."""
        if fingerprint not in (each.fingerprint for each in self._persons()):
            raise HelperError(Code.ISSUER_UNFIT, tr("不是由您添加的"))
        try:
            self._path(fingerprint).unlink()
        except OSError as problem:
            raise HelperError(Code.FILE_UNREADABLE, f"{FOLDER}: {problem.strerror}") from None

    def _path(self, fingerprint: str) -> Path:
        return self._own / f"{fingerprint}.cer"

    def _persons(self) -> list[Certificate]:
        """A damaged file, or one that was changed under its name, is kept aside and told; the others still count."""
        if not self._own.is_dir() or self.locked:
            return []
        found = [self._read(path) for path in sorted(self._own.glob("*.cer"))]
        return [each for each in found if each is not None and not _unfit(each)]

    def _read(self, path: Path) -> Certificate | None:
        from hebca_helper.pki.certificates import Certificate

        try:
            certificate = Certificate.parse(path.read_bytes())
            if certificate.fingerprint == path.stem:
                return certificate
            aside = set_aside(path)
        except HelperError:
            aside = set_aside(path)
        except OSError as problem:
            self._told(HelperError(Code.FILE_UNREADABLE, f"{path.name}: {problem.strerror}"))
            return None
        self._told(HelperError(Code.FILE_UNREADABLE, f"{FOLDER}/{aside.name}"))
        return None


def issuers_in(data: bytes) -> list[Certificate]:
    """The CA certificates in a file that may be added: PEM, DER or PKCS#7. HelperError(ISSUER_UNFIT) without any."""
    return fit(_certificates(data))


async def on_tokens(tokens: TokenService) -> list[Certificate]:
    """The CA certificates beside the holders' own. HelperError(ISSUER_UNFIT) says whose certificate is missing."""
    held = [each.der for token in await tokens.tokens() for each in await tokens.certificates(token.id)]
    found = [each for der in held if (each := _readable(der)) is not None]
    authorities = [each for each in found if each.basic_constraints and each.basic_constraints.authority]
    if authorities:
        return fit(authorities)
    named = tr("、").join(dict.fromkeys(each.issuer_name for each in found))
    missing = tr("USBKEY 中没有“{issuer}”的证书").format(issuer=named) if named else tr("没有插入 USBKEY")
    raise HelperError(Code.ISSUER_UNFIT, missing)


def fit(certificates: Iterable[Certificate]) -> list[Certificate]:
    """Those that may be added, each once. HelperError(ISSUER_UNFIT) says of the first why it may not."""
    found = list({each.fingerprint: each for each in certificates}.values())
    reasons = {each.fingerprint: _unfit(each) for each in found}
    good = [each for each in found if not reasons[each.fingerprint]]
    if good:
        return good
    raise HelperError(Code.ISSUER_UNFIT, next(iter(reasons.values()), ""))


def require_fit(certificate: Certificate) -> None:
    fit([certificate])


def groups(certificate: Certificate) -> str:
    """The SHA-256 fingerprint as people compare it."""
    return " ".join(re.findall("....", certificate.fingerprint.upper()))


def agrees(certificate: Certificate, published: str) -> bool:
    """Whether what the person read elsewhere is this certificate's fingerprint: all of it, or its end."""
    return is_whole(published) and certificate.fingerprint.endswith(_digits(published))


def is_whole(published: str) -> bool:
    """Whether it is long enough to be compared."""
    return len(_digits(published)) in (COMPARED, 64)


def _digits(published: str) -> str:
    return re.sub(r"[\s:：\-]", "", published).lower()


def _certificates(data: bytes) -> list[Certificate]:
    from hebca_helper.pki import pem
    from hebca_helper.pki.cms import verification
    from hebca_helper.seals import sniffing

    try:
        return pem.certificates_from(data)
    except HelperError:
        try:
            return list(verification.read(sniffing.unwrapped(data), unsigned_too=True).certificates)
        except HelperError:
            raise HelperError(Code.ISSUER_UNFIT, tr("文件中没有可以读取的证书")) from None


def _unfit(certificate: Certificate) -> str:
    """Why it may not be added; empty when it may."""
    from hebca_helper.pki import chains
    from hebca_helper.pki.keyinfo import KeyKind

    if _is_practice(certificate):
        return tr("演练机构只用于练习")
    if not chains.may_issue(certificate):
        return tr("不是 CA 证书，或带有不认识的限制")
    if certificate.key_kind is KeyKind.RSA and certificate.key_bits < _SHORTEST_RSA:
        return tr("密钥不足 2048 位")
    return ""


def _is_practice(certificate: Certificate) -> bool:
    from hebca_helper.pki.certificates import PRACTICE_MARK

    return certificate.practice or any(PRACTICE_MARK in text for _, text in certificate.subject.items)


def _readable(der: bytes) -> Certificate | None:
    try:
        return _parsed([der])[0]
    except HelperError:
        return None


def _real(ders: Iterable[bytes]) -> list[bytes]:
    return [each.der for each in _parsed(ders) if not _is_practice(each)]


def _parsed(ders: Iterable[bytes]) -> list[Certificate]:
    from hebca_helper.pki.certificates import Certificate

    return [Certificate.parse(der) for der in ders]
