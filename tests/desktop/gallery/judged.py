"""A file for each of the four verdicts, and the CA that makes the first of them valid. All names are Latin."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hebca_helper.pki.certificates import Certificate
from hebca_helper.seals.words import Verdict
from tests.documents import foreign_cms as cms
from tests.documents.pdf import foreign_pdfs as pdfs
from tests.pki import certificate_maker as maker
from tests.seals.seal_maker import Holder

_AUTHORITY = maker.root("EXAMPLE CA")
ISSUER = Certificate.parse(_AUTHORITY.der)


def _signed(holder: Holder) -> bytes:
    return pdfs.signed(lambda content: cms.signed(None, cms.Writer(holder), detached=content), name="Signature1")


def _company() -> Holder:
    return Holder(_AUTHORITY.certificate(maker.ca_name("EXAMPLE COMPANY")), maker.rsa_key(0))


def _office() -> Holder:
    """An office's name that anybody may give to a key."""
    key = maker.rsa_key(3)
    return Holder(maker.root("PROVINCIAL OFFICE", key, extensions=(maker.SIGNING,)).der, key)


FILES: Mapping[Verdict, Callable[[], bytes]] = {
    Verdict.VALID: lambda: _signed(_company()),
    Verdict.UNIDENTIFIED: lambda: _signed(_office()),
    Verdict.INDETERMINATE: lambda: pdfs.signed(lambda _: b"\x04\x01a", name="Signature1"),
    Verdict.INVALID: lambda: pdfs.updated(_signed(_company()), pdfs.other_font),
}
