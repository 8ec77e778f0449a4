"""Revocation data for a stamped file: from the certificate's own addresses, kept, and never in the way."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from asn1crypto import x509

from hebca_helper.assistant.stamping.revocation import RevocationData, RevocationSource
from hebca_helper.errors import Code, HelperError
from hebca_helper.issuer.fetching import ask_responder, fetch
from hebca_helper.issuer.transport import DIRECT
from hebca_helper.pki import distribution
from hebca_helper.pki.certificates import Certificate
from tests.assistant.revocation_services import Services, services
from tests.pki import certificate_maker as maker
from tests.pki.test_ocsp import CA, END, NOW, SERIAL, START, Responder, place

ISSUER = Certificate.parse(CA.der)


@pytest.fixture
def online() -> Iterator[Services]:
    with services() as running:
        yield running


@pytest.fixture
def source(tmp_path: Path) -> RevocationSource:
    return RevocationSource(tmp_path / "revocation", fetch)


def listed(*urls: str) -> bytes:
    """cRLDistributionPoints."""
    names = [[x509.GeneralName("uniform_resource_identifier", each)] for each in urls]
    points = [{"distribution_point": x509.DistributionPointName("full_name", each)} for each in names]
    return maker.extension(distribution.CRL_LOCATIONS, x509.CRLDistributionPoints(points).dump())


def certificate(*extensions: bytes) -> Certificate:
    shown = (maker.HEBCA_CONSTRAINTS, maker.SIGNING, *extensions)
    return Certificate.parse(CA.certificate(serial=SERIAL, start=START, end=END, extensions=shown))


def crl(*revoked: int, days: int = 7) -> bytes:
    entries = [(serial, NOW - timedelta(days=1), 1) for serial in revoked]
    return CA.crl(entries, following=NOW + timedelta(days=days))


def gathered(source: RevocationSource, whose: Certificate, at: datetime = NOW) -> RevocationData:
    return source.gather((whose, ISSUER), (), at, DIRECT)


def test_a_list_is_fetched_once_and_kept(source: RevocationSource, online: Services, tmp_path: Path) -> None:
    whose, made = certificate(listed(f"{online.url}/a.crl")), crl()
    online.answers["/a.crl"] = lambda _: made
    found = gathered(source, whose)
    assert (found.crls, found.ocsps, found.missing, found.revoked) == ((made,), (), (), False)
    again = gathered(RevocationSource(tmp_path / "revocation", fetch), whose)
    assert again.crls == (made,)
    assert online.asked == ["/a.crl"]


def test_a_list_out_of_date_is_fetched_anew(source: RevocationSource, online: Services) -> None:
    whose, first, second = certificate(listed(f"{online.url}/a.crl")), crl(days=1), crl(days=9)
    online.answers["/a.crl"] = lambda _: first
    gathered(source, whose)
    online.answers["/a.crl"] = lambda _: second
    assert gathered(source, whose, NOW + timedelta(days=2)).crls == (second,)


def test_the_responder_comes_first(source: RevocationSource, online: Services, tmp_path: Path) -> None:
    whose = certificate(place(f"{online.url}/ocsp"), listed(f"{online.url}/a.crl"))
    responder = Responder(tmp_path)
    online.answers["/ocsp"] = responder.answer
    found = gathered(source, whose, datetime.now(UTC))
    assert (len(found.ocsps), found.crls, found.missing) == (1, (), ())
    online.answers["/ocsp"] = lambda question: responder.answer(question, revoked=True)
    assert gathered(source, whose, datetime.now(UTC)).revoked
    assert online.asked == ["/ocsp", "/ocsp"]


def test_a_revoked_certificate_is_told(source: RevocationSource, online: Services) -> None:
    online.answers["/a.crl"] = lambda _: crl(SERIAL)
    assert gathered(source, certificate(listed(f"{online.url}/a.crl"))).revoked


@pytest.mark.parametrize("answer", [b"", b"<html>", b"\x30\x03\x02\x01\x01", b"Location: http://127.0.0.1:1/"])
def test_what_is_no_list_is_missing_and_told(source: RevocationSource, online: Services, answer: bytes) -> None:
    online.answers["/a.crl"] = lambda _: answer
    whose = certificate(listed(f"{online.url}/a.crl"))
    found = gathered(source, whose)
    assert (found.crls, found.missing, found.revoked) == ((), (whose.holder,), False)


def test_an_address_that_does_not_answer_is_left_alone_for_a_while(source: RevocationSource, online: Services) -> None:
    whose = certificate(place(f"{online.url}/nowhere"), listed(f"{online.url}/gone.crl"))
    assert gathered(source, whose).missing == (whose.holder,)
    assert gathered(source, whose).missing == (whose.holder,)
    assert online.asked == ["/nowhere", "/gone.crl"]


def test_another_cas_list_is_not_taken(source: RevocationSource, online: Services) -> None:
    stranger = maker.root("别的CA", maker.rsa_key(5), start=START, end=END)
    made = stranger.crl([], following=NOW + timedelta(days=1))
    online.answers["/a.crl"] = lambda _: made
    assert gathered(source, certificate(listed(f"{online.url}/a.crl"))).crls == ()


def test_only_http_is_ever_asked(source: RevocationSource) -> None:
    assert distribution.addresses(certificate(listed("ldap://ca/x", "file:///etc/passwd", "http://a/b"))) == [
        "http://a/b"
    ]
    silent = certificate(listed("ldap://ca/x"))
    assert gathered(source, silent) == RevocationData()


def test_a_list_longer_than_allowed_is_not_read(online: Services) -> None:
    online.answers["/a.crl"] = lambda _: bytes(2000)
    with pytest.raises(HelperError) as caught:
        fetch(f"{online.url}/a.crl", 1000, DIRECT)
    assert caught.value.code is Code.TOO_LARGE


def test_a_server_that_drips_holds_nobody() -> None:
    """Its headers never end: octet after octet, so that no silence is long enough to be one."""
    over = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = Thread(target=drip, args=(server, over))
        dripping.start()
        try:
            with pytest.raises(HelperError) as caught:
                fetch(f"http://127.0.0.1:{server.getsockname()[1]}/a.crl", 1000, DIRECT, seconds=0.3)
        finally:
            over.set()
            dripping.join()
    assert caught.value.code is Code.ONLINE_UNREACHABLE


def drip(server: socket.socket, over: Event) -> None:
    opened, _ = server.accept()
    with opened, suppress(OSError):
        opened.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while not over.wait(0.05):
            opened.sendall(b"x")


def test_the_responder_is_asked_in_the_same_way(online: Services) -> None:
    online.answers["/ocsp"] = lambda question: question[::-1]
    assert ask_responder(f"{online.url}/ocsp", b"abc") == b"cba"
    with pytest.raises(HelperError) as caught:
        ask_responder(f"{online.url}/nowhere", b"abc")
    assert caught.value.code is Code.ONLINE_UNREACHABLE
