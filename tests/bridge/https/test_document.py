"""The OpenAPI document and the code agree; anything the document allows or forbids is answered as it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from hebca_helper.bridge.https.table import ROWS
from hebca_helper.bridge.identity.identity import load_or_make
from hebca_helper.places import shipped
from tests.bridge.https.openapi import document, text
from tests.practice_homes import put_practice_usbkey
from tests.security.conftest import PORTAL, Guarded, guarded

CASES = 12
"""Of each operation and kind."""
CHECKED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")


def test_the_shipped_document_is_the_table_s() -> None:
    assert shipped("resources", "openapi.json").read_text("utf-8") == text()


def test_every_operation_is_documented_and_no_get_takes_anything() -> None:
    paths = document()["paths"]
    assert {row.path for row in ROWS} == paths.keys() - {"/v1/events"}
    for row in ROWS:
        assert row.handler.__doc__, row.name
        assert (row.method == "GET") == ("requestBody" not in paths[row.path][row.method.lower()])
        assert row.method in ("GET", "POST")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(put_practice_usbkey(tmp_path_factory.mktemp("home"))) as running:
        yield running


@pytest.fixture(scope="module")
def portal(service: Guarded) -> Iterator[requests.Session]:
    """A client that trusts our own CA and nobody else."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(load_or_make(service.home, datetime.now(UTC)).ca_certificate)
        session.headers.update({"Origin": PORTAL})
        yield session


@pytest.mark.parametrize(
    ("path", "mode"),
    [(row.path, GenerationMode.POSITIVE) for row in ROWS]
    + [(row.path, GenerationMode.NEGATIVE) for row in ROWS if row.method == "POST"],
)
def test_whatever_comes_is_answered_as_documented(
    service: Guarded, portal: requests.Session, path: str, mode: GenerationMode
) -> None:
    row = next(row for row in ROWS if row.path == path)
    load_all_checks()
    operation = schemathesis.openapi.from_dict(document())[path][row.method]
    wanted = [*CHECKED, "negative_data_rejection" if mode is GenerationMode.NEGATIVE else "not_a_server_error"]
    checks = CHECKS.get_by_names(wanted)

    @settings(
        max_examples=CASES,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode))
    def shake(case: Any) -> None:
        response = case.call(base_url=service.service.urls["https"], session=portal, timeout=30, verify=portal.verify)
        case.validate_response(response, checks=checks)

    shake()
    assert "Traceback" not in (service.home / "stderr.log").read_text()
