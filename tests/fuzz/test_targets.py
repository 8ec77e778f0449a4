"""The coverage-guided fuzzers' targets with hypothesis and a fixed budget, where `atheris` is not installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hebca_helper.bridge.seal_service.functions import FUNCTIONS as SEAL_FUNCTIONS
from tests.fuzz import strategies, targets
from tests.pki import certificate_maker as maker

calls = (strategies.concatenated() | strategies.bent()).map(lambda text: text.encode("utf-8", "replace"))
seal_calls = (strategies.concatenated(SEAL_FUNCTIONS) | strategies.bent(SEAL_FUNCTIONS)).map(
    lambda text: text.encode("utf-8", "replace")
)
headers = st.lists(
    st.tuples(st.sampled_from(["Host", "host", "Origin", "X"]), st.text("ahlostp:/.-[]127280é ,", max_size=30)),
    max_size=5,
).map(lambda lines: "\n".join(f"{name}: {text}" for name, text in lines).encode())
REAL = [maker.hebca().certificate(maker.hebca_name()), maker.hebca().crl([(5, maker.NOW, 1)])]


SAMPLES = Path(__file__).parents[1] / "data" / "seals"
FILES = [path.read_bytes() for path in sorted(SAMPLES.glob("ofdrw-*"))]


@st.composite
def damaged(draw: st.DrawFn, real: list[bytes] = REAL) -> bytes:
    """DER, or a ZIP, with some octets replaced, and whole pieces repeated or left out."""
    data = bytearray(draw(st.sampled_from(real)))
    for _ in range(draw(st.integers(1, 5))):
        place, size = draw(st.integers(0, len(data))), draw(st.sampled_from([0, 1, 2, 16]))
        data[place : place + size] = draw(st.binary(max_size=4) | st.just(bytes(data[place : place + 32])))
    return bytes(data)


INPUTS: list[tuple[Callable[[bytes], None], st.SearchStrategy[bytes]]] = [
    (targets.frame, calls),
    (targets.seal_frame, seal_calls),
    (targets.arguments, calls.map(lambda call: call.split(b"|", 2)[-1])),
    (targets.upgrade, headers),
    (targets.certificate, damaged() | st.binary(max_size=100)),
    (targets.message, damaged() | st.binary(max_size=100)),
    (targets.document, damaged(FILES) | st.binary(max_size=100)),
]


@pytest.mark.parametrize(("target", "inputs"), INPUTS, ids=lambda value: getattr(value, "__name__", ""))
def test_any_input_is_answered(target: Callable[[bytes], None], inputs: st.SearchStrategy[bytes]) -> None:
    @settings(
        max_examples=600,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @example(b"")
    @example(b"1|SignText|a|b\xe2\x80\xa8<")
    @given(inputs)
    def each(data: bytes) -> None:
        target(data)

    each()
