"""A practice CA, a certificate of a company, the service's seal, and TLS that only this test knows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.ca_service.seal import AnswerSeal
from tests.issuer.counter import Counter
from tests.issuer.peer import TestAuthority, make_authority
from tests.practice.hall.held import issued


@pytest.fixture(scope="session")
def made_counter(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    ca = PracticeCa.create(tmp_path_factory.mktemp("counter") / "ca")
    return Counter(ca, AnswerSeal(ca, datetime.now(UTC)), issued(ca).der)


@pytest.fixture
def counter(made_counter: Counter, monkeypatch: pytest.MonkeyPatch) -> Counter:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return made_counter


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    return make_authority(tmp_path_factory.mktemp("tls"), "localhost", "elsewhere.example")
