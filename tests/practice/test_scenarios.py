"""Each scenario is what a reader of the token sees: certificates through pki, PIN state through the token host."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.certificates import Certificate, days_left, validity
from hebca_helper.pki.chains import check
from hebca_helper.pki.keyinfo import KeyKind
from hebca_helper.pki.moments import Validity
from hebca_helper.pki.renewals import replaced
from hebca_helper.places import shipped
from hebca_helper.practice.trust import PracticeTrust
from hebca_helper.practice.usbkey import init
from hebca_helper.settings import load
from hebca_helper.tokens.catalogue import load_catalogue
from hebca_helper.tokens.discovery import find_modules
from hebca_helper.tokens.model import PinState, TokenInfo
from hebca_helper.tokens.service import TokenService

pytestmark = pytest.mark.anyio


@dataclass
class Seen:
    """What a running assistant sees."""

    tokens: list[TokenInfo]
    certificates: list[Certificate]
    data: list[str]

    @property
    def signing(self) -> list[Certificate]:
        return [certificate for certificate in self.certificates if certificate.signs]


@asynccontextmanager
async def running(home: Path) -> AsyncIterator[TokenService]:
    """The token service on this home's practice module, as the program runs it."""
    drivers, _ = load_catalogue(shipped("drivers"))
    settings, _ = load(home)
    service = TokenService([place for place in find_modules(drivers, settings, home) if place.practice])
    await service.start()
    try:
        yield service
    finally:
        await service.stop()


async def look(home: Path) -> Seen:
    async with running(home) as service:
        tokens = await service.tokens()
        found = [item for token in tokens for item in await service.certificates(token.id)]
        found.sort(key=lambda item: (item.token_id, item.key_id))  # SoftHSM2 lists objects in any order
        assert all(item.has_private_key for item in found)
        data = [item.label for token in tokens for item in await service.data_objects(token.id, False)]
        return Seen(tokens, [Certificate.parse(item.der) for item in found], data)


async def prepared(home: Path, clock: Callable[[], datetime], scenario: str, *, ec: bool = True) -> Seen:
    """Elliptic curves where it does not matter: their keys are made in no time."""
    await init(home, scenario=scenario, ec=ec, clock=clock)
    return await look(home)


def problems(home: Path, certificates: list[Certificate], clock: Callable[[], datetime]) -> set[Code | None]:
    """What a portal that trusts this home's practice CA finds wrong with each certificate."""
    trust = PracticeTrust(home, clock)
    reports = [check(item, trust.ca_certificates(), trust.crls(), clock()) for item in certificates]
    return {report.problem.code if report.problem else None for report in reports}


@pytest.mark.parametrize(("ec", "kind"), [(False, KeyKind.RSA), (True, KeyKind.EC)], ids=["rsa", "ec"])
async def test_fresh_is_a_signing_and_an_encryption_certificate(
    home: Path, clock: Callable[[], datetime], ec: bool, kind: KeyKind
) -> None:
    seen = await prepared(home, clock, "fresh", ec=ec)
    assert [(item.signs, item.encrypts) for item in seen.certificates] == [(True, False), (False, True)]
    assert {item.key_kind for item in seen.certificates} == {kind}
    assert {item.key_bits for item in seen.certificates} == {256 if ec else 2048}
    assert problems(home, seen.certificates, clock) == {None}
    assert {days_left(item, clock()) for item in seen.certificates} == {365}
    (token,) = seen.tokens
    assert (token.pin_state, token.tries_left, token.practice) == (PinState.FINE, 10, True)
    assert "演练" in token.label


async def test_expiring_has_twenty_days_left(home: Path, clock: Callable[[], datetime]) -> None:
    seen = await prepared(home, clock, "expiring")
    assert {days_left(item, clock()) for item in seen.certificates} == {20}
    assert problems(home, seen.certificates, clock) == {None}


async def test_expired_is_over(home: Path, clock: Callable[[], datetime]) -> None:
    seen = await prepared(home, clock, "expired")
    assert {validity(item, clock()) for item in seen.certificates} == {Validity.EXPIRED}
    assert problems(home, seen.certificates, clock) == {Code.CERTIFICATE_EXPIRED}


async def test_revoked_is_on_the_list(home: Path, clock: Callable[[], datetime]) -> None:
    seen = await prepared(home, clock, "revoked")
    assert problems(home, seen.certificates, clock) == {Code.CERTIFICATE_REVOKED}


async def test_only_no_seal_has_no_data_of_the_seal(home: Path, clock: Callable[[], datetime]) -> None:
    assert sorted((await prepared(home, clock, "fresh")).data) == ["hbgssh", "seal", "signpic"]
    assert (await prepared(home, clock, "no-seal")).data == []


@pytest.mark.parametrize(
    ("scenario", "state", "left"), [("last-try", PinState.LAST_TRY, 1), ("locked", PinState.LOCKED, 0)]
)
async def test_the_pin_is_nearly_or_quite_locked(
    home: Path, clock: Callable[[], datetime], scenario: str, state: PinState, left: int
) -> None:
    (token,) = (await prepared(home, clock, scenario)).tokens
    assert (token.pin_state, token.tries_left) == (state, left)


async def test_a_wrong_pin_at_the_last_try_locks_and_the_so_pin_unlocks(
    home: Path, clock: Callable[[], datetime]
) -> None:
    await init(home, scenario="last-try", ec=True, clock=clock)
    async with running(home) as service:
        (token,) = await service.tokens()
        with pytest.raises(HelperError):
            await service.login(token.id, "654321")
        with pytest.raises(HelperError) as locked:
            await service.login(token.id, "123456")
        assert locked.value.code is Code.PIN_LOCKED
        await service.unblock(token.id, "12345678", "246810")
        await service.login(token.id, "246810")


async def test_two_tokens_belong_to_two_companies(home: Path, clock: Callable[[], datetime]) -> None:
    seen = await prepared(home, clock, "two-tokens")
    assert len({token.serial for token in seen.tokens}) == 2
    assert {item.holder for item in seen.signing} == {"演练科技有限公司", "演练商贸有限公司"}
    assert len({item.credit_code for item in seen.signing}) == 2
    assert problems(home, seen.certificates, clock) == {None}


async def test_renewed_has_a_newer_certificate_on_the_same_key_and_of_the_same_holder(
    home: Path, clock: Callable[[], datetime]
) -> None:
    seen = await prepared(home, clock, "renewed")
    old, new = sorted(seen.signing, key=lambda item: item.not_after)
    assert old.key_fingerprint == new.key_fingerprint
    assert old.unique_id == new.unique_id
    assert validity(new, clock()) is Validity.VALID
    assert old.fingerprint in replaced(seen.certificates, clock())
    assert new.fingerprint not in replaced(seen.certificates, clock())
