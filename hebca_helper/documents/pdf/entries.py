"""Entries of PDF dictionaries with references followed: pyHanko's `get` does not follow them, `[]` does."""

from __future__ import annotations

from typing import Any


def entry(dictionary: Any, key: str, default: Any = None) -> Any:
    return dictionary[key] if key in dictionary else default  # noqa: SIM401


def items(array: Any) -> list[Any]:
    """The elements of an array; the same about `for`."""
    return [array[place] for place in range(len(array))]
