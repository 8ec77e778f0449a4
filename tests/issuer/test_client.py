"""The client over real HTTP and TLS on loopback: a good service, and everything that can stand in its place."""

from __future__ import annotations

import asyncio
import gzip
import logging
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hebca_helper.errors import Code, HelperError
from hebca_helper.issuer.answers import Anchors
from hebca_helper.issuer.protocol import NONCE_BYTES, Reason, Result, ServiceOperation, ServiceRequest, SignedAnswer
from hebca_helper.issuer.transport import Limits
from hebca_helper.practice.ca import PracticeCa
from hebca_helper.practice.ca_service.seal import AnswerSeal
from tests.failures import failure
from tests.issuer.counter import CODE, SERIAL, Counter
from tests.issuer.peer import Heard, Peer, Speak, TestAuthority, encoded, listening, response, saying, table
from tests.practice.hall.held import issued, rsa_key

pytestmark = pytest.mark.anyio
PATIENCE = 60
SHORT = Limits(connect=5, silence=5, whole=0.5, size=8 * 1024)


async def refused(counter: Counter, peer: Peer, **options: Any) -> HelperError:
    return await failure(counter.ask(peer, **options))


async def after(counter: Counter, speak: Speak, **options: Any) -> Code:
    """How it ends when the service speaks like this."""
    async with listening(speak) as peer:
        return (await refused(counter, peer, **options)).code


# A good service


async def test_a_good_answer_brings_the_code_and_says_no_more_than_it_must(counter: Counter) -> None:
    async with listening(counter.speak()) as peer:
        assert await counter.ask(peer) == CODE
    (heard,) = peer.heard
    assert heard.line == "POST /online?order=1 HTTP/1.1"
    assert heard.headers["content-type"] == "application/json"
    assert "authorization" not in heard.headers
    assert "cookie" not in heard.headers
    asked = ServiceRequest.parse(heard.body)
    assert (asked.operation, asked.token_serial) == (ServiceOperation.RESET_PIN, SERIAL)
    assert asked.certificate == counter.certificate
    assert set(table(heard.body)) == {"protocol", "operation", "nonce", "token", "certificate"}


async def test_no_two_requests_have_the_same_nonce(counter: Counter) -> None:
    async with listening(counter.speak()) as peer:
        for _ in range(3):
            await counter.ask(peer)
    nonces = {ServiceRequest.parse(heard.body).nonce for heard in peer.heard}
    assert len(nonces) == 3
    assert all(len(nonce) == NONCE_BYTES for nonce in nonces)


async def test_over_tls_with_an_authority_that_is_known(counter: Counter, authority: TestAuthority) -> None:
    async with listening(counter.speak(), authority.server_context()) as peer:
        assert await counter.ask(peer, verify=authority.bundle) == CODE


async def test_a_refusal_tells_the_reason_in_our_own_words(counter: Counter) -> None:
    for reason, told in ((Reason.NO_ORDER, "办理记录"), ("<img src=x>", "")):
        async with listening(counter.speak(result=Result.REFUSED, reason=reason)) as peer:
            problem = await refused(counter, peer)
        assert problem.code is Code.ONLINE_REFUSED
        assert told in problem.detail
        assert "<" not in str(problem)


# Who is at the other end


async def test_an_unknown_tls_authority_is_refused_before_anything_is_sent(
    counter: Counter, authority: TestAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    # an environment variable must not make it known
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority.bundle)
    monkeypatch.setenv("CURL_CA_BUNDLE", authority.bundle)
    async with listening(counter.speak(), authority.server_context()) as peer:
        assert (await refused(counter, peer)).code is Code.ONLINE_NOT_GENUINE
    assert peer.heard == []


async def test_a_certificate_for_another_host_is_refused(counter: Counter, authority: TestAuthority) -> None:
    async with listening(counter.speak(), authority.server_context("elsewhere.example")) as peer:
        assert (await refused(counter, peer, verify=authority.bundle)).code is Code.ONLINE_NOT_GENUINE
    assert peer.heard == []


async def test_old_tls_is_refused(counter: Counter, authority: TestAuthority) -> None:
    context = authority.server_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
    async with listening(counter.speak(), context) as peer:
        assert (await refused(counter, peer, verify=authority.bundle)).code is Code.ONLINE_NOT_GENUINE


async def test_nothing_is_believed_without_an_anchor(counter: Counter) -> None:
    async with listening(counter.speak()) as peer:
        client = counter.client(peer)
        client._anchors = lambda _: Anchors()
        with pytest.raises(HelperError) as problem:
            await client.reset_code(client.addresses.require(peer.origin), counter.certificate, SERIAL)
    assert problem.value.code is Code.ONLINE_NOT_GENUINE


async def test_another_practice_ca_is_not_this_one(counter: Counter, tmp_path: Path) -> None:
    other = PracticeCa.create(tmp_path / "other")
    seal = AnswerSeal(other, datetime.now(UTC))
    assert await after(counter, counter.speak(seal)) is Code.ONLINE_NOT_GENUINE


async def test_a_users_certificate_of_the_same_ca_signs_no_answers(counter: Counter) -> None:
    seal = AnswerSeal(counter.ca, datetime.now(UTC))
    seal.certificate = issued(counter.ca, key=seal._key).der
    assert await after(counter, counter.speak(seal)) is Code.ONLINE_NOT_GENUINE


async def test_the_ca_itself_is_no_service(counter: Counter) -> None:
    seal = AnswerSeal(counter.ca, datetime.now(UTC))
    seal._key, seal.certificate = counter.ca._issuing.key, counter.ca.certificates()[1].der
    assert await after(counter, counter.speak(seal)) is Code.ONLINE_NOT_GENUINE


async def test_an_expired_service_certificate_is_refused(counter: Counter) -> None:
    seal = AnswerSeal(counter.ca, datetime.now(UTC) - timedelta(days=400))
    assert await after(counter, counter.speak(seal)) is Code.ONLINE_NOT_GENUINE


async def test_a_revoked_service_certificate_is_refused(counter: Counter, tmp_path: Path) -> None:
    from hebca_helper.pki.certificates import Certificate

    ca = PracticeCa.create(tmp_path / "ca")
    seal = AnswerSeal(ca, datetime.now(UTC))
    own = Counter(ca, seal, issued(ca).der)
    async with listening(own.speak()) as peer:
        assert await own.ask(peer) == CODE
        ca.revoke(Certificate.parse(seal.certificate).serial_number)
        assert (await refused(own, peer)).code is Code.ONLINE_NOT_GENUINE


async def test_another_key_under_the_services_certificate_is_refused(counter: Counter) -> None:
    seal = AnswerSeal(counter.ca, datetime.now(UTC))
    seal._key = rsa_key("somebody else")
    assert await after(counter, counter.speak(seal)) is Code.ONLINE_NOT_GENUINE


# An answer to something else


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": bytes(NONCE_BYTES)},
        {"nonce": b""},
        {"token_serial": "9F0012AB35"},
        {"certificate": "0" * 64},
        {"operation": ServiceOperation.FORMAT},
    ],
)
async def test_an_answer_to_another_question_is_refused(counter: Counter, changes: dict[str, Any]) -> None:
    assert await after(counter, counter.speak(**changes)) is Code.ONLINE_NOT_GENUINE


async def test_an_earlier_answer_cannot_be_played_again(counter: Counter) -> None:
    kept: list[bytes] = []

    async def speak(heard: Heard, writer: asyncio.StreamWriter) -> None:
        kept.append(response(counter.seal.sign(counter.answer(ServiceRequest.parse(heard.body))).dump()))
        writer.write(kept[0])

    async with listening(speak) as peer:
        assert await counter.ask(peer) == CODE
        assert (await refused(counter, peer)).code is Code.ONLINE_NOT_GENUINE


@pytest.mark.parametrize("code", ["", "1" * 65, "12\n34", "密码"])
async def test_a_code_that_cannot_be_one_is_refused(counter: Counter, code: str) -> None:
    assert await after(counter, counter.speak(unlock_code=code)) is Code.ONLINE_NOT_GENUINE


def _spoilt(counter: Counter, request: ServiceRequest, how: str) -> bytes:
    answer = counter.seal.sign(counter.answer(request))
    parts = table(answer.dump())
    match how:
        case "payload changed":
            payload = answer.payload.replace(CODE.encode(), b"11111111")
            return SignedAnswer(payload, answer.signature, answer.certificate).dump()
        case "signature cut":
            return SignedAnswer(answer.payload, answer.signature[:-1], answer.certificate).dump()
        case "signed without prefix":
            return SignedAnswer(answer.payload[1:], answer.signature, answer.certificate).dump()
        case "no base64":
            return answer.dump().replace(parts["payload"].encode(), b"*" * 20)
        case "number for text":
            return answer.dump().replace(f'"{parts["signature"]}"'.encode(), b"1")
        case "payload no JSON":
            content = b"[" * 2000
        case _:
            content = b'{"protocol": "hebca-helper-online/2"}'
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    from hebca_helper.issuer.protocol import to_sign

    signature = counter.seal._key.sign(to_sign(content), padding.PKCS1v15(), hashes.SHA256())
    return SignedAnswer(content, signature, answer.certificate).dump()


@pytest.mark.parametrize(
    "how",
    [
        "payload changed",
        "signature cut",
        "signed without prefix",
        "no base64",
        "number for text",
        "payload no JSON",
        "another protocol",
    ],
)
async def test_a_spoilt_answer_is_refused(counter: Counter, how: str) -> None:
    async def speak(heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(response(_spoilt(counter, ServiceRequest.parse(heard.body), how)))

    assert await after(counter, speak) is Code.ONLINE_NOT_GENUINE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b"[" * 8000,
        b"{}",
        f'{{"payload": "{encoded(b"{}")}", "signature": "", "certificate": "{encoded(b"x" * 50)}"}}'.encode(),
    ],
)
async def test_damaged_json_is_refused(counter: Counter, content: bytes) -> None:
    assert await after(counter, saying(content)) is Code.ONLINE_NOT_GENUINE


# Elsewhere


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_a_redirect_to_another_host_is_not_followed(counter: Counter, status: str) -> None:
    async with (
        listening(counter.speak()) as elsewhere,
        listening(saying(b"", status, Location=f"http://127.0.0.1:{elsewhere.port}/online")) as peer,
    ):
        assert (await refused(counter, peer)).code is Code.ONLINE_NOT_GENUINE
    assert len(peer.heard) == 1
    assert elsewhere.heard == []


@pytest.mark.parametrize(
    ("status", "code"), [("500 Oops", "HTTP 500"), ("404 No", "HTTP 404"), ("204 None", "HTTP 204")]
)
async def test_another_status_is_no_answer(counter: Counter, status: str, code: str) -> None:
    async with listening(saying(b"", status)) as peer:
        problem = await refused(counter, peer)
    assert (problem.code, problem.detail) == (Code.ONLINE_UNREACHABLE, code)


async def test_a_page_is_no_answer(counter: Counter) -> None:
    """What the portal of a hotel's network says."""
    assert await after(counter, saying(b"<html>", Content_Type="text/html")) is Code.ONLINE_NOT_GENUINE


async def test_nobody_there_and_one_who_hangs_up(counter: Counter) -> None:
    async def hang_up(_heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with listening(hang_up) as peer:
        assert (await refused(counter, peer)).code is Code.ONLINE_UNREACHABLE
    assert (await refused(counter, peer)).code is Code.ONLINE_UNREACHABLE


# Too much, too slow


async def test_an_endless_answer_is_cut_off(counter: Counter) -> None:
    async def pour(_heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while True:
            writer.write(b"x" * 4096)
            await writer.drain()

    async with listening(pour) as peer:
        assert (await refused(counter, peer)).code is Code.TOO_LARGE
        await asyncio.wait_for(peer.gone.wait(), PATIENCE)


async def test_an_endless_answer_in_chunks_is_cut_off(counter: Counter) -> None:
    async def pour(_heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            await writer.drain()

    assert await after(counter, pour) is Code.TOO_LARGE


async def test_a_small_answer_that_unpacks_to_a_large_one_is_refused(counter: Counter) -> None:
    packed = gzip.compress(b" " * 10_000_000)
    assert await after(counter, saying(packed, Content_Encoding="gzip")) in (Code.ONLINE_NOT_GENUINE, Code.TOO_LARGE)


async def test_endless_headers_are_refused(counter: Counter) -> None:
    async def pour(_heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X: " + b"x" * 4096 + b"\r\n")
            await writer.drain()

    assert await after(counter, pour) is Code.ONLINE_UNREACHABLE


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"])
async def test_a_service_that_drips_is_left_at_the_deadline(counter: Counter, beginning: bytes) -> None:
    """Each byte comes in time, the whole never does; the connection is closed, so nothing is left running."""

    async def drip(_heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        while True:
            writer.write(b"H")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with listening(drip) as peer:
        problem = await refused(counter, peer, limits=SHORT)
        assert (problem.code, problem.detail) == (Code.ONLINE_UNREACHABLE, "timeout")
        await asyncio.wait_for(peer.gone.wait(), PATIENCE)


async def test_a_service_that_never_finishes_its_handshake_is_left(counter: Counter, authority: TestAuthority) -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the client is gone
        gone.set()
        writer.close()

    gone = asyncio.Event()
    server = await asyncio.start_server(never, "127.0.0.1", 0)
    async with server:
        peer = Peer(saying(b""), secure=True, port=server.sockets[0].getsockname()[1])
        problem = await refused(counter, peer, limits=SHORT, verify=authority.bundle)
        assert problem.code is Code.ONLINE_UNREACHABLE
        await asyncio.wait_for(gone.wait(), PATIENCE)


async def test_a_page_that_closes_takes_its_request_with_it(counter: Counter) -> None:
    begun = asyncio.Event()

    async def silent(_heard: Heard, _writer: asyncio.StreamWriter) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with listening(silent) as peer:
        asking = asyncio.create_task(counter.ask(peer))
        await asyncio.wait_for(begun.wait(), PATIENCE)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


# Nothing is told


async def test_the_code_is_in_no_log_and_no_representation(counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with listening(counter.speak()) as peer:
        await counter.ask(peer)
    request = ServiceRequest.parse(peer.heard[0].body)
    payload = counter.answer(request)
    assert CODE not in caplog.text
    assert CODE not in repr(payload) + repr(counter.seal.sign(payload))
