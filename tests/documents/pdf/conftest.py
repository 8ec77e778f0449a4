from __future__ import annotations

import pytest

from tests.documents.pdf.stamper import Stamper


@pytest.fixture(scope="session")
def stamper() -> Stamper:
    return Stamper()
