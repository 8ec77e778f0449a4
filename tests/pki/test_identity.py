"""Credit codes: what the check digit proves, and what else has eighteen characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.identity import CREDIT_ALPHABET, resident_number, valid_credit_code
from tests.pki import certificate_maker as maker

RESIDENT = "11010519491231002X"
"""The example of GB 11643-1999."""
RESIDENT_LIKE_A_CODE = "130102196001011196"
"""Right by GB 11643 and by GB 32100 alike."""


def code_of(items: list[maker.NameItem], extensions: list[bytes] | None = None) -> str:
    der = maker.hebca().certificate(maker.name(*items), extensions=extensions or [])
    return Certificate.parse(der).credit_code


def test_known_codes() -> None:
    for code in ("91350100M000100Y43", "914403001922038216", "9144030071526726XG"):
        assert valid_credit_code(code)


def test_near_misses() -> None:
    for text in ("", "91350100M000100Y44", "91350100m000100y43", "91350100M000100Y4", " 91350100M000100Y43", RESIDENT):
        assert not valid_credit_code(text)
    assert not valid_credit_code("91350100M000100Y43\n")
    assert not valid_credit_code("９1350100M000100Y43")


@given(st.text(CREDIT_ALPHABET, min_size=9, max_size=9), st.integers(0, 16), st.sampled_from(CREDIT_ALPHABET))
def test_one_wrong_character_never_passes(organisation: str, place: int, wrong: str) -> None:
    body = "91130100" + organisation
    right = [body + check for check in CREDIT_ALPHABET if valid_credit_code(body + check)]
    assert len(right) == 1
    changed = right[0][:place] + wrong + right[0][place + 1 :]
    assert valid_credit_code(changed) == (changed == right[0])


def test_the_code_is_found_where_authorities_put_it() -> None:
    code = maker.CREDIT_CODE
    assert code_of([("1.2.156.112586.1.10", code)]) == code
    assert code_of([("1.2.156.112562.2.1.1.17", f" {code.lower()} ")]) == code
    assert code_of([(maker.CN, f"{code}@单位@01@1")]) == code
    assert code_of([(maker.G, f"单位{code}")]) == code
    for value in (b"\x0c\x12" + code.encode(), code.encode()):
        assert code_of([(maker.CN, "单位")], [maker.extension("1.2.156.10260.4.1.4", value)]) == code


def test_a_code_is_never_guessed() -> None:
    assert code_of([("1.2.156.112586.1.10", "91350100M000100Y44")]) == ""
    assert code_of([(maker.G, f"X{maker.CREDIT_CODE}")]) == ""
    assert code_of([(maker.G, f"{maker.CREDIT_CODE}0")]) == ""


def test_a_person_is_not_a_company() -> None:
    assert resident_number(RESIDENT)
    assert not resident_number("110105194912310021")
    assert resident_number(RESIDENT_LIKE_A_CODE)
    assert valid_credit_code(RESIDENT_LIKE_A_CODE)
    assert code_of([(maker.ALIAS, RESIDENT_LIKE_A_CODE)]) == ""
