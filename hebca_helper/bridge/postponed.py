"""Modules that a library imports at its start and hardly ever uses: here they are loaded when something of them is used.

websockets imports importlib.metadata only to tell its version from a checkout of its sources, and with it the standard
library's email, csv and zipfile: a tenth of what it takes until pages are answered. The standard library's own
`importlib.util.LazyLoader` does not help: before Python 3.12 the import statement itself looks at the module and so loads it.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType


class PostponedModule(ModuleType):
    """Stands in `sys.modules` for the real one until an attribute is asked for."""

    def __getattr__(self, name: str) -> object:
        return getattr(_load(self), name)


def postpone(name: str) -> None:
    """Does nothing where the module is loaded already. `name` has a package ("importlib.metadata")."""
    if name in sys.modules:
        return
    stand_in = PostponedModule(name)
    sys.modules[name] = stand_in
    package, _, own = name.rpartition(".")
    setattr(importlib.import_module(package), own, stand_in)


def _load(stand_in: PostponedModule) -> ModuleType:
    name = stand_in.__name__
    if sys.modules.get(name) is stand_in:
        del sys.modules[name]
    return importlib.import_module(name)
