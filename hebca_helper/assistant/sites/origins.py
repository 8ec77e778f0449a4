"""Which web sites may do what: the origin table of house rule 1, and the file that remembers the person's word.

`origins.toml` in the home is for people to read: one line per origin with blocked, allowed or trusted, and a list of
those that may have bare signatures over digests.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import tomli_w

from hebca_helper.addresses import is_insecure
from hebca_helper.errors import Code, HelperError
from hebca_helper.files import of_file, unusable, write_atomically

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

FILE_NAME = "origins.toml"
_ADDRESS = re.compile(r"[0-9]$|:")
"""No top-level domain ends with a digit (RFC 3696, section 2); a colon is an IPv6 address'."""


class OriginClass(StrEnum):
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    KNOWN = "known"
    ALLOWED = "allowed"
    TRUSTED = "trusted"


REMEMBERED_CLASSES = frozenset({OriginClass.BLOCKED, OriginClass.ALLOWED, OriginClass.TRUSTED})
BARE_CLASSES = frozenset({OriginClass.ALLOWED, OriginClass.TRUSTED})


@dataclass(frozen=True, slots=True)
class Standing:
    """`issuer` origins may ask to change a USBKEY, with `only_practice` none but practice ones; `insecure` ones anyone on
    the line can imitate."""

    origin_class: OriginClass
    issuer: bool
    insecure: bool
    only_practice: bool = False


@dataclass(frozen=True, slots=True)
class FixedOrigins:
    """What is known without asking: `known` and `issuer` come with the program, `trusted` from the command line.

    `practice` gives the origins to which practice certificates are offered, as of now (the hall comes and goes), and
    `practice_issuer` those of the practice CA."""

    known: frozenset[str] = frozenset()
    issuer: frozenset[str] = frozenset()
    trusted: frozenset[str] = frozenset()
    practice: Callable[[], frozenset[str]] = frozenset
    practice_issuer: Callable[[], frozenset[str]] = frozenset

    def for_practice(self, origin: str) -> bool:
        return origin in self.practice() or origin in self.practice_issuer()

    def of_issuer(self, origin: str) -> bool:
        return origin in self.issuer or origin in self.practice_issuer()


class OriginBook:
    def __init__(self, folder: Path, fixed: FixedOrigins) -> None:
        self._path = folder / FILE_NAME
        self._fixed = fixed
        self.problem: HelperError | None = None
        """Set when the file could not be used."""
        self._bare: set[str] = set()
        self._remembered = self._read()

    def standing(self, origin: str) -> Standing:
        real = origin in self._fixed.issuer or origin in self._fixed.trusted
        issuer = real or self._fixed.of_issuer(origin)
        return Standing(self.classify(origin), issuer, is_insecure(origin), only_practice=issuer and not real)

    def classify(self, origin: str) -> OriginClass:
        if origin in self._fixed.trusted:
            return OriginClass.TRUSTED
        if origin in self._remembered:
            return self._remembered[origin]
        known = origin in self._fixed.known or self._fixed.of_issuer(origin) or self._fixed.for_practice(origin)
        return OriginClass.KNOWN if known else OriginClass.UNKNOWN

    def offers_practice(self, origin: str) -> bool:
        """Practice certificates are offered to the hall and to origins named on the command line only."""
        return origin in self._fixed.trusted or self._fixed.for_practice(origin)

    def remembered(self) -> dict[str, OriginClass]:
        return dict(self._remembered)

    def set_class(self, origin: str, origin_class: OriginClass) -> None:
        """Remember the person's word. An insecure origin is never remembered as allowed or trusted: DENIED_BY_POLICY."""
        if origin_class not in REMEMBERED_CLASSES:
            raise HelperError(Code.BAD_REQUEST, origin_class)
        if is_insecure(origin) and origin_class is not OriginClass.BLOCKED:
            raise HelperError(Code.DENIED_BY_POLICY, origin)
        self._remembered[origin] = origin_class
        if origin_class is OriginClass.BLOCKED:
            self._bare.discard(origin)
        self._write()

    def forget(self, origin: str) -> None:
        self._bare.discard(origin)
        if self._remembered.pop(origin, None) is not None:
            self._write()

    def may_have_bare(self, origin: str) -> bool:
        """Whether the person set in 设置 that this site gets signatures over digests without attributes around them."""
        return origin in self._bare and self.classify(origin) in BARE_CLASSES

    def set_bare(self, origin: str, wanted: bool) -> None:
        """The person's word about that. DENIED_BY_POLICY for a site that they did not allow or trust for good."""
        if wanted and self._remembered.get(origin) not in BARE_CLASSES:
            raise HelperError(Code.DENIED_BY_POLICY, origin)
        (self._bare.add if wanted else self._bare.discard)(origin)
        self._write()

    def _write(self) -> None:
        lines = {origin: str(origin_class) for origin, origin_class in sorted(self._remembered.items())}
        bare = {"bare_signatures": sorted(self._bare)} if self._bare else {}
        try:
            write_atomically(self._path, tomli_w.dumps({**bare, "origins": lines}).encode())
        except OSError as problem:
            raise of_file(problem, FILE_NAME) from None

    def _read(self) -> dict[str, OriginClass]:
        try:
            told = tomllib.loads(self._path.read_text("utf-8"))
            remembered = dict(_checked(told.get("origins", {}).items()))
            self._bare = {
                origin for origin in told.get("bare_signatures", ()) if remembered.get(origin) in BARE_CLASSES
            }
            return remembered
        except FileNotFoundError:
            return {}
        except (ValueError, AttributeError, TypeError, RecursionError, HelperError, OSError) as problem:
            self.problem = unusable(self._path, problem)
            return {}


def _checked(lines: Iterable[tuple[str, object]]) -> Iterable[tuple[str, OriginClass]]:
    for origin, word in lines:
        origin_class = OriginClass(str(word))
        if origin_class not in REMEMBERED_CLASSES or (is_insecure(origin) and origin_class is not OriginClass.BLOCKED):
            raise HelperError(Code.SETTINGS_DAMAGED, origin)
        yield origin, origin_class


def site_of(origin: str) -> str:
    """The registrable domain (publicsuffix.org), whose sub-domains are one owner's; a host that has none is its own site."""
    host = (urlsplit(origin).hostname or "").rstrip(".")
    return host if _ADDRESS.search(host) else _suffixes().privatesuffix(host) or host


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # 15,000 rules: read when the first page asks

    return PublicSuffixList()
