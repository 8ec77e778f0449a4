"""What is to be stamped how, and what came of it. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hebca_helper.documents.pdf.placement import Placement


class Note(StrEnum):
    """What the person is told of a file that could be stamped."""

    ARCHIVAL_LOST = "pdf-a-lost"
    """It calls itself PDF/A and is none any more."""
    XFA = "xfa"
    """Readers that know XFA forms may show the form without the seal."""
    PORTFOLIO = "portfolio"
    """Readers show the files in it and perhaps never its own page (ISO 32000-1, 12.3.5)."""
    CUT = "seal-cut"
    """Part of the seal is beyond the page's edge."""
    SMALLER = "seal-smaller"
    """The signature field has no room for the seal's own size."""


class SubFilter(StrEnum):
    """How the signature is written: PAdES (ETSI EN 319 142-1), or as readers before 2010 know it."""

    PADES = "ETSI.CAdES.detached"
    PKCS7 = "adbe.pkcs7.detached"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be stamped how. Sizes in mm; `moment` aware; `reserved` hexadecimal digits for the signature.

    `certificates`, the signer's first, `crls` and `ocsps` (DER) go into the file for those who check it later (PAdES
    B-LT) when there is a list or an answer. `time_stamp`: the signature will have one.
    """

    placement: Placement
    width_mm: float
    height_mm: float
    moment: datetime
    name: str
    sub_filter: SubFilter = SubFilter.PADES
    reason: str = ""
    reserved: int = 16384
    certificates: Sequence[bytes] = ()
    crls: Sequence[bytes] = ()
    ocsps: Sequence[bytes] = ()
    time_stamp: bool = False
    seal: bytes = b""
    """SESeal, carried in the signature dictionary (`carried_seal`)."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """`update` goes behind the document. `hole`: first octet of `<` and the one after `>` of the empty signature,
    counted in document and update together. `pages`: those with a seal, from 1. `sub_filter` and `reason`: as they are
    written, which a signature field may have its own mind about."""

    update: bytes
    hole: tuple[int, int]
    pages: tuple[int, ...]
    sub_filter: SubFilter
    reason: str
    notes: tuple[Note, ...] = ()
