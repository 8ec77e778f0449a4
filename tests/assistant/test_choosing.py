"""Which certificates a person is offered, what is said of a weak PIN, and what is known of an issuer."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from hebca_helper.assistant.asker.asking import Asker, Channel
from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.assistant.login.pin_rules import PinWeakness, weakness
from hebca_helper.assistant.person.choosing import choice
from hebca_helper.assistant.person.prompts import ChooseCertificate, ConfirmKind, PinAnswer
from hebca_helper.assistant.stamping.authorities import Authorities, from_folder, nobody
from hebca_helper.assistant.stamping.chain_states import ChainState, chains_of
from hebca_helper.errors import Code, HelperError
from hebca_helper.practice.trust import PracticeTrust
from tests.assistant.scene import HALL, TRUSTED, UNKNOWN, open_scene
from tests.practice_homes import put_practice_usbkey

PAGE = Asker(Channel.CERTIFICATE_SERVICE, HALL)


@pytest.mark.anyio
async def test_expired_certificates_are_shown_but_cannot_be_chosen(home: Path) -> None:
    put_practice_usbkey(home, "two-tokens")
    async with open_scene(home) as scene:
        good, other = await scene.assistant.entries(scene.window(), Usage.SIGN)
        gone = dataclasses.replace(other, validity=type(other.validity).EXPIRED, days_left=-3)
        asked = choice(PAGE, Usage.SIGN, [gone, good])
        assert asked.entries == (good,)
        assert [(each.entry, each.reason) for each in asked.unsuitable] == [(gone, Code.CERTIFICATE_EXPIRED)]
        assert choice(PAGE, Usage.SIGN, [gone, good], expired_too=True).entries == (gone, good)
        await scene.assistant.choose(scene.window(), Usage.SIGN)
        [question] = [each for each in scene.person.asked if isinstance(each, ChooseCertificate)]
        assert question.entries == (good, other)


@pytest.mark.parametrize(
    ("pin", "weak"),
    [
        ("123456", PinWeakness.INITIAL),
        ("888888", PinWeakness.SIMPLE),
        ("765432", PinWeakness.SIMPLE),
        ("121212", PinWeakness.SIMPLE),
        ("8642", PinWeakness.SIMPLE),
        ("Wk7-qp2", None),
        ("202611", None),
    ],
)
def test_a_weak_pin_is_known(pin: str, weak: PinWeakness | None) -> None:
    assert weakness(pin) is weak


@pytest.mark.anyio
async def test_who_logs_in_with_a_simple_pin_is_offered_to_change_it(practice_home: Path) -> None:
    async with open_scene(practice_home) as scene:
        entry = await scene.signer()
        await scene.tokens.change_pin(entry.token.id, "123456", "888888")
        scene.person.pins.append(PinAnswer("888888"))
        await scene.assistant.login(scene.window(), entry)
        await scene.assistant.errands_done()
        [offered] = scene.person.confirmations(ConfirmKind.WEAK_PIN)
        assert offered.entry is not None
        assert scene.person.confirmations(ConfirmKind.INITIAL_PIN) == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("scenario", "state"),
    [("fresh", ChainState.PRACTICE), ("revoked", ChainState.REVOKED), ("expired", ChainState.PRACTICE)],
)
async def test_the_issuer_of_each_certificate_is_told(home: Path, scenario: str, state: ChainState) -> None:
    put_practice_usbkey(home, scenario)
    async with open_scene(home) as scene:
        entries = await scene.assistant.entries(scene.window(), all_of_them=True)
        now = scene.assistant._parts.clock.now()
        known = await chains_of(entries, lambda practice: authorities(home) if practice else Authorities(), now)
        assert {chain.state for chain in known.values()} == {state}
        assert all(chain.revocation_known for chain in known.values())
        unknown = await chains_of(entries, nobody, now)
        assert {chain.state for chain in unknown.values()} == {ChainState.ISSUER_UNKNOWN}


def authorities(home: Path) -> Authorities:
    trust = PracticeTrust(home)
    return Authorities(tuple(c.der for c in trust.ca_certificates()), tuple(crl.der for crl in trust.crls()))


def test_a_ca_is_added_by_putting_its_file_into_the_folder(practice_home: Path, tmp_path: Path) -> None:
    trust = PracticeTrust(practice_home)
    folder = tmp_path / "ca"
    folder.mkdir()
    assert from_folder(folder) == Authorities()
    (folder / "root.cer").write_bytes(trust.ca_certificates()[0].der)
    (folder / "list.crl").write_bytes(trust.crls()[0].der)
    (folder / "readme.html").write_text("none")
    assert from_folder(folder) == Authorities((trust.ca_certificates()[0].der,), (trust.crls()[0].der,))
    (folder / "wrong.pem").write_text("nothing")
    with pytest.raises(HelperError) as told:
        from_folder(folder)
    assert told.value.code is Code.FILE_UNREADABLE
    assert "wrong.pem" in told.value.detail


@pytest.mark.anyio
async def test_a_foreign_practice_certificate_on_a_practice_token_is_offered_to_nobody(
    home: Path, tmp_path: Path
) -> None:
    """Neither as practice, which it is not of this home, nor as real: what a practice token holds proves nothing."""
    put_practice_usbkey(home)
    other = put_practice_usbkey(tmp_path / "other", "two-tokens")
    async with open_scene(other) as scene:
        foreign = (await scene.assistant.entries(scene.window(), Usage.SIGN))[0].certificate
    async with open_scene(home) as scene:
        own = await scene.signer()
        scene.person.pins.append(PinAnswer("123456"))
        await scene.assistant.login(window := scene.window(), own)
        await scene.tokens.write_certificate(own.token.id, foreign.der, own.key_id, "foreign")
        await scene.assistant.close(window)
        scene.assistant.inventory.forget()
        held = await scene.tokens.certificates(own.token.id)
        assert foreign.der in [each.der for each in held]
        for connection in (scene.window(), scene.page(HALL), scene.page(TRUSTED)):
            offered = await scene.assistant.inventory.offered(connection)
            assert own.certificate in [entry.certificate for entry in offered]
            assert foreign not in [entry.certificate for entry in offered]
        assert await scene.assistant.inventory.offered(scene.page(UNKNOWN)) == []
