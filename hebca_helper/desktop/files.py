"""Files that a person saves from the window."""

from __future__ import annotations

from pathlib import Path

from hebca_helper.files import of_file, write_atomically


def write_file(path: Path, content: bytes) -> None:
    """Replace the file as a whole or not at all. HelperError(FILE_UNREADABLE) names the path and the reason."""
    try:
        write_atomically(path, content)
    except OSError as problem:
        raise of_file(problem, path) from None
