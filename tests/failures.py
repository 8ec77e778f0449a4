"""How work ends that must not succeed."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest

from hebca_helper.errors import HelperError


async def failure(work: Awaitable[object]) -> HelperError:
    """What it failed with; a test fails where it does not."""
    with pytest.raises(HelperError) as failed:
        await work
    return failed.value
