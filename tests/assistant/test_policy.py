"""Which origin may do what kind of thing, class by class; and the gate that holds up who fails too often."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.asker.clock import Clock
from hebca_helper.assistant.asker.connection import Connection
from hebca_helper.assistant.journal.book import Journal
from hebca_helper.assistant.journal.recorder import Recorder
from hebca_helper.assistant.login.gate import Gate
from hebca_helper.assistant.login.logins import Logins
from hebca_helper.assistant.sites.origins import FixedOrigins, OriginBook, OriginClass
from hebca_helper.assistant.sites.policy import ISSUER_ONLY, KNOWN_ONLY, NEVER, TRUSTED_ONLY, Policy, is_seal_object
from hebca_helper.assistant.sites.risks import Risk
from hebca_helper.errors import Code, HelperError
from hebca_helper.tokens.model import PinState, TokenInfo
from hebca_helper.tokens.service import TokenService

KNOWN, ISSUER, INSECURE_ISSUER = "https://known.example", "https://issuer.example", "http://issuer.example"
TRUSTED, BLOCKED, UNKNOWN = "https://trusted.example", "https://blocked.example", "https://unknown.example"
NAMED = "http://portal.example"
"""Insecure, but named on the command line."""
PRACTICE_CA = "http://localhost:17281"


class Time:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def policy(home: Path) -> Policy:
    fixed = FixedOrigins(
        known=frozenset({KNOWN}),
        issuer=frozenset({ISSUER, INSECURE_ISSUER, BLOCKED}),
        trusted=frozenset({NAMED}),
        practice_issuer=lambda: frozenset({PRACTICE_CA, NAMED}),
    )
    book = OriginBook(home, fixed)
    book.set_class(TRUSTED, OriginClass.TRUSTED)
    book.set_class(BLOCKED, OriginClass.BLOCKED)
    return Policy(book)


def page(origin: str | None) -> Connection:
    return Connection(Asker(Channel.CERTIFICATE_SERVICE if origin else Channel.WINDOW, origin))


def token(practice: bool = False) -> TokenInfo:
    return TokenInfo("token", "", "", "", "", "", PinState.FINE, None, practice=practice, protected_path=False)


def allowed(policy: Policy, origin: str | None) -> set[Risk]:
    def may(risk: Risk) -> bool:
        try:
            policy.require(page(origin), risk)
        except HelperError as refusal:
            assert refusal.code is Code.DENIED_BY_POLICY
            return False
        return True

    return {risk for risk in Risk if may(risk)}


ORDINARY = set(Risk) - TRUSTED_ONLY - ISSUER_ONLY - NEVER


def test_each_origin_may_what_its_class_may(policy: Policy) -> None:
    assert allowed(policy, KNOWN) == ORDINARY
    assert allowed(policy, UNKNOWN) == ORDINARY - KNOWN_ONLY
    assert allowed(policy, ISSUER) == ORDINARY | ISSUER_ONLY
    assert allowed(policy, TRUSTED) == ORDINARY | TRUSTED_ONLY
    assert allowed(policy, NAMED) == ORDINARY | TRUSTED_ONLY | ISSUER_ONLY
    assert allowed(policy, None) == set(Risk) - NEVER


def test_a_blocked_issuer_may_nothing_and_an_insecure_one_changes_no_usbkey(policy: Policy) -> None:
    assert allowed(policy, BLOCKED) == set()
    assert allowed(policy, INSECURE_ISSUER) == ORDINARY


@pytest.mark.parametrize("risk", sorted(ISSUER_ONLY))
def test_the_practice_ca_changes_practice_tokens_only(policy: Policy, risk: Risk) -> None:
    assert allowed(policy, PRACTICE_CA) == ORDINARY | ISSUER_ONLY
    policy.require_on(page(PRACTICE_CA), risk, token(practice=True))
    for other in (ISSUER, NAMED, None):
        policy.require_on(page(other), risk, token())
    for refused in (PRACTICE_CA, KNOWN):
        with pytest.raises(HelperError) as refusal:
            policy.require_on(page(refused), risk, token())
        assert refusal.value.code is Code.DENIED_BY_POLICY
    policy.require_object(page(PRACTICE_CA), "letter", token())
    with pytest.raises(HelperError):
        policy.require_object(page(PRACTICE_CA), "seal", token())


@pytest.mark.parametrize(
    "name", ["seal", "Seal", " SIGNPIC ", "hbgssh\0", "ｓｅａｌ", "seal\0x", "se\u200bal", "seal\u3164"]
)
def test_the_objects_of_a_seal_are_the_issuers_whatever_their_spelling(policy: Policy, name: str) -> None:
    assert is_seal_object(name)
    policy.require_object(page(ISSUER), name, token())
    with pytest.raises(HelperError):
        policy.require_object(page(TRUSTED), name, token())
    policy.require_object(page(TRUSTED), "sealed", token())


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def journal(home: Path) -> Iterator[Journal]:
    with closing(Journal(home)) as made:
        yield made


@pytest.fixture
def logins() -> Logins:
    return Logins(TokenService([]), 600.0, 20, Clock())


@pytest.fixture
def gate(policy: Policy, logins: Logins, journal: Journal, time: Time) -> Gate:
    clock = Clock(monotonic=time)
    return Gate(policy, logins, Recorder(journal, clock), clock, most=3, span=60.0)


def held_up(gate: Gate, connection: Connection) -> bool:
    try:
        gate.enter(connection, "GetCertCount", Risk.IDENTIFY)
    except HelperError as refusal:
        assert refusal.code is Code.TOO_MANY
        return True
    return False


def test_what_is_refused_is_written_down_and_not_what_was_sent(gate: Gate, journal: Journal) -> None:
    with pytest.raises(HelperError) as refused:
        gate.enter(page(KNOWN), "Execute", Risk.SYSTEM)
    assert refused.value.code is Code.DENIED_BY_POLICY
    [row] = journal.recent()
    assert (row.operation, row.origin, row.result) == ("Execute", KNOWN, "denied-by-policy")


def test_who_fails_too_often_waits_and_others_do_not(gate: Gate, time: Time) -> None:
    for _ in range(3):
        assert not held_up(gate, page(KNOWN))
        gate.failed(page(KNOWN), Code.BAD_REQUEST)
    assert held_up(gate, page(KNOWN))
    assert not held_up(gate, page(TRUSTED))
    assert not held_up(gate, page(None))
    time.seconds += 59.9
    assert held_up(gate, page(KNOWN))
    time.seconds += 0.1
    assert not held_up(gate, page(KNOWN))


def test_missing_usbkeys_cancelled_dialogs_and_persons_do_not_count(gate: Gate) -> None:
    calm = (Code.NO_CERTIFICATE, Code.USER_CANCELLED, Code.TOKEN_REMOVED, Code.TOO_MANY)
    for code in (*calm, Code.REGISTRY_VALUE_MISSING, Code.DATA_OBJECT_MISSING) * 3:
        gate.failed(page(KNOWN), code)
        gate.failed(page(None), Code.BAD_REQUEST)
    assert not held_up(gate, page(KNOWN))
    assert not held_up(gate, page(None))
    gate.limited = False
    for _ in range(9):
        gate.failed(page(KNOWN), Code.BAD_REQUEST)
    assert not held_up(gate, page(KNOWN))


@pytest.mark.anyio
async def test_consented_work_is_not_held_up(gate: Gate, logins: Logins) -> None:
    working, other = page(KNOWN), page(KNOWN)
    logins._hold(working.id, "token")
    for _ in range(3):
        gate.failed(other, Code.BAD_REQUEST)
    assert held_up(gate, other)
    assert not held_up(gate, working)
    logins.dropped("token")
