# mypy: disable-error-code="no-untyped-call"
"""What a signature allows afterwards: DocMDP, FieldMDP, and the lock of its field (ISO 32000-2, 12.8.2 and table 236)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.sign.fields import FieldMDPSpec

from hebca_helper.documents.pdf.judging.two_states import TwoStates, raw

NOTHING, FILLING, NOTES = 1, 2, 3
"""P of DocMDP: what checks signatures only; forms and signatures, too; annotations, too."""


@dataclass(frozen=True, slots=True)
class Permission:
    """`level` is None where nobody certified the document or locked it as a whole."""

    level: int | None
    locks: tuple[FieldMDPSpec, ...] = ()

    def locks_field(self, name: str) -> bool:
        return any(each.is_locked(name) for each in self.locks)


NO_RULE = Permission(None)


def permission_of(states: TwoStates, reference: tuple[int, int], lock: Any) -> Permission:
    """Of the signature dictionary there. `lock`: its field's, as it was signed. What the file's certification allows
    holds for every signature in it. Raises what pyHanko does where that cannot be read."""
    signature = generic.IndirectObject(*reference, states.reader)
    own = list(_rules(states, signature))
    certified = _at(states, _at(states, states.old(states.trailers()[0].raw_get("/Root")), "/Perms"), "/DocMDP")
    rules = [rule for method, rule in [*own, *_rules(states, certified)] if method == "/DocMDP"]
    levels = [int(_at(states, rule, "/P") or FILLING) for rule in rules]
    levels += [int(lock["/P"])] if isinstance(lock, generic.DictionaryObject) and "/P" in lock else []
    fields = [rule for method, rule in own if method == "/FieldMDP"]
    fields += [lock] if isinstance(lock, generic.DictionaryObject) and "/Action" in lock else []
    return Permission(min(levels, default=None), tuple(FieldMDPSpec.from_pdf_object(each) for each in fields))


def _rules(states: TwoStates, signature: Any) -> Iterator[tuple[str, Any]]:
    """Method and parameters of each signature reference."""
    for each in raw(_at(states, states.old(signature), "/Reference")):
        value = states.old(each)
        parameters = _at(states, value, "/TransformParams")
        if isinstance(parameters, generic.DictionaryObject):
            yield str(_at(states, value, "/TransformMethod")), parameters


def _at(states: TwoStates, dictionary: Any, key: str) -> Any:
    """An entry as it was signed; None where there is none."""
    if not isinstance(dictionary, generic.DictionaryObject) or key not in dictionary:
        return None
    return states.old(dictionary.raw_get(key))
