"""The practice CA's service: whom it gives an unlock code, and what else it tells."""

from __future__ import annotations

import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.issuer.protocol import SERVICE_PURPOSE, Payload, Reason, Result, ServiceOperation
from hebca_helper.pki.certificates import Certificate
from hebca_helper.pki.pem import certificates_from
from hebca_helper.pki.revocation import Crl
from hebca_helper.places import shipped
from hebca_helper.practice.announcement import CA, AnnouncedOrigins
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.ca_service import orders
from hebca_helper.practice.ca_service.seal import AnswerSeal
from hebca_helper.practice.ca_service.server import CaService
from hebca_helper.practice.record import ca_folder
from hebca_helper.practice.usbkey import PRACTICE_SO_PIN
from hebca_helper.settings import Settings
from hebca_helper.tokens.catalogue import load_catalogue
from hebca_helper.tokens.discovery import find_modules
from hebca_helper.tokens.service import TokenService
from tests.practice.ca_service.asker import Asker
from tests.practice.hall.held import MovingClock, issued
from tests.practice.openssl import openssl
from tests.practice_homes import put_practice_usbkey

pytestmark = pytest.mark.anyio


@pytest.fixture
def home(home: Path) -> Path:
    return put_practice_usbkey(home, "locked")


@pytest.fixture
async def certificate(home: Path) -> bytes:
    """The signing certificate on the practice USBKEY."""
    drivers, _ = load_catalogue(shipped("drivers"))
    settings = Settings(practice_module="/usr/lib/softhsm/libsofthsm2.so")
    service = TokenService(find_modules(drivers, settings, home, environment={}))
    await service.start()
    try:
        (token,) = await service.tokens()
        return (await service.certificates(token.id))[0].der
    finally:
        await service.stop()


def refused(reason: Reason, payload: Payload) -> bool:
    assert payload.unlock_code == ""
    return (payload.result, payload.reason) == (Result.REFUSED, reason)


async def test_it_announces_itself_while_it_runs(home: Path) -> None:
    service = CaService(home, 0)
    await service.start()
    assert json.loads((home / "practice" / CA).read_text()) == {"origins": [service.origin], "pid": os.getpid()}
    assert AnnouncedOrigins(home, CA)() == {service.origin}
    await service.stop()
    assert AnnouncedOrigins(home, CA)() == frozenset()
    await service.stop()


async def test_without_a_practice_ca_there_is_no_service(tmp_path: Path) -> None:
    service = CaService(tmp_path, 0)
    with pytest.raises(HelperError) as problem:
        await service.start()
    assert problem.value.code is Code.PRACTICE_MISSING
    await service.stop()


async def test_an_order_brings_the_unlock_code_once(asker: Asker, certificate: bytes) -> None:
    order = await asker.order(Certificate.parse(certificate).serial_hex.upper())
    payload = await asker.reset(certificate, order)
    assert (payload.result, payload.unlock_code) == (Result.OK, PRACTICE_SO_PIN)
    assert refused(Reason.NO_ORDER, await asker.reset(certificate, order))


async def test_without_an_order_there_is_none(asker: Asker, certificate: bytes) -> None:
    for order in ("", secrets.token_hex(16), await asker.order("1234")):
        assert refused(Reason.NO_ORDER, await asker.reset(certificate, order))


async def test_an_order_does_not_last(asker: Asker, certificate: bytes, moving: MovingClock) -> None:
    order = await asker.order(Certificate.parse(certificate).serial_hex)
    moving.advance(minutes=10)
    assert refused(Reason.NO_ORDER, await asker.reset(certificate, order))


async def test_a_refusal_does_not_use_the_order_up(asker: Asker, certificate: bytes) -> None:
    order = await asker.order(Certificate.parse(certificate).serial_hex)
    assert refused(Reason.TOKEN_UNKNOWN, await asker.reset(certificate, order, token="9F00"))
    format_it = ServiceOperation.FORMAT
    assert refused(Reason.OPERATION_NOT_OFFERED, await asker.reset(certificate, order, operation=format_it))
    assert (await asker.reset(certificate, order)).result is Result.OK


async def test_a_certificate_of_another_ca_is_not_served(asker: Asker, tmp_path: Path) -> None:
    other = issued(PracticeCa.create(tmp_path / "other"))
    assert refused(Reason.CERTIFICATE_UNKNOWN, await asker.reset(other.der))


async def test_a_certificate_that_is_on_no_token_is_not_served(asker: Asker, home: Path) -> None:
    elsewhere = issued(PracticeCa.load(ca_folder(home)))
    assert refused(Reason.TOKEN_UNKNOWN, await asker.reset(elsewhere.der))


async def test_a_lost_usbkey_is_not_served(asker: Asker, certificate: bytes, home: Path) -> None:
    read = Certificate.parse(certificate)
    order = await asker.order(read.serial_hex)
    PracticeCa.load(ca_folder(home)).revoke(read.serial_number)
    assert refused(Reason.CERTIFICATE_REVOKED, await asker.reset(certificate, order))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b"[" * 9000, b'{"protocol": "hebca-helper-online/1"}', b"\xff"]
)
async def test_what_is_no_request_is_told(asker: Asker, body: bytes) -> None:
    for path in ("/online", "/orders"):
        reply = await asker.ask("POST", path, body)
        assert reply.status in (400, 413)


@pytest.mark.parametrize("serial", ["", "xyz", "0x12", "1" * 41, 12, None, ["1"]])
async def test_an_order_names_a_serial(asker: Asker, serial: object) -> None:
    assert (await asker.ask("POST", "/orders", json.dumps({"certificate": serial}).encode())).status == 400


async def test_another_site_cannot_order(asker: Asker) -> None:
    body = b'{"certificate": "12"}'
    assert (await asker.ask("POST", "/orders", body, Origin="https://evil.example")).status == 403
    assert (await asker.ask("POST", "/orders", body, Host="evil.example")).status == 403
    assert (await asker.ask("POST", "/orders", body, Content_Type="text/plain")).status == 415


async def test_orders_do_not_pile_up(moving: MovingClock) -> None:
    book = orders.OrderBook(moving)
    first = book.place("1")
    names = [book.place("1") for _ in range(orders.MOST)]
    assert not book.redeem(first, "1")
    assert book.redeem(names[0], "1")
    assert book.redeem(names[-1], "1")


async def test_lists_and_certificates_are_what_openssl_takes_them_for(asker: Asker, tmp_path: Path) -> None:
    bundle, issuing_list, root_list = [await asker.ask("GET", path) for path in ("/ca", "/crl", "/root-crl")]
    assert (bundle.kind, issuing_list.kind) == ("application/x-pem-file", "application/pkix-crl")
    root, issuing = certificates_from(bundle.body)
    assert Crl.parse(issuing_list.body).issuer.same(issuing.subject)
    assert Crl.parse(root_list.body).issuer.same(root.subject)
    (tmp_path / "ca.pem").write_bytes(bundle.body)
    (tmp_path / "list.der").write_bytes(issuing_list.body)
    said = openssl("crl", "-inform", "DER", "-in", tmp_path / "list.der", "-noout", "-CAfile", tmp_path / "ca.pem")
    assert "verify OK" in said


async def test_openssl_believes_the_services_certificate_for_its_purpose_only(home: Path, tmp_path: Path) -> None:
    ca = PracticeCa.load(ca_folder(home))
    (tmp_path / "service.der").write_bytes(AnswerSeal(ca, datetime.now(UTC)).certificate)
    said = openssl("x509", "-inform", "DER", "-in", tmp_path / "service.der", "-noout", "-text")
    assert SERVICE_PURPOSE in said
    assert "演练" in openssl(
        "x509", "-inform", "DER", "-in", tmp_path / "service.der", "-noout", "-subject", "-nameopt", "utf8"
    )
