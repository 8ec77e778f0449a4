# mypy: disable-error-code="no-untyped-call"
"""The signatures in a PDF, whatever their SubFilter, found in the form, on the pages, and among all objects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from hebca_helper.documents.pdf.carried_seal import ENTRY
from hebca_helper.documents.pdf.entries import entry, items
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

MOST_SIGNATURES = 200
MOST_OBJECTS = 200_000
_MOMENT = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?([Zz+-])?(\d\d)?'?(\d\d)?'?")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature dictionary (ISO 32000-1, 12.8.1). `contents` as it stands in the file, padding included.

    `revision`: in which update of the file it came, 0 is the file's beginning. `certificate`: /Cert, for the oldest kind.
    """

    field: str
    sub_filter: str
    filter: str
    contents: bytes
    byte_range: tuple[int, ...]
    moment: datetime | None
    name: str
    reason: str
    revision: int
    is_time_stamp: bool
    certificate: bytes | None
    seal: bytes = b""
    """The electronic seal that it carries, as ours do."""
    place: tuple[int, int] = (0, -1)
    """Number and generation of its object, or of the field's where it stands in there."""


def signatures_in(reader: PdfFileReader) -> list[Signature]:
    """In the order in which they came into the file. HelperError(OVER_LIMIT)."""
    names = dict(_fields(reader))
    found: list[Signature] = []
    for reference in _signature_objects(reader):
        if len(found) >= MOST_SIGNATURES:
            raise HelperError(Code.OVER_LIMIT, tr("最多 {n} 个签名").format(n=MOST_SIGNATURES))
        found.append(_read(reader, reference, names.get((reference.idnum, reference.generation), "")))
    return sorted(found, key=lambda each: (each.revision, each.byte_range[3:], each.byte_range))


def _signature_objects(reader: PdfFileReader) -> Iterator[generic.Reference]:
    """Also those that no form leads to: readers differ in where they look."""
    seen: set[tuple[int, int]] = set()
    for revision in range(reader.xrefs.total_revisions):
        for reference in sorted(reader.xrefs.explicit_refs_in_revision(revision), key=lambda each: int(each.idnum)):
            key = (reference.idnum, reference.generation)
            if key in seen:
                continue
            if len(seen) > MOST_OBJECTS:
                raise HelperError(Code.OVER_LIMIT, tr("最多 {n} 个对象").format(n=MOST_OBJECTS))
            seen.add(key)
            value = reader.get_object(generic.Reference(*key, pdf=reader))
            if isinstance(value, generic.DictionaryObject) and "/ByteRange" in value and "/Contents" in value:
                yield generic.Reference(*key, pdf=reader)


def _read(reader: PdfFileReader, reference: generic.Reference, field: str) -> Signature:
    value = reader.get_object(reference)
    byte_range = tuple(int(each) for each in items(value["/ByteRange"])[:64])
    certificate = entry(value, "/Cert")
    if isinstance(certificate, generic.ArrayObject):
        certificate = certificate[0] if len(certificate) else None
    sub_filter = str(entry(value, "/SubFilter", "")).lstrip("/")
    return Signature(
        field=field,
        sub_filter=sub_filter,
        filter=str(entry(value, "/Filter", "")).lstrip("/"),
        contents=_octets(_in_clear(value, "/Contents")),
        byte_range=byte_range,
        moment=_moment(entry(value, "/M")),
        name=_text(entry(value, "/Name", "")),
        reason=_text(entry(value, "/Reason", "")),
        revision=reader.xrefs.get_introducing_revision(reference),
        is_time_stamp=sub_filter == "ETSI.RFC3161",
        certificate=None if certificate is None else _octets(certificate),
        seal=_octets(_in_clear(value, ENTRY)),
        place=(reference.idnum, reference.generation),
    )


def _fields(reader: PdfFileReader) -> Iterator[tuple[tuple[int, int], str]]:
    """Object of the signature and full name of each signed field."""
    form = entry(reader.root, "/AcroForm")
    waiting = [(each, "", None) for each in items(entry(form, "/Fields", generic.ArrayObject()))] if form else []
    count = 0
    while waiting and count < MOST_OBJECTS:
        field, above, kind = waiting.pop()
        count += 1
        if not isinstance(field, generic.DictionaryObject):
            continue
        name = ".".join(part for part in (above, _text(entry(field, "/T", ""))) if part)
        kind = entry(field, "/FT", kind)
        if kind == "/Sig" and "/V" in field:
            value = field.raw_get("/V")
            if isinstance(value, generic.IndirectObject):
                yield (value.idnum, value.generation), name
        if "/Kids" in field:
            waiting += [(each, name, kind) for each in items(field["/Kids"])]


def _in_clear(value: Any, key: str) -> Any:
    """As it stands in the file: what no encryption is applied to (ISO 32000-1, 7.6.1)."""
    found = value.raw_get(key, decrypt=generic.EncryptedObjAccess.RAW) if key in value else generic.ByteStringObject()
    return found.get_object() if isinstance(found, generic.IndirectObject) else found


def _octets(value: Any) -> bytes:
    return value.original_bytes if isinstance(value, generic.TextStringObject) else bytes(value)


def _text(value: Any) -> str:
    return str(value)[:500] if isinstance(value, str) else ""


def _moment(value: Any) -> datetime | None:
    """Aware; a date without time zone is taken for UTC (ISO 32000-1, 7.9.4)."""
    match = _MOMENT.match(str(value)) if value is not None else None
    if match is None:
        return None
    year, month, day, hour, minute, second, sign, hours, minutes = match.groups()
    zone = "+00:00" if sign in (None, "Z", "z") else f"{sign}{hours or '00'}:{minutes or '00'}"
    clock = f"{hour or '00'}:{minute or '00'}:{second or '00'}"
    try:
        return datetime.fromisoformat(f"{year}-{month or '01'}-{day or '01'}T{clock}{zone}")
    except ValueError:
        return None
