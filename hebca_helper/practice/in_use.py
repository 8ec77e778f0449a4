"""Who uses the practice USBKEY: any number of running assistants, or one `practice init` that makes it anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hebca_helper.errors import Code, HelperError
from hebca_helper.files import try_lock
from hebca_helper.tokens.discovery import PRACTICE_FOLDER

LOCK_NAME = "in-use.lock"


@contextmanager
def practice_lock(home: Path) -> Iterator[None]:
    """Held by an assistant while it runs: nobody replaces the practice USBKEY. PRACTICE_BUSY while it is being replaced."""
    with _locked(home, shared=True):
        yield


@contextmanager
def rebuild_lock(home: Path) -> Iterator[None]:
    """Held while the practice USBKEY is replaced. PRACTICE_BUSY when an assistant runs or somebody else replaces it."""
    with _locked(home, shared=False):
        yield


@contextmanager
def _locked(home: Path, *, shared: bool) -> Iterator[None]:
    handle = try_lock(home / PRACTICE_FOLDER / LOCK_NAME, shared=shared)
    if handle is None:
        raise HelperError(Code.PRACTICE_BUSY)
    try:
        yield
    finally:
        os.close(handle)
