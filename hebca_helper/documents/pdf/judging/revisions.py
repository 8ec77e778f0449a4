# mypy: disable-error-code="no-untyped-call"
"""What the updates after a signature did, judged object by object.

The file as it was signed and the file as it is now are walked side by side from the trailer. Whatever is not the same is a
change, unless it is on the list in here and stands where it says: further signatures, in fields that were there or in new
ones; values of form fields; annotations, which are told as such; and what describes the file or checks its signatures.
Objects that nothing leads to are nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from pyhanko.pdf_utils import generic, misc

from hebca_helper.documents.pdf.geometry import Box, sheet_of
from hebca_helper.documents.pdf.judging.permissions import FILLING, NOTHING, Permission, permission_of
from hebca_helper.documents.pdf.judging.two_states import DifferenceError, TwoStates, raw
from hebca_helper.documents.report import After, Difference
from hebca_helper.seals.words import State

MOST_PAGES = 20_000
MOST_FIELDS = 100_000
_CATALOG_GROWS = {"/AcroForm", "/DSS", "/Extensions", "/MarkInfo", "/Metadata", "/StructTreeRoot", "/Version"}
_FORM_GROWS = {"/Fields", "/SigFlags", "/DR", "/DA", "/Q", "/NeedAppearances"}
_DEFAULTS = ("/DR", "/DA", "/Q")
_VALUE = {"/AP", "/AS", "/DA", "/F", "/Ff", "/I", "/M", "/MK", "/Q", "/RV", "/Type", "/V"}
"""Of a field what filling it in, or signing it, writes."""
_NEW_FIELD = {
    *_VALUE,
    *("/BS", "/Border", "/Contents", "/DR", "/FT", "/H", "/Kids", "/Lock", "/NM", "/P", "/Parent", "/Rect", "/SV"),
    *("/StructParent", "/Subtype", "/T", "/TM", "/TU"),
}
"""What a new signature field may have: no actions."""
_STRUCTURE = {"/K", "/ParentTree", "/ParentTreeNextKey", "/Nums", "/Kids", "/Limits"}
_ELEMENT = {"/Type", "/S", "/P", "/Pg", "/K", "/ID", "/Lang"}
"""Of a new structure element: it stands for the new field and says no text of its own."""
_ACTING = ("/Link", "/Widget", "/Screen", "/Movie", "/RichMedia", "/3D", None)
"""Annotations that are no note of somebody: a link may lead elsewhere."""


@dataclass(frozen=True, slots=True)
class Later:
    """Another signature of the file. `differences`: what came after it in turn, as far as that speaks against it."""

    state: State
    is_time_stamp: bool
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a later signature is seen; `page` from 0. `instead`: of what its empty field showed when it was signed."""

    page: int
    box: Box
    instead: bool


@dataclass(slots=True)
class Judged:
    permission: Permission
    differences: list[Difference] = field(default_factory=list)
    seals: list[Seen] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Field:
    """`value`: what /V says, as it stands in the field or above it; `own`: it stands in the field."""

    reference: Any
    name: str
    kind: str | None
    value: Any
    own: bool


def judge(states: TwoStates, signature: tuple[int, int], later: Mapping[tuple[int, int], Later]) -> Judged:
    """`signature`: number and generation of its dictionary. Raises what pyHanko does for what cannot be analysed, and
    HelperError(OVER_LIMIT)."""
    return _Judge(states, signature, later).judge()


class _Judge:
    def __init__(self, states: TwoStates, signature: tuple[int, int], later: Mapping[tuple[int, int], Later]) -> None:
        self._states, self._later = states, later
        self._trailers = states.trailers()
        self._pages: list[tuple[Any, Any]] = []
        self._places: dict[int, int] = {}
        """Page of each annotation that is there now."""
        self._root = states.both(*(each.raw_get("/Root") for each in self._trailers))
        forms = [self._form(side, root) for side, root in zip((states.old, states.new), self._root, strict=True)]
        self._forms = forms[0], forms[1]
        self._fields = self._listed(states.old, forms[0]), self._listed(states.new, forms[1])
        lock = self._lock(signature)
        self.found = Judged(permission_of(states, signature, lock))

    def judge(self) -> Judged:
        self._try(None, self._states.require_one_reading)
        self._try(None, self._compare_trailers)
        nodes = list(self._nodes())
        self._judge_apart()
        self._try(None, self._compare_catalog)
        for old, new in nodes:
            self._try(None, self._same_but, old, new, {"/Kids"})
        for number, (old, new) in enumerate(self._pages):
            self._try(number, self._same_but, old, new, {"/Annots"})
            self._try(number, self._compare_annotations, number, old, new)
        self._try(None, self._compare_forms)
        return self.found

    def _try(self, page: int | None, compare: Callable[..., None], *what: Any) -> None:
        try:
            compare(*what)
        except DifferenceError:
            self._tell(After.CHANGES, page)

    def _tell(self, kind: After, page: int | None = None, widget: Any = None) -> None:
        """`widget`: the dictionary whose rectangle is the place."""
        box = None if page is None or widget is None else self._box(page, widget)
        self.found.differences.append(Difference(kind, None if page is None else page + 1, box))

    def _box(self, page: int, widget: Any) -> Box | None:
        sides = [float(self._states.new(each)) for each in raw(_get(self._states.new, widget, "/Rect"))]
        if len(sides) != 4:
            return None
        a, b, c, d = sides
        shown = sheet_of(self._pages[page][1]).shown((min(a, c), min(b, d), max(a, c), max(b, d)))
        left, top, right, bottom = (round(each, 1) for each in shown)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def _both(self, old: Any, new: Any, key: str) -> tuple[Any, Any]:
        return _get(self._states.old, old, key), _get(self._states.new, new, key)

    # what leads where

    def _form(self, side: Callable[[Any], Any], root: Any) -> Any:
        form = _get(side, root, "/AcroForm")
        return form if isinstance(form, generic.DictionaryObject) else generic.DictionaryObject()

    def _listed(self, side: Callable[[Any], Any], form: Any) -> dict[int, _Field]:
        """By their object's number, widgets that are apart from their field included."""
        found: dict[int, _Field] = {}
        waiting: list[tuple[Any, str, Any, Any]] = [(each, "", None, None) for each in raw(_get(side, form, "/Fields"))]
        while waiting:
            reference, above, kind, value = waiting.pop()
            dictionary = side(reference)
            known = not _is_reference(reference) or reference.idnum in found
            if known or not isinstance(dictionary, generic.DictionaryObject):
                continue
            if len(found) >= MOST_FIELDS:
                raise misc.PdfReadError("fields")
            name = ".".join(part for part in (above, str(_get(side, dictionary, "/T") or "")) if part)
            kind, own = _get(side, dictionary, "/FT") or kind, "/V" in dictionary
            value = _value(dictionary) if own else value
            found[reference.idnum] = _Field(reference, name, kind, value, own)
            waiting += [(each, name, kind, value) for each in raw(_get(side, dictionary, "/Kids"))]
        return found

    def _lock(self, signature: tuple[int, int]) -> Any:
        for each in self._fields[0].values():
            if each.own and _name_of(each.value) == signature:
                return _get(self._states.old, self._states.old(each.reference), "/Lock")
        return None

    def _nodes(self) -> Iterator[tuple[Any, Any]]:
        """Old and new of each node above the pages; the pages themselves are kept."""
        waiting = [tuple(root.raw_get("/Pages") if "/Pages" in root else None for root in self._root)]
        seen: set[int] = set()
        while waiting:
            references = waiting.pop()
            try:
                if _is_reference(references[0]):
                    if references[0].idnum in seen:
                        continue
                    seen.add(references[0].idnum)
                    self._states.judge_apart(references[0])
                old, new = self._states.both(*references)
                kids = [raw(each) for each in self._both(old, new, "/Kids")]
                if len(kids[0]) != len(kids[1]):
                    raise DifferenceError
            except DifferenceError:
                self._tell(After.CHANGES)
                continue
            if kids[0] or not isinstance(old, generic.DictionaryObject) or "/Kids" in old:
                waiting += list(zip(*kids, strict=True))[::-1]
                yield old, new
            elif len(self._pages) >= MOST_PAGES:
                raise misc.PdfReadError("pages")
            else:
                self._pages.append((old, new))

    def _judge_apart(self) -> None:
        apart = self._states.judge_apart
        apart(self._trailers[0].raw_get("/Root"))
        if "/AcroForm" in self._root[0] and _is_reference(form := self._root[0].raw_get("/AcroForm")):
            apart(form)
        for each in self._fields[0].values():
            apart(each.reference)
        for number, (old, new) in enumerate(self._pages):
            for each in raw(_get(self._states.old, old, "/Annots")):
                if _is_reference(each):
                    apart(each)
            for each in raw(_get(self._states.new, new, "/Annots")):
                if _is_reference(each):
                    self._places.setdefault(each.idnum, number)

    # comparing

    def _same_but(self, old: Any, new: Any, allowed: set[str]) -> None:
        """DifferenceError unless two dictionaries are the same but for these entries."""
        if not _is_plain(old) or not _is_plain(new):
            raise DifferenceError
        if old.keys() - allowed != new.keys() - allowed:
            raise DifferenceError
        for key in old.keys() - allowed:
            self._states.require_same(old.raw_get(key), new.raw_get(key))

    def _compare_trailers(self) -> None:
        old, new = (each.raw_get("/Encrypt") if "/Encrypt" in each else None for each in self._trailers)
        if _is_reference(old):
            if _name_of(old) != _name_of(new) or old.idnum in self._states.changed:
                raise DifferenceError
        elif old is not None or new is not None:
            self._states.require_same(old, new)

    def _compare_catalog(self) -> None:
        old, new = self._root
        self._same_but(old, new, _CATALOG_GROWS)
        if "/Metadata" in new and not isinstance(_get(self._states.new, new, "/Metadata"), generic.StreamObject):
            raise DifferenceError
        if "/StructTreeRoot" in old or "/StructTreeRoot" in new:
            self._grows(*(_raw_of(each, "/StructTreeRoot") for each in (old, new)))

    def _grows(self, old: Any, new: Any) -> None:
        """Of the structure (ISO 32000-1, 14.7): DifferenceError unless the new value is the old one, or has more of what a new field
        brings, an element which says nothing but that it is there."""
        try:
            self._states.require_same(old, new)
        except DifferenceError:
            first, second = self._states.both(old, new)
            if _is_reference(old):
                self._states.judge_apart(old)  # by what follows: its elements lead back to it
            if isinstance(first, int) and isinstance(second, int):
                return
            if isinstance(first, generic.DictionaryObject):
                self._same_but(first, second, _STRUCTURE)
                if not first.keys() <= second.keys():
                    raise
                for key in _STRUCTURE & first.keys():
                    self._grows(_raw_of(first, key), _raw_of(second, key))
            else:
                self._list_grows(raw(first), raw(second))

    def _list_grows(self, old: list[Any], new: list[Any]) -> None:
        at = 0
        for each in new:
            if at < len(old) and _alike(old[at], each):
                self._grows(old[at], each)
                at += 1
            elif not isinstance(each, int):
                self._require_element(each)
        if at < len(old):
            raise DifferenceError

    def _require_element(self, reference: Any) -> None:
        element = self._states.new(reference)
        kids = _get(self._states.new, element, "/K")
        kids = [kids] if isinstance(kids, generic.DictionaryObject) else [self._states.new(each) for each in raw(kids)]
        alone = isinstance(element, generic.DictionaryObject) and element.keys() <= _ELEMENT
        if not alone or not all(_get(self._states.new, each, "/Type") == "/OBJR" for each in kids):
            raise DifferenceError

    def _compare_annotations(self, number: int, old: Any, new: Any) -> None:
        before = raw(_get(self._states.old, old, "/Annots"))
        at = 0
        for each in raw(_get(self._states.new, new, "/Annots")):
            if at < len(before) and self._is_there(before[at], each):
                self._compare_annotation(number, before[at], each)
                at += 1
            else:
                self._judge_new_annotation(number, each)
        if at < len(before):
            raise DifferenceError

    def _is_there(self, old: Any, new: Any) -> bool:
        if _is_reference(old):
            return _name_of(old) == _name_of(new)
        try:
            self._states.require_same(old, new)
        except DifferenceError:
            return False
        return True

    def _compare_annotation(self, number: int, old: Any, new: Any) -> None:
        if not _is_reference(old) or old.idnum in self._fields[0]:
            return
        first, second = self._states.both(old, new)
        try:
            self._same_but(first, second, set())
        except DifferenceError:
            before, after = self._both(first, second, "/Subtype")
            if before != after or before in _ACTING:
                raise
            self._tell(After.ANNOTATIONS, number, second)

    def _judge_new_annotation(self, number: int, reference: Any) -> None:
        """Widgets of new signature fields are judged with the form."""
        annotation = self._states.new(reference)
        if not isinstance(annotation, generic.DictionaryObject):
            raise DifferenceError
        if _get(self._states.new, annotation, "/Subtype") != "/Widget":
            self._tell(After.ANNOTATIONS, number, annotation)
        elif not _is_reference(reference) or not self._is_new_field(reference):
            self._tell(After.CHANGES, number, annotation)

    def _is_new_field(self, reference: Any) -> bool:
        return reference.idnum in self._fields[1] and reference.idnum not in self._fields[0]

    def _compare_forms(self) -> None:
        old, new = self._forms
        before, after = self._fields
        self._compare_defaults(old, new)
        for number, each in before.items():
            now = after.get(number)
            if now is None or now.name != each.name or now.kind != each.kind:
                self._tell(After.CHANGES, self._places.get(number))
            else:
                self._try(self._places.get(number), self._compare_field, each, now)
        for number, each in after.items():
            if number not in before:
                self._try(self._places.get(number), self._judge_new_field, each)
        fields = [[each for each in raw(found) if not _is_reference(each)] for found in self._both(old, new, "/Fields")]
        self._states.require_same(*(generic.ArrayObject(each) for each in fields))

    def _compare_defaults(self, old: Any, new: Any) -> None:
        """What holds for all fields. What was not there may come with a signature where no other field needs it."""
        if "/AcroForm" in self._root[0] and "/AcroForm" not in self._root[1]:
            raise DifferenceError
        self._same_but(old, new, _FORM_GROWS)
        draws_anew = [bool(getattr(each, "value", False)) for each in self._both(old, new, "/NeedAppearances")]
        filled = any(each.kind != "/Sig" for each in self._fields[0].values())
        if draws_anew[0] != draws_anew[1] and (filled or draws_anew[1]):
            raise DifferenceError
        for key in _DEFAULTS:
            if key in old:
                self._default_grows(_raw_of(old, key), _raw_of(new, key), filled=filled)
            elif key in new and filled:
                self._tell(After.FORMS)

    def _default_grows(self, old: Any, new: Any, *, filled: bool, deeper: int = 2) -> None:
        """Fonts and the like under new names. DifferenceError where one that was there is another now."""
        try:
            self._states.require_same(old, new)
        except DifferenceError:
            first, second = self._states.both(old, new)
            if not deeper or not _is_plain(first) or not _is_plain(second) or not first.keys() <= second.keys():
                raise
            for key in first:
                self._default_grows(_raw_of(first, key), _raw_of(second, key), filled=filled, deeper=deeper - 1)
            if filled and first.keys() != second.keys():
                self._tell(After.FORMS)

    def _compare_field(self, old: _Field, new: _Field) -> None:
        first, second = self._states.both(old.reference, new.reference)
        try:
            self._same_but(first, second, {"/Kids"})
        except DifferenceError:
            self._same_but(first, second, {"/Kids", *_VALUE})
            if old.kind != "/Sig":
                self._fill(new, second)
            elif old.value is None and new.value is not None:
                self._judge_signing(new, second, before=first)
            else:
                raise

    def _fill(self, found: _Field, widget: Any) -> None:
        if self.found.permission.locks_field(found.name):
            raise DifferenceError
        self._tell(After.FORMS, self._places.get(found.reference.idnum), widget)

    def _judge_new_field(self, found: _Field) -> None:
        dictionary, page = self._states.new(found.reference), self._places.get(found.reference.idnum)
        if found.kind is None and dictionary.keys() <= {"/T", "/Kids", "/Parent", "/TU", "/TM"}:
            return  # a name above the fields
        strange = found.kind != "/Sig" or not _is_plain(dictionary) or not dictionary.keys() <= _NEW_FIELD
        unsigned = found.value is None and ("/AP" in dictionary or self.found.permission.level == NOTHING)
        if strange or unsigned:
            self._tell(After.CHANGES, page, dictionary)
        elif found.value is None:
            self._tell(After.FIELDS, page)
        else:
            self._judge_signing(found, dictionary)

    def _judge_signing(self, found: _Field, widget: Any, before: Any = None) -> None:
        """What the field shows is as good as the signature in it. `before`: the empty field's dictionary."""
        page = self._places.get(found.reference.idnum)
        later = self._later.get(_name_of(found.value if _is_reference(found.value) else found.reference))
        if later is None or self._is_borrowed(found):
            self._tell(After.CHANGES if _is_reference(found.value) else After.UNKNOWN, page, widget)
            return
        box = self._box(page, widget) if page is not None and "/AP" in widget else None
        if not (later.is_time_stamp and box is None) and self._is_forbidden(found, before is not None or box is None):
            self._tell(After.CHANGES, page, widget)
        kinds = {State.INVALID: After.CHANGES, State.UNKNOWN: After.UNKNOWN}
        self._tell(kinds.get(later.state, After.SIGNATURES), page, widget)
        self.found.differences += later.differences
        if box is not None and page is not None:
            self.found.seals.append(Seen(page, box, before is not None and "/AP" in before))

    def _is_borrowed(self, found: _Field) -> bool:
        """A signature that stands for another field, too, was not made over what this one shows."""
        named = _name_of(found.value)
        uses = sum(each.own and _name_of(each.value) == named for each in self._fields[1].values())
        return _is_reference(found.value) and uses != 1

    def _is_forbidden(self, found: _Field, unseen_or_expected: bool) -> bool:
        """A certified document takes no new field that is seen (as readers have it since the attacks of 2021)."""
        permission = self.found.permission
        if permission.locks_field(found.name) or permission.level == NOTHING:
            return True
        return permission.level is not None and permission.level >= FILLING and not unseen_or_expected


def _get(side: Callable[[Any], Any], dictionary: Any, key: str) -> Any:
    """An entry in one of the states; None where there is none."""
    if not isinstance(dictionary, generic.DictionaryObject) or key not in dictionary:
        return None
    return side(dictionary.raw_get(key))


def _value(dictionary: Any) -> Any:
    value = dictionary.raw_get("/V")
    return None if isinstance(value, generic.NullObject) else value


def _is_reference(value: Any) -> TypeGuard[generic.IndirectObject]:
    return isinstance(value, generic.IndirectObject)


def _is_plain(value: Any) -> bool:
    """A dictionary that is no stream."""
    return isinstance(value, generic.DictionaryObject) and not isinstance(value, generic.StreamObject)


def _raw_of(dictionary: Any, key: str) -> Any:
    if key not in dictionary:
        raise DifferenceError
    return dictionary.raw_get(key)


def _name_of(reference: Any) -> tuple[int, int]:
    """Number and generation; of nothing else."""
    return (reference.idnum, reference.generation) if isinstance(reference, generic.IndirectObject) else (0, -1)


def _alike(old: Any, new: Any) -> bool:
    if isinstance(old, generic.IndirectObject):
        return _name_of(old) == _name_of(new)
    return type(old) is type(new) and (not isinstance(old, int) or old == new)
