# mypy: disable-error-code="no-untyped-call"
"""A PDF as it was signed beside what it is now: the same object of both, and whether all that it leads to is the same.

Numbers name objects, whatever generation a reference says, since readers differ in what they do with generations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.generic import EncryptedObjAccess
from pyhanko.pdf_utils.reader import PdfFileReader

from hebca_helper.errors import Code, HelperError
from hebca_helper.texts import tr

MOST_STEPS = 4_000_000
"""References that are followed for all signatures of a file: half a minute."""
_DEEPEST = 200
_STARTXREF = b"startxref"
Pair = tuple[Any, Any]


class DifferenceError(Exception):
    """Two values are not the same."""


class Readings:
    """What is read of a file once for all of its signatures."""

    def __init__(self, reader: PdfFileReader, data: bytes) -> None:
        self.reader, self.data = reader, data
        self.steps = 0
        self._leads: dict[int, tuple[tuple[Any, ...], int]] = {}

    def step(self) -> None:
        """HelperError(OVER_LIMIT)."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise HelperError(Code.OVER_LIMIT, tr("最多 {n} 个对象").format(n=MOST_STEPS))

    def leads(self, reference: Any) -> tuple[tuple[Any, ...], int]:
        """The references in an object that is as it was signed, and the last octet of the file that it needs."""
        found = self._leads.get(reference.idnum)
        if found is None:
            value = self.reader.get_object(_reference(reference, self.reader))
            found = self._leads[reference.idnum] = tuple(_references_in(value)), self._end(reference, value)
        return found

    def _end(self, reference: Any, value: Any) -> int:
        place = self.reader.xrefs[_reference(reference, self.reader)]
        if not isinstance(place, int):
            return 0
        if isinstance(value, generic.StreamObject):
            return place + len(value.encoded_data)
        return len(self.data) + 1 if _swallows(value) else place


class TwoStates:
    """`revision`: the signed one, which ends at the octet `end`. PdfError for what cannot be read in one way only."""

    def __init__(self, readings: Readings, revision: int, end: int) -> None:
        self._readings, self.reader, self._end = readings, readings.reader, end
        self.revision, self.newest = revision, readings.reader.xrefs.total_revisions - 1
        self.changed: dict[int, set[int]] = {}
        for later in range(revision + 1, self.newest + 1):
            for each in self.reader.xrefs.explicit_refs_in_revision(later):
                self.changed.setdefault(each.idnum, set()).add(each.generation)
        self._cache: dict[tuple[int, bool], Any] = {}
        self._judged: set[int] = set()
        self._same: set[int] = set()

    def require_one_reading(self) -> None:
        """PdfError where later octets reach into what was signed, or readers of old and of new PDF see different files.
        DifferenceError where an object stream was exchanged, or the table that was signed points behind the signature."""
        xrefs = self.reader.xrefs
        if any(xrefs.get_xref_data(each).hybrid for each in range(self.revision + 1, self.newest + 1)):
            raise misc.PdfReadError("hybrid update")
        before = self._readings.data.rfind(_STARTXREF, 0, self._end)
        for section in self._signed_sections():
            if any(place >= before for _, place in section.standard_xrefs.values()):
                raise DifferenceError
            for number in section.obj_streams_used:
                stream = generic.IndirectObject(number, 0, self.reader)
                if number in self.changed:
                    raise DifferenceError
                self.require_same(stream, stream)

    def _signed_sections(self) -> Iterator[Any]:
        for each in range(self.revision + 1):
            section = self.reader.xrefs.get_xref_data(each)
            yield section
            if section.hybrid is not None:
                yield section.hybrid.xref_data

    def trailers(self) -> Pair:
        trailer = self.reader.trailer
        return trailer.flatten(self.revision), trailer.flatten(self.newest)

    def judge_apart(self, reference: Any) -> None:
        """It is compared by itself, with what may be different there."""
        self._judged.add(reference.idnum)

    def old(self, value: Any) -> Any:
        """A value as it was signed, a reference followed."""
        return self._at(value, self.revision)

    def new(self, value: Any) -> Any:
        return self._at(value, self.newest)

    def both(self, old: Any, new: Any) -> Pair:
        """References followed. DifferenceError unless they are the same reference."""
        if not isinstance(old, generic.IndirectObject):
            return old, self.new(new)
        if not isinstance(new, generic.IndirectObject) or _name(old) != _name(new):
            raise DifferenceError
        if not self.changed.get(old.idnum, set()) <= {old.generation}:
            raise DifferenceError  # freed, or under another generation: readers differ in what they see
        return self.old(old), self.new(new)

    def _at(self, value: Any, revision: int) -> Any:
        for _ in range(_DEEPEST):
            if not isinstance(value, generic.IndirectObject):
                return value
            value = self._object(value, revision)
        raise misc.PdfReadError("endless references")

    def _object(self, reference: Any, revision: int) -> Any:
        if reference.idnum not in self.changed:
            return self.reader.get_object(_reference(reference, self.reader))
        key = reference.idnum, revision == self.revision
        if key not in self._cache:
            self._cache[key] = self._read(reference, revision)
        return self._cache[key]

    def _read(self, reference: Any, revision: int) -> Any:
        """What came later may not name an entry twice: readers differ in which they take."""
        reader, wanted = self.reader, _reference(reference, self.reader)
        if reader.xrefs.get_historical_ref(wanted, revision) is None:
            return generic.NullObject()
        if revision != self.revision:
            reader.strict = True
            try:
                reader.get_object(wanted, revision)
            except misc.PdfStrictReadError as problem:
                if "Multiple definitions" in str(problem):
                    raise
            except misc.PdfError:
                pass
            finally:
                reader.strict = False
        return reader.get_object(wanted, revision)

    def require_same(self, old: Any, new: Any) -> None:
        """DifferenceError unless all that they lead to is the same, but for what is judged apart."""
        found: set[int] = set()
        try:
            self._compare([(old, new)], found)
        except DifferenceError:
            self._same -= found  # part of what these lead to was not looked at
            raise

    def _compare(self, waiting: list[Pair], found: set[int]) -> None:
        while waiting:
            first, second = waiting.pop()
            if not isinstance(first, generic.IndirectObject):
                waiting += children(first, second)
                continue
            if not isinstance(second, generic.IndirectObject) or _name(first) != _name(second):
                raise DifferenceError
            if first.idnum in self._judged or first.idnum in self._same:
                continue
            self._readings.step()
            values = self.both(first, second)
            waiting += children(*values) if first.idnum in self.changed else self._unchanged(first)
            found.add(first.idnum)
            self._same.add(first.idnum)

    def _unchanged(self, reference: Any) -> list[Pair]:
        references, end = self._readings.leads(reference)
        if end > self._end:
            raise DifferenceError  # later octets belong to it
        return [(each, each) for each in references]


def children(old: Any, new: Any) -> list[Pair]:
    """What the two hold, beside each other. DifferenceError where they are not alike themselves."""
    if isinstance(old, generic.DictionaryObject) and isinstance(new, generic.DictionaryObject):
        if isinstance(old, generic.StreamObject) or isinstance(new, generic.StreamObject):
            _require_same_stream(old, new)
        if old.keys() != new.keys():
            raise DifferenceError
        return [(old.raw_get(key), new.raw_get(key)) for key in old]
    if isinstance(old, generic.ArrayObject) and isinstance(new, generic.ArrayObject):
        if len(old) != len(new):
            raise DifferenceError
        return list(zip(raw(old), raw(new), strict=True))
    if isinstance(old, generic.IndirectObject) or isinstance(new, generic.IndirectObject) or _leaf(old) != _leaf(new):
        raise DifferenceError
    return []


def raw(container: Any, access: EncryptedObjAccess = EncryptedObjAccess.TRANSPARENT) -> list[Any]:
    """What a dictionary or an array holds, references not followed; nothing of anything else."""
    if isinstance(container, generic.DictionaryObject):
        return [container.raw_get(key, access) for key in container]
    places = range(len(container)) if isinstance(container, generic.ArrayObject) else range(0)
    return [container.raw_get(at, access) for at in places]


def _require_same_stream(old: Any, new: Any) -> None:
    if not (isinstance(old, generic.StreamObject) and isinstance(new, generic.StreamObject)):
        raise DifferenceError
    if old.encoded_data != new.encoded_data:
        raise DifferenceError


def _leaf(value: Any) -> tuple[str, Any]:
    """Comparable, and with its kind: a name is no string."""
    if isinstance(value, generic.NameObject):
        return "name", str(value)
    if isinstance(value, generic.TextStringObject | generic.ByteStringObject):
        return "string", value.original_bytes
    if isinstance(value, generic.BooleanObject):
        return "boolean", bool(value.value)
    if isinstance(value, generic.NullObject):
        return "null", None
    return "number" if isinstance(value, int | Decimal) else type(value).__name__, value


def _references_in(value: Any) -> Iterable[Any]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, generic.IndirectObject):
            yield each
        else:
            waiting += raw(each, EncryptedObjAccess.RAW)


def _swallows(value: Any) -> bool:
    """A string that was not closed before the signed part ended has its end mark in it."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, generic.TextStringObject | generic.ByteStringObject):
            if _STARTXREF in each.original_bytes:
                return True
        elif not isinstance(each, generic.IndirectObject):
            waiting += raw(each, EncryptedObjAccess.RAW)
    return False


def _name(reference: Any) -> tuple[int, int]:
    return reference.idnum, reference.generation


def _reference(reference: Any, reader: PdfFileReader) -> generic.Reference:
    return generic.Reference(reference.idnum, reference.generation, reader)
