"""What an asker is told of a failure, on every channel. Security core: 100 % branches."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

from hebca_helper.errors import Code, HelperError

if TYPE_CHECKING:
    from hebca_helper.assistant.asker.connection import Connection
    from hebca_helper.assistant.assistant import Assistant

_log = logging.getLogger("hebca_helper.bridge")

_ABOUT_ADMISSION = frozenset({Code.DENIED_BY_POLICY, Code.PERSON_NEEDED, Code.USER_CANCELLED})
"""Answers to an origin that nobody let in (yet)."""


def as_told(assistant: Assistant, connection: Connection, problem: HelperError) -> HelperError:
    """An origin that is not admitted learns nothing but that: neither what is wrong with its call nor what there is."""
    if problem.code in _ABOUT_ADMISSION or assistant.is_admitted(connection):
        return problem
    return HelperError(Code.DENIED_BY_POLICY)


def unexpected(name: str, problem: BaseException) -> HelperError:
    """Logged with its places only: an exception's own text may hold what the page sent."""
    places = traceback.format_tb(problem.__traceback__)
    _log.error("%s failed: %s\n%s", name, type(problem).__name__, "".join(places))
    return HelperError(Code.EXECUTION_FAILED)
