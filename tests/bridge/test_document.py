"""The protocol's page says what the table says."""

from __future__ import annotations

from hebca_helper.bridge.certificate_service.functions import ROWS
from hebca_helper.places import shipped
from tests.bridge.protocol_page import page


def test_the_page_checked_in_is_what_the_table_gives() -> None:
    written = shipped("resources", "protocol.md").read_text("utf-8")
    assert written == page(written), "run: python -m tests.bridge.protocol_page"


def test_every_function_has_its_line_with_what_is_particular_here() -> None:
    lines = page("").splitlines()
    assert "Of the 54 functions: 43 works, 6 refused, 5 not supported (SM2 key agreement)." in lines
    for row in ROWS:
        [line] = [line for line in lines if line.startswith(f"| `{row.name}` |")]
        assert f"| {row.risk} |" in line
        assert all(f"`{parameter.name}`" in line for parameter in row.parameters)
