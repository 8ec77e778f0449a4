"""How far we are with a function. What it could do in the wrong hands is the assistant's word (`Risk`)."""

from __future__ import annotations

from enum import StrEnum

from hebca_helper.assistant.sites.risks import Risk

__all__ = ["Risk", "Standing"]


class Standing(StrEnum):
    """WORKS has a handler; REFUSED never gets one; NOT_SUPPORTED waits for SM2, its seam is the row without a handler."""

    WORKS = "works"
    REFUSED = "refused"
    NOT_SUPPORTED = "not-supported"
