"""The other end of the wire, as it should be and as it should not: real sockets on loopback, real TLS."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Speak = Callable[["Heard", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Heard:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Peer:
    """Answers each request as `speak` says; remembers what it heard."""

    speak: Speak
    secure: bool = False
    port: int = 0
    heard: list[Heard] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a connection was closed, by whomever."""

    @property
    def origin(self) -> str:
        return f"{'https' if self.secure else 'http'}://localhost:{self.port}"

    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        try:
            heard = await read_request(reader)
            self.heard.append(heard)
            await self.speak(heard, writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self.gone.set()

    def stop(self) -> None:
        """Whoever still waits for something; since Python 3.12 a server is closed only when all its connections are."""
        for task in self._serving:
            task.cancel()


async def read_request(reader: asyncio.StreamReader) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Heard(head[0], headers, body)


@asynccontextmanager
async def listening(speak: Speak, context: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
    peer = Peer(speak, secure=context is not None)
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0, ssl=context)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        peer.stop()
        await server.wait_closed()


def response(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    named = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def saying(content: bytes, status: str = "200 OK", **headers: str) -> Speak:
    """Always the same answer."""

    async def speak(_heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(response(content, status, **headers))

    return speak


@dataclass(frozen=True)
class TestAuthority:
    """A certification authority of the test's own for TLS, which no computer knows."""

    __test__ = False
    folder: Path

    @property
    def bundle(self) -> str:
        return str(self.folder / "ca.pem")

    def server_context(self, name: str = "localhost") -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.pem")
        return context


def make_authority(folder: Path, *names: str) -> TestAuthority:
    """With a server certificate for each name."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = _name("Test TLS authority")
    _write(folder / "ca.pem", _certificate(issuer, issuer, key, key, None))
    for name in names:
        own = ec.generate_private_key(ec.SECP256R1())
        _write(folder / f"{name}.pem", _certificate(issuer, _name(name), key, own, name), own)
    return TestAuthority(folder)


_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "encipher_only", "decipher_only",
)  # fmt: skip


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _certificate(
    issuer: x509.Name,
    subject: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey,
    host: str | None,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
    # what RFC 5280 wants of each, and Python 3.13 insists on
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = builder.add_extension(above, critical=False)
    if host is None:
        usage = dict.fromkeys((*_USAGES, "key_cert_sign", "crl_sign"), False) | {"key_cert_sign": True}
        builder = builder.add_extension(x509.KeyUsage(**usage), critical=True)
    else:
        names: list[x509.GeneralName] = [x509.DNSName(host), x509.IPAddress(ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names[: 2 if host == "localhost" else 1]), False)
    return builder.sign(issuer_key, hashes.SHA256())


def _write(path: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey | None = None) -> None:
    content = certificate.public_bytes(serialization.Encoding.PEM)
    if key is not None:
        content += key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    path.write_bytes(content)


def table(content: bytes) -> dict[str, str]:
    """A message's JSON object."""
    read: dict[str, str] = json.loads(content)
    return read


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
