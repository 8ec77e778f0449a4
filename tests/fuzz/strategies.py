"""Frames as pages write them, by concatenation, and as an attacker would bend them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from hypothesis import strategies as st

from hebca_helper.bridge.certificate_service.functions import FUNCTIONS, Function

Functions = Mapping[str, Function]
NASTY = ["", "|", '"', "\\", "\u2028", "\u2029", "\x00", "\n", "\ud800", "</script>", "undefined", "NaN", "-0", "1e999"]
texts = st.text(max_size=40) | st.sampled_from(NASTY) | st.lists(st.sampled_from(NASTY), max_size=6).map("".join)
contents = st.binary(max_size=200).map(lambda data: base64.b64encode(data).decode())
NAMES = sorted({parameter.name for function in FUNCTIONS.values() for parameter in function.parameters})
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | contents,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts | st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def concatenated(draw: st.DrawFn, functions: Functions = FUNCTIONS) -> str:
    """A call with the right names, whose values are put in without escaping."""
    function = draw(st.sampled_from(list(functions.values())))
    pairs = [f'"{parameter.name}":{draw(_raw)}' for parameter in function.parameters]
    return f"1|{function.name}|{{{','.join(pairs)}}}"


_raw = (
    st.sampled_from(["undefined", "null", "0", "1", "true", '""', "{}", "[]", "CN", "-1", "00", "1e5"])
    | texts.map(lambda text: f'"{text}"')
    | contents.map(lambda text: f'"{text}"')
    | st.integers().map(str)
)


@st.composite
def proper(draw: st.DrawFn, functions: Functions = FUNCTIONS) -> str:
    """A call in JSON with values of any type."""
    function: Function = draw(st.sampled_from(list(functions.values())))
    given = {parameter.name: draw(values) for parameter in function.parameters if draw(st.booleans())}
    return f"1|{function.name}|{json.dumps(given | draw(st.dictionaries(texts, values, max_size=2)))}"


@st.composite
def bent(draw: st.DrawFn, functions: Functions = FUNCTIONS) -> str:
    """A call with some characters replaced, put in or taken out, perhaps cut short."""
    frame = draw(concatenated(functions) | proper(functions))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(frame)))
        frame = frame[:place] + draw(texts) + frame[place + draw(st.integers(0, 3)) :]
    return frame[: draw(st.integers(0, len(frame)))] if draw(st.booleans()) else frame


anything = st.text(max_size=200) | st.builds("1|{}|{}".format, st.text(max_size=70), st.text(max_size=80))
deep = st.builds(
    lambda opening, times, closing: '1|SignText|{"signText":' + opening * times + closing,
    st.sampled_from(["[", '{"a":', "[{", '"', "\\", "[1,", "{", "undefined,"]),
    st.sampled_from([10, 1_000, 50_000]),
    st.sampled_from(["", "}", '"}', "]}"]),
)
