"""Numbers that long runs tell at the end of the report."""

from __future__ import annotations

import pytest

from tests.soak.pages import Tell

_NUMBERS: list[str] = []


@pytest.fixture
def tell(record_property: Tell) -> Tell:
    """Put a number into the report and the terminal's summary."""

    def told(name: str, value: object) -> None:
        record_property(name, value)
        _NUMBERS.append(f"{name}: {value}")

    return told


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _NUMBERS:
        terminalreporter.section("soak")
        for line in _NUMBERS:
            terminalreporter.write_line(line)
