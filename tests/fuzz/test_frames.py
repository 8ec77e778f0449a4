"""Whatever a page sends: one reply, that `split` and `eval` read as what it is, and nothing that nobody foresaw.

A fixed budget and the same frames each time; `atheris_frames.py` looks further for as long as one likes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hebca_helper.bridge.seal_service.functions import FUNCTIONS, STYLES
from tests.assistant.scene import TRUSTED, UNKNOWN
from tests.fuzz import strategies
from tests.fuzz.desk import Desk, judge, open_desk
from tests.practice_homes import put_practice_usbkey

BUDGET = {"concatenated": 2000, "proper": 1500, "bent": 2000, "anything": 1000, "deep": 60}
KINDS: dict[str, st.SearchStrategy[str]] = {
    "concatenated": strategies.concatenated(),
    "proper": strategies.proper(),
    "bent": strategies.bent(),
    "anything": strategies.anything,
    "deep": strategies.deep,
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(put_practice_usbkey(tmp_path_factory.mktemp("home"))) as opened:
        yield opened


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_has_one_reply_that_a_page_reads_right(desk: Desk, kind: str) -> None:
    seen: list[tuple[str, str]] = []

    @settings(
        max_examples=BUDGET[kind],
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @given(KINDS[kind], st.sampled_from([TRUSTED, UNKNOWN]))
    def each(frame: str, origin: str) -> None:
        seen.append((frame, desk.reply(frame, origin)))

    each()
    judge(seen)
    assert desk.reply("1|GetSignCertCount").endswith('"count":1}')


def test_the_seal_service_answers_every_frame_once_in_the_style_of_its_function(desk: Desk) -> None:
    seen: list[tuple[str, str]] = []
    frames = strategies.concatenated(FUNCTIONS) | strategies.proper(FUNCTIONS) | strategies.bent(FUNCTIONS)

    @settings(
        max_examples=500,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @given(frames, st.sampled_from([TRUSTED, UNKNOWN]))
    def each(frame: str, origin: str) -> None:
        seen.append((frame, desk.seal_reply(frame, origin)))

    each()
    judge(seen, STYLES)
    assert desk.seal_reply("1|GetSealCountInKey").endswith('"count":1}')


@pytest.mark.parametrize(
    "text", ["[" * 5_000_000, '{"a":' * 1_000_000, '"' * 4_000_000, "\\" * 4_000_000, "1," * 3_000_000]
)
def test_a_huge_frame_is_answered_soon(desk: Desk, text: str) -> None:
    began = time.process_time()
    reply = desk.reply(f'1|SignText|{{"signText":{text}}}')
    assert time.process_time() - began < 10
    judge([("1|SignText|", reply)])
