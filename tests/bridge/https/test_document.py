"""The OpenAPI document and the code agree; anything the document allows or forbids is answered as it says."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.generation.modes import GenerationMode

from hebca_helper.bridge.https.openapi import document, text
from hebca_helper.bridge.https.table import ROWS
from hebca_helper.places import shipped
from tests.https_page import HttpsPage
from tests.practice_homes import put_practice_usbkey
from tests.security.conftest import PORTAL, guarded

CASES = 12
"""Of each operation and kind."""


def test_the_shipped_document_is_the_table_s() -> None:
    assert shipped("resources", "openapi.json").read_text("utf-8") == text()


def test_every_operation_is_documented_and_no_get_takes_anything() -> None:
    paths = document()["paths"]
    assert {row.path for row in ROWS} == paths.keys() - {"/v1/events"}
    for row in ROWS:
        assert row.handler.__doc__, row.name
        assert (row.method == "GET") == ("requestBody" not in paths[row.path][row.method.lower()])
        assert row.method in ("GET", "POST")
