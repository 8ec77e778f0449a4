"""What scripts read of a check: every key in its order and every word of a finding, as they have always been."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from hebca_helper.documents.checking import check
from hebca_helper.documents.pdf.placement import Placement
from hebca_helper.documents.report import Report, TokenObject, decoded, encoded
from hebca_helper.seals.words import Content, Reason, Standing, State, Trust, Verdict
from tests.documents import foreign_cms as cms
from tests.documents import test_foreign_files as files
from tests.documents import test_foreign_ofd as ofd
from tests.documents.pdf import foreign_pdfs, papers
from tests.documents.pdf.stamper import Stamper
from tests.seals import seal_maker as seals

GOLDEN = Path(__file__).parents[1] / "data" / "reports.json"
SAMPLES = GOLDEN.parent / "seals"
KINDS: tuple[type[StrEnum], ...] = (Verdict, Reason, Trust, State, Standing, Content)
WORDS = {str(word) for kind in KINDS for word in kind}


def token(content: bytes) -> bytes:
    return cms.token(content, cms.Writer(seals.signer(rsa=True)))


INPUTS: Mapping[str, Callable[[], bytes]] = {
    "stamped pdf": lambda: Stamper().stamp(papers.register(1), Placement()),
    "pdf with a time stamp": lambda: foreign_pdfs.signed(token, sub_filter="ETSI.RFC3161"),
    "pdf with a signature of no known kind": lambda: foreign_pdfs.signed(lambda content: b"\x04\x01a"),
    "pdf without a signature": lambda: papers.register(1),
    "encrypted pdf": papers.encrypted,
    "ofd": lambda: ofd.ofd(ofd.signed_once()),
    "ofd protected as a whole": lambda: ofd.ofd({**ofd.entries(ofd.signed_once(), ofd.message), "hidden.bin": b""}),
    "ofd of another program": lambda: (SAMPLES / "ofdrw-V4RideRight.ofd").read_bytes(),
    "damaged ofd": lambda: b"PK",
    "seal": lambda: next(iter(files.good_seals().values())),
    "seal of another program": lambda: (SAMPLES / "ofdrw-UserV4.esl").read_bytes(),
    "seal signature": files.SIGNATURES["stamped"],
    "cms": files.MESSAGES["countersigning another"][0],
    "cms of nobody known": lambda: cms.signed(b"a", cms.Writer(seals.signer())),
    "unreadable": lambda: b"nothing of the kind",
}


def form(found: Any) -> str:
    """Keys in their order, words as they are; of anything else its kind."""
    if isinstance(found, dict):
        return "{" + " ".join(f"{key}:{form(value)}" for key, value in found.items()) + "}"
    if isinstance(found, list):
        return "[" + " ".join(map(form, found)) + "]"
    return str(found) if found is None or isinstance(found, bool) or found in WORDS else type(found).__name__


def written(name: str) -> Any:
    return json.loads(json.dumps(check(INPUTS[name](), files.ROOTS, seals.NOW)))


@pytest.mark.parametrize("name", INPUTS)
def test_keys_order_and_words_stay(name: str) -> None:
    assert form(written(name)) == json.loads(GOLDEN.read_text("ascii"))[name]


@pytest.mark.parametrize("name", INPUTS)
def test_what_the_host_says_is_read_and_written_without_loss(name: str) -> None:
    found = written(name)
    assert json.dumps(encoded(decoded(Report, found))) == json.dumps(found)


def test_octets_and_lists_of_a_token_object_come_through() -> None:
    found = TokenObject("seal", data=b"\0\xff", pixels=(3, 4), listed={"ab": "yes"})
    assert decoded(TokenObject, json.loads(json.dumps(encoded(found)))) == found


def test_what_is_no_report_is_refused() -> None:
    good = written("ofd")
    [signature] = good["signatures"]
    wrong: list[Any] = [
        None,
        [],
        "kind",
        {},
        {**good, "verdict": "fine"},
        {**good, "kind": 1},
        {**good, "signatures": "none"},
        {**good, "signatures": [{**signature, "signed_at": "yesterday"}]},
        {**good, "details": {**good["details"], "unsigned_bodies": True}},
        {**good, "problem": {"code": "no such code", "detail": ""}},
        {name: value for name, value in good.items() if name != "seal"},
    ]
    for each in wrong:
        with pytest.raises(ValueError):
            decoded(Report, each)
    with pytest.raises(ValueError, match=r"base64|padding"):
        decoded(TokenObject, {"kind": "seal", "data": "*", "png": "", "listed": {}})
