"""Whatever octets come as a message: a clear error or an answer, in bounded time."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hebca_helper.errors import Code, HelperError
from hebca_helper.pki.cms.envelope import ContentCipher, envelop, read_envelope, recipient_for
from hebca_helper.pki.cms.verification import read, verify
from tests.pki.cms.openssl import ec_holder, made, rsa_holder

TOLD = {Code.MESSAGE_UNREADABLE, Code.NOT_SUPPORTED, Code.BAD_REQUEST}


@cache
def corpus() -> list[bytes]:
    """Ours and openssl's, signed and sealed, DER and BER."""
    ours = [rsa_holder().message(b"content"), ec_holder().message(b"content", detached=True)]
    ours += [envelop(b"content", [rsa_holder().certificate], cipher) for cipher in ContentCipher]
    with tempfile.TemporaryDirectory() as name:
        folder = rsa_holder().put(Path(name))
        sign = ("-sign", "-nodetach", "-stream", "-signer", "certificate.pem", "-inkey", "key.pem")
        theirs = [made(folder, *sign, content=b"content" * 2000), made(folder, *sign, "-cades", content=b"x")]
        for options in (("-aes128",), ("-stream", "-aes-256-gcm"), ("-keyid", "-des3", "-stream")):
            theirs.append(made(folder, "-encrypt", *options, "-recip", "certificate.pem", content=b"content"))
    return ours + theirs


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A real message with some octets replaced, removed or put in, perhaps cut short."""
    data = bytearray(draw(st.sampled_from(corpus())))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data) - 1))
        data[place : place + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(data[: draw(st.integers(1, len(data))) if draw(st.booleans()) else None])


def use(message: bytes) -> None:
    """Everything that is done with a message from outside; only errors of the table may come out."""
    for work in (_verify, _open):
        try:
            work(message)
        except HelperError as problem:
            assert problem.code in TOLD | {Code.DECRYPTION_FAILED}


def _verify(message: bytes) -> None:
    signed = read(message)
    for report in verify(message, b"content" if signed.content is None else None):
        assert report.problem is None or isinstance(report.problem, HelperError)


def _open(message: bytes) -> None:
    envelope = read_envelope(message)
    for recipient in envelope.recipients:
        recipient.means(rsa_holder().certificate)
    recipient_for(envelope, rsa_holder().certificate)
    envelope.decrypt(b"k" * envelope.cipher.key_length)


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_any_octets(message: bytes) -> None:
    use(message)


@settings(max_examples=1500)
@given(damaged())
def test_damaged_messages(message: bytes) -> None:
    use(message)


@given(st.sampled_from(range(14)), st.integers(1, 12))
def test_headers_that_promise_what_does_not_come(which: int, depth: int) -> None:
    use(bytes([0x30, 0x80]) * depth + corpus()[which % len(corpus())])
    use(bytes([0x30, 0x88]) + b"\xff" * 8 + corpus()[which % len(corpus())])
    use(corpus()[which % len(corpus())][: depth * 20] + b"\x30\x80" * 50_000)


def test_undamaged_ones_are_good() -> None:
    for message in corpus():
        use(message)
    signed = [message for message in corpus() if b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" in message[:30]]
    assert len(signed) == 4
    for message in signed:
        [report] = verify(message, b"content" if read(message).content is None else None)
        assert report.problem is None
