"""What earlier signatures allow (ISO 32000-1, 12.8.2): a further seal, or an empty field to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm, enumerate_sig_fields

from hebca_helper.documents.pdf.entries import entry, items
from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

MOST_FIELDS = 5000


@dataclass(frozen=True, slots=True)
class Fields:
    """The names of the signature fields there are, and whether one of them is signed."""

    names: frozenset[str]
    signed: bool


def require_stampable(reader: PdfFileReader) -> Fields:
    """HelperError(DOCUMENT_LOCKED) when a further one would break an
    earlier signature: a certified document takes no new visible field, whatever else it allows."""
    names: set[str] = set()
    signed = False
    _require_not_certified(reader)
    for count, (name, value, field) in enumerate(enumerate_sig_fields(reader, filled_status=None)):
        if count >= MOST_FIELDS:
            raise HelperError(Code.OVER_LIMIT, tr("最多 {n} 个签名域").format(n=MOST_FIELDS))
        names.add(str(name))
        if value is not None:
            signed = True
            _require_not_locking(value.get_object(), field.get_object())
    return Fields(frozenset(names), signed)


def require_fillable(reader: PdfFileReader, name: str) -> Fields:
    """The same for an empty field that is there already: a certified document may take it (table 254)."""
    fields = [
        (str(each), value, field)
        for each, value, field in islice(enumerate_sig_fields(reader, filled_status=None), MOST_FIELDS)
    ]
    for _, value, field in fields:
        if value is not None:
            _require_not_locked(value.get_object(), field.get_object(), name)
    return Fields(frozenset(each for each, _, _ in fields), any(value is not None for _, value, _ in fields))


def _require_not_locked(signature: Any, field: Any, name: str) -> None:
    rules = [entry(each, "/TransformParams", {}) for each in items(entry(signature, "/Reference", ()))]
    for rule in [*rules, entry(field, "/Lock", {})]:
        if entry(rule, "/P") == MDPPerm.NO_CHANGES.value:
            raise HelperError(Code.DOCUMENT_LOCKED, tr("先前的签名锁定了文件"))
        if "/Action" in rule and FieldMDPSpec.from_pdf_object(rule).is_locked(name):
            raise HelperError(Code.DOCUMENT_LOCKED, tr("先前的签名锁定了签名域“{name}”").format(name=name))


def _require_not_certified(reader: PdfFileReader) -> None:
    permissions = entry(reader.root, "/Perms", {})
    if "/DocMDP" in permissions:
        raise HelperError(Code.DOCUMENT_LOCKED, tr("文件经过认证签名，不允许再加盖印章"))


def _require_not_locking(signature: Any, field: Any) -> None:
    """/FieldMDP of the signature, and the field's own /Lock, whose /P came with PDF 2.0."""
    for reference in items(entry(signature, "/Reference", ())):
        parameters = entry(reference, "/TransformParams", {})
        if entry(reference, "/TransformMethod") == "/FieldMDP" and _locks_new_fields(parameters):
            raise HelperError(Code.DOCUMENT_LOCKED, tr("先前的签名锁定了文件中的所有表单域"))
        if entry(reference, "/TransformMethod") == "/DocMDP":
            raise HelperError(Code.DOCUMENT_LOCKED, tr("先前的签名锁定了文件"))
    lock = entry(field, "/Lock", {})
    if "/P" in lock or ("/Action" in lock and _locks_new_fields(lock)):
        raise HelperError(Code.DOCUMENT_LOCKED, tr("先前的签名锁定了文件"))


def _locks_new_fields(parameters: Any) -> bool:
    """Include names the locked ones; All and Exclude lock whatever comes later."""
    return bool(entry(parameters, "/Action", "/All") != "/Include")
