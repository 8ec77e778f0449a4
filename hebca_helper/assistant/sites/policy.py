"""Which origin may do what kind of thing: the origin table of house rule 1 by risk class. Security core.

This is about what nobody is asked for any more: an origin that passes here may still need the person's yes.
"""

from __future__ import annotations

import unicodedata

from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.asker.visible import without_invisible
from hebca_helper.assistant.sites.origins import OriginBook, OriginClass, Standing
from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import TokenInfo

TRUSTED_ONLY = frozenset({Risk.PAGE_PIN, Risk.SILENT_SIGN})
"""The silent calls of old pages."""
KNOWN_ONLY = frozenset({Risk.BLIND_SIGN})
"""Nobody sees what is signed, so a site that the person has not let in for good may not ask."""
ISSUER_ONLY = frozenset({Risk.TOKEN_CHANGE, Risk.ONLINE})
NEVER = frozenset({Risk.SYSTEM})
SEAL_OBJECTS = frozenset({"seal", "signpic", "hbgssh"})
"""Data objects that make up an electronic seal: only the issuer's sites change them."""


class Policy:
    def __init__(self, origins: OriginBook) -> None:
        self._origins = origins

    def require(self, connection: Connection, risk: Risk) -> None:
        """HelperError(DENIED_BY_POLICY) unless this asker may do something of this class at all."""
        if risk in NEVER:
            raise HelperError(Code.DENIED_BY_POLICY)
        standing = self._standing(connection)
        if standing is None:
            return
        if standing.origin_class is OriginClass.BLOCKED:
            raise HelperError(Code.DENIED_BY_POLICY)
        if risk in TRUSTED_ONLY and standing.origin_class is not OriginClass.TRUSTED:
            raise HelperError(Code.DENIED_BY_POLICY)
        if risk in KNOWN_ONLY and standing.origin_class is OriginClass.UNKNOWN:
            raise HelperError(Code.DENIED_BY_POLICY)
        if risk in ISSUER_ONLY and not _speaks_for_issuer(standing):
            raise HelperError(Code.DENIED_BY_POLICY)

    def require_on(self, connection: Connection, risk: Risk, token: TokenInfo) -> None:
        """The same for doing it to this token: the practice CA is the issuer of practice tokens only."""
        self.require(connection, risk)
        standing = self._standing(connection)
        if risk in ISSUER_ONLY and standing is not None and standing.only_practice and not token.practice:
            raise HelperError(Code.DENIED_BY_POLICY)

    def require_object(self, connection: Connection, name: str, token: TokenInfo) -> None:
        """The same for changing the data object of this name."""
        self.require_on(connection, Risk.TOKEN_CHANGE if is_seal_object(name) else Risk.TOKEN_DATA, token)

    def _standing(self, connection: Connection) -> Standing | None:
        origin = connection.asker.origin
        return None if origin is None else self._origins.standing(origin)


def is_seal_object(name: str) -> bool:
    """Also under a spelling that another program might take for it: one that ends texts at NUL, or ignores what is invisible."""
    return unicodedata.normalize("NFKC", without_invisible(name)).strip().casefold() in SEAL_OBJECTS


def _speaks_for_issuer(standing: Standing) -> bool:
    """Over plain http anybody could speak for the issuer; what the command line names is taken at its word."""
    return standing.issuer and (not standing.insecure or standing.origin_class is OriginClass.TRUSTED)
