"""Markup in names, labels, file names and error texts: the v2 library shows `msg` through innerHTML, old pages `eval`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from hebca_helper.bridge.certificate_service.functions import FUNCTIONS
from hebca_helper.bridge.seal_service.replies import CANCELLED
from hebca_helper.errors import TABLE
from hebca_helper.practice import personalise, scenarios
from hebca_helper.practice.names import COMPANY
from hebca_helper.practice.usbkey import init
from tests.bridge.node import read_as_a_page
from tests.security.conftest import PORTAL, STRANGER, Guarded, guarded
from tests.security.samples import MARKUP, call
from tests.security.wire import Wire, frame

MESSAGES = {f"{entry.text}。{entry.remedy}" for entry in TABLE.values()} | {"", CANCELLED}
NASTY_NAME = """<img src=x onerror=alert(1)>|"'\\</script>演练\u2028\u202e&lt;"""


def replies(through: Guarded, origin: str, calls: list[str]) -> list[str]:
    with Wire(through.port, origin) as page:
        found = []
        for each in calls:
            page.send(frame(each))
            found.append(page.receive()[1].decode("ascii"))
        return found


@pytest.mark.parametrize("origin", [PORTAL, STRANGER])
def test_no_text_of_a_page_comes_back_in_a_message(through: Guarded, origin: str) -> None:
    """Every function with markup in every argument: names, PINs, file names, URLs, labels."""
    calls = [call(function, MARKUP) for function in through.door.functions.values()]
    paths = [call(function, f"C:\\{MARKUP}.pdf") for function in through.door.functions.values()]
    cut_short = [each[:-2] for each in calls]
    asked = ["1|SelectSignCert", "1|SelectStamp", *calls, *paths, *cut_short, f"1|{MARKUP}", MARKUP]
    for one, _, found, fields in read_as_a_page(replies(through, origin, asked)):
        assert (one, fields) == ("1", 3)
        message = found.get("msg", found.get("error"))
        assert message in MESSAGES
        assert not set("<>\"'&") & set(message), found


def test_markup_in_a_certificate_reaches_the_page_as_data_only(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name, label and everything: the page gets exactly the text after `split` and `eval`, and no message has it."""
    holder = replace(COMPANY, name=NASTY_NAME, city="<b>市</b>|")
    fresh = replace(scenarios.scenario_named("fresh"), holders=(holder,))
    monkeypatch.setattr("hebca_helper.practice.usbkey.scenario_named", lambda _: fresh)
    monkeypatch.setattr(personalise, "LABEL", "<script>|\"'")
    asyncio.run(init(home))
    asked = [
        "1|SelectSignCert",
        '1|GetSubjectItem|{"index":0}',
        '1|GetSubjectItem|{"index":"L"}',
        '1|GetSubjectItem|{"index":"DN"}',
        '1|SignText|{"signText":"text"}',
        '1|SelectSignCertFilterDevice|{"deviceNames":"<script>|\\"\';"}',
        *(call(function, NASTY_NAME) for function in FUNCTIONS.values()),
    ]
    with guarded(home) as running:
        read = read_as_a_page(replies(running, PORTAL, asked))
    assert read[1][2]["content"] == NASTY_NAME
    assert read[2][2]["content"] == "<b>市</b>|"
    assert "演练\u2028" in read[3][2]["content"]
    assert read[4][2]["signature"]
    assert read[5][2]["ret"] != 0  # its device is the ignored one
    for _, _, found, fields in read:
        assert fields == 3
        assert found["msg"] in MESSAGES
