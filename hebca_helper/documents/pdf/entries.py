# mypy: disable-error-code="no-untyped-call"
"""Entries of PDF dictionaries with references followed: pyHanko's `get` does not follow them, `[]` does."""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils import generic


def entry(dictionary: Any, key: str, default: Any = None) -> Any:
    """One that is null, or an object that is not there, is none (ISO 32000-1, 7.3.7 and 7.3.10)."""
    try:
        return dictionary[key]
    except KeyError:
        return default


def references(array: Any) -> list[Any]:
    """The elements of an array as they stand there, references not followed; none of anything else."""
    return [array.raw_get(place) for place in range(len(array))] if isinstance(array, generic.ArrayObject) else []


def items(array: Any) -> list[Any]:
    """The elements of an array; the same about `for`."""
    return [array[place] for place in range(len(array))]
