"""One USBKEY behind PKCS#11 and behind SKF: RSA from the one, SM2 from the other, nothing twice, nothing lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hebca_helper.tokens import pairing
from hebca_helper.tokens.discovery import ModulePlace
from hebca_helper.tokens.messages import KeyPairKind
from hebca_helper.tokens.model import Interface, PinState, TokenInfo
from hebca_helper.tokens.service import TokenService
from tests.pki.certificate_maker import hebca
from tests.tokens.scene import PIN, Prepared, Seen
from tests.tokens.soft_skf import SoftSkf, certificate, key_pair

pytestmark = pytest.mark.anyio
Start = Callable[..., Awaitable[tuple[TokenService, Seen]]]


def token(serial: str, interface: Interface, *, driver: str = "maker", sm2: bool = True) -> TokenInfo:
    return TokenInfo(
        f"{driver}/{interface}:{serial}", driver, "KEY", serial, "", "", PinState.FINE, None, False, False, interface, sm2
    )  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("HB001234", "HB001234", True),
        ("HB00-1234", "hb001234", True),  # as makers print it
        ("00000000HB001234", "HB001234", True),
        ("HB001234", "HB001235", False),
        ("HB001234", "HB001234X", False),
        ("", "HB001234", False),
        ("34", "HB001234", False),
        ("", "", False),
    ],
)
def test_which_serials_are_one_usbkey(one: str, other: str, same: bool) -> None:
    found = pairing.pairs([token(one, Interface.PKCS11), token(other, Interface.SKF)])
    assert bool(found) is same


def test_another_drivers_usbkey_and_a_practice_one_are_their_own() -> None:
    skf = token("HB001234", Interface.SKF)
    assert pairing.pairs([token("HB001234", Interface.PKCS11, driver="other"), skf]) == []
    assert pairing.pairs([replace(token("HB001234", Interface.PKCS11), practice=True), skf]) == []
    assert pairing.shown([skf], []) == [skf]


@pytest.fixture
async def both(
    start: Start, shimmed: ModulePlace, soft: SoftSkf, prepared: Prepared
) -> tuple[TokenService, TokenInfo, TokenInfo]:
    """A token of SoftHSM2 and one of softskf with its serial, behind one driver."""
    serial = prepared.token_id.partition(":")[2]
    (soft.device() / "info").write_text(f"0000{serial}\n国密KEY\ntest\n1")
    service, _ = await start(shimmed, replace(soft.place, driver=shimmed.driver))
    infos = [info for module in service._modules for info in module.tokens.values()]
    return service, infos[0], infos[1]


async def labels(service: TokenService) -> list[str]:
    return [info.label for info in await service.tokens()]


async def test_a_usbkey_of_two_kinds_shows_each_kind_once(both: tuple[TokenService, TokenInfo, TokenInfo]) -> None:
    service, pkcs11, skf = both
    # Behind PKCS#11 there is nothing yet, then what SKF shows already, then an RSA certificate of its own.
    assert await service.tokens() == [skf]
    await service.login(pkcs11.id, PIN)
    copied = certificate(key_pair(1).spki)
    await service.write_certificate(pkcs11.id, copied, b"\x09", "国密")
    assert await service.tokens() == [skf]
    issued = hebca().certificate(
        public_key=(await service.generate_key_pair(pkcs11.id, KeyPairKind.RSA_2048, b"\5", ""))
    )
    await service.write_certificate(pkcs11.id, issued, b"\5", "签名")

    assert await labels(service) == ["演练（RSA）", "国密KEY（国密）"]
    assert [each.der for each in await service.certificates(pkcs11.id)] == [issued]
    assert copied in [each.der for each in await service.certificates(skf.id)]


async def test_an_rsa_usbkey_whose_skf_side_is_empty(
    start: Start, shimmed: ModulePlace, soft: SoftSkf, prepared: Prepared
) -> None:
    serial = prepared.token_id.partition(":")[2]
    (soft.device() / "info").write_text(f"{serial}\n国密KEY\ntest\n1")
    for path in sorted((soft.application() / "containers").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    service, _ = await start(shimmed, replace(soft.place, driver=shimmed.driver))
    assert await labels(service) == ["演练"]
    assert Path(service.modules()[1].place.path).name == "libsoftskf.so"
