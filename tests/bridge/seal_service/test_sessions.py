"""Which seal a page means, and whose it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hebca_helper.assistant.certificates.entries import Usage
from hebca_helper.assistant.stamping.seals import TokenSeal
from hebca_helper.bridge.seal_service.session import number_of
from hebca_helper.errors import Code, HelperError
from tests.bridge.seal_service.office import opened

pytestmark = pytest.mark.anyio


async def test_a_seal_by_its_number_with_the_certificate_it_is_for(home: Path) -> None:
    async with opened(home, "two-tokens") as office:
        session = office.page().session
        seals = await session.usable_seals()
        for seal in seals:
            for number in (seal.id, number_of(seal)):
                found, entry = await session.stamp(number)
                assert found.signer_listed(entry.certificate)
        with pytest.raises(HelperError) as refused:
            await session.stamp("another")
        assert refused.value.code is Code.NO_SEAL
        assert number_of(replace(seals[0], report=None)) == ""


async def test_a_seal_that_is_none_of_the_certificates_is_not_used(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(home, "two-tokens") as office:
        session = office.page().session
        strange = [replace(seal, listed={}) for seal in await session.usable_seals()]

        async def strangers() -> list[TokenSeal]:
            return strange * 2

        monkeypatch.setattr(session, "usable_seals", strangers)
        with pytest.raises(HelperError) as refused:
            await session.stamp()
        assert refused.value.code is Code.NO_SEAL, "the person chose a certificate that has none"
        assert await session.selected(Usage.SIGN)
        with pytest.raises(HelperError) as refused:
            await session.stamp(strange[0].id)
        assert refused.value.code is Code.SEAL_NOT_SIGNERS
