# mypy: disable-error-code="no-untyped-call"
"""The signatures in a PDF, whatever their SubFilter, found in the form, on the pages, and among all objects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from hebca_helper.documents.pdf.carried_seal import ENTRY
from hebca_helper.documents.pdf.entries import entry, items, references
from hebca_helper.documents.pdf.reading import FAILURES
from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate
from hebca_helper.texts import tr

MOST_SIGNATURES = 200
MOST_OBJECTS = 200_000
LONGEST_NAME = 500
"""Characters of a field's name or a reason that are told."""
_USAGE_RIGHTS = ("/UR3", "/UR")
_MOMENT = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?([Zz+-])?(\d\d)?'?(\d\d)?'?")


class _Key(NamedTuple):
    number: int
    generation: int


_NOWHERE = _Key(0, 0)
"""Of what stands in no object of its own."""


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
    fields = list(_fields(reader))
    names = {each.reference: each.name for each in fields if not each.direct}
    rights = _usage_rights(reader)
    signed = [
        (reference, value, names.get(reference, ""))
        for reference, value in _signature_objects(reader)
        if reference in names or not (reference in rights or _grants_usage(value))
    ]
    inside = [(each, entry(_object(reader, each.reference), "/V")) for each in fields if each.direct]
    signed += [(each.reference, value, each.name) for each, value in inside if _is_signature(value)]
    if len(signed) > MOST_SIGNATURES:
        raise HelperError(Code.OVER_LIMIT, tr("最多 {n} 个签名").format(n=MOST_SIGNATURES))
    found = [_read(reader, *each) for each in signed]
    return sorted(found, key=lambda each: (each.revision, each.byte_range[3:], each.byte_range))


def certificates_beside(reader: PdfFileReader) -> list[Certificate]:
    """Those that can be read of the file's DSS (ISO 32000-2, 12.8.4.3): some signers put their CA's nowhere else."""
    kept = entry(reader.root, "/DSS")
    found = []
    for each in references(entry(kept, "/Certs"))[:MOST_SIGNATURES] if _is_dictionary(kept) else ():
        try:
            found.append(Certificate.parse(each.get_object().data))
        except (HelperError, *FAILURES):
            continue
    return found


def _usage_rights(reader: PdfFileReader) -> list[_Key]:
    """What unlocks a form for filling (ISO 32000-1, 12.8.6) is made by the program's maker, and nobody's signature."""
    granted = entry(reader.root, "/Perms")
    if not _is_dictionary(granted):
        return []
    values = [granted.raw_get(key) for key in _USAGE_RIGHTS if key in granted]
    return [_Key(each.idnum, each.generation) for each in values if isinstance(each, generic.IndirectObject)]


def _grants_usage(value: Any) -> bool:
    methods = [each.get_object() for each in references(entry(value, "/Reference"))]
    return any(entry(each, "/TransformMethod") in _USAGE_RIGHTS for each in methods if _is_dictionary(each))


def _is_dictionary(value: Any) -> bool:
    return isinstance(value, generic.DictionaryObject)


def _is_signature(value: Any) -> bool:
    return _is_dictionary(value) and "/ByteRange" in value and "/Contents" in value


def _signature_objects(reader: PdfFileReader) -> Iterator[tuple[_Key, Any]]:
    """Also those that no form leads to: readers differ in where they look."""
    seen: set[_Key] = set()
    for revision in range(reader.xrefs.total_revisions):
        for reference in sorted(reader.xrefs.explicit_refs_in_revision(revision), key=lambda each: int(each.idnum)):
            key = _Key(reference.idnum, reference.generation)
            if key in seen:
                continue
            if len(seen) > MOST_OBJECTS:
                raise HelperError(Code.OVER_LIMIT, tr("最多 {n} 个对象").format(n=MOST_OBJECTS))
            seen.add(key)
            value = _object(reader, key)
            if _is_signature(value):
                yield key, value


def _object(reader: PdfFileReader, key: _Key) -> Any:
    return reader.get_object(generic.Reference(*key, pdf=reader))


def _read(reader: PdfFileReader, key: _Key, value: Any, field: str) -> Signature:
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
        revision=_revision(reader, generic.Reference(*key, pdf=reader), value),
        is_time_stamp=sub_filter == "ETSI.RFC3161",
        certificate=None if certificate is None else _octets(certificate),
        seal=_octets(_in_clear(value, ENTRY)),
        place=key,
    )


def _revision(reader: PdfFileReader, reference: generic.Reference, signature: Any) -> int:
    """In which update it came: its object, or the field that it stands in, may have been there empty before."""
    first: int = reader.xrefs.get_introducing_revision(reference)
    for revision in range(first, reader.xrefs.total_revisions):
        then = reader.get_object(reference, revision=revision)
        for value in (then, entry(then, "/V") if _is_dictionary(then) else None):
            if _is_signature(value) and entry(value, "/ByteRange") == signature["/ByteRange"]:
                return revision
    return first


class _Field(NamedTuple):
    """A signed field with its full name. `reference`: of its signature; where that stands in the field itself (`direct`), of
    the field."""

    reference: _Key
    name: str
    direct: Any


def _fields(reader: PdfFileReader) -> Iterator[_Field]:
    form = entry(reader.root, "/AcroForm")
    waiting = [(each, _NOWHERE, "", None) for each in references(entry(form, "/Fields"))] if form else []
    seen: set[_Key] = set()
    for _ in range(MOST_OBJECTS):
        if not waiting or len(waiting) > MOST_OBJECTS:
            return
        field, holder, above, kind = waiting.pop()
        if isinstance(field, generic.IndirectObject):
            holder, field = _Key(field.idnum, field.generation), field.get_object()
            if holder in seen:  # kids that are their own parents
                continue
            seen.add(holder)
        if not _is_dictionary(field):
            continue
        name = ".".join(part for part in (above, _text(entry(field, "/T", ""))) if part)[:LONGEST_NAME]
        kind = entry(field, "/FT", kind)
        if kind == "/Sig" and "/V" in field:
            value = field.raw_get("/V")
            if isinstance(value, generic.IndirectObject):
                yield _Field(_Key(value.idnum, value.generation), name, None)
            elif holder is not _NOWHERE:
                yield _Field(holder, name, value)
        waiting += [(each, holder, name, kind) for each in references(entry(field, "/Kids"))]


def _in_clear(value: Any, key: str) -> Any:
    """As it stands in the file: what no encryption is applied to (ISO 32000-1, 7.6.1)."""
    found = value.raw_get(key, decrypt=generic.EncryptedObjAccess.RAW) if key in value else generic.ByteStringObject()
    return found.get_object() if isinstance(found, generic.IndirectObject) else found


def _octets(value: Any) -> bytes:
    return value.original_bytes if isinstance(value, generic.TextStringObject) else bytes(value)


def _text(value: Any) -> str:
    return str(value)[:LONGEST_NAME] if isinstance(value, str) else ""


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
