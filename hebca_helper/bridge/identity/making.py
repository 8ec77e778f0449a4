"""Makes a private CA and its one leaf. The CA's key exists only inside `make` and is never written anywhere.

Shape: RFC 5280 (4.2.1.10 name constraints, critical; 4.2.1.9 path length), RFC 6125 names in subjectAltName only,
CA/Browser Forum Baseline Requirements 7.1.2 for what browsers expect of a leaf. 825 days is the longest life that
Apple's systems accept of a leaf under a CA that the person installed (Apple support article HT210176).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=825)
CLOCK_TOLERANCE = timedelta(hours=1)
"""Certificates begin this much earlier: a browser's idea of now may differ (another container, a clock set back)."""
ORGANIZATION = "HEBCA Helper"


@dataclass(frozen=True, slots=True)
class Made:
    """PEM, ASCII. `chain` is the leaf followed by its CA; `key` the leaf's, PKCS#8."""

    ca: bytes
    chain: bytes
    key: bytes


def make(now: datetime) -> Made:
    """A new CA and a leaf of localhost, 127.0.0.1 and ::1. `now` is aware."""
    begin = (now - CLOCK_TOLERANCE).replace(microsecond=0)
    end = begin + LIFETIME - timedelta(seconds=1)  # both ends count (RFC 5280, 4.1.2.5)
    authority_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = _authority_name()
    authority = _authority(authority_key, name, begin, end)
    leaf = _leaf(leaf_key.public_key(), authority, authority_key, begin, end)
    ca, own = authority.public_bytes(Encoding.PEM), leaf.public_bytes(Encoding.PEM)
    return Made(ca, own + ca, leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _authority_name() -> x509.Name:
    """Told apart by a random word: two installations, or an old and a new CA, may stand in one list of a browser."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{ORGANIZATION} localhost CA {secrets.token_hex(4)}"),
        ]
    )


def _authority(key: ec.EllipticCurvePrivateKey, name: x509.Name, begin: datetime, end: datetime) -> x509.Certificate:
    only_here = [
        x509.DNSName("localhost"),
        x509.IPAddress(IPv4Network("127.0.0.1/32")),
        x509.IPAddress(IPv6Network("::1/128")),
    ]
    builder = _begun(name, name, key.public_key(), begin, end)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(x509.NameConstraints(permitted_subtrees=only_here, excluded_subtrees=None), True)
    builder = builder.add_extension(_usage(key_cert_sign=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(key, SHA256())


def _leaf(
    key: ec.EllipticCurvePublicKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    begin: datetime,
    end: datetime,
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [
        x509.DNSName("localhost"),
        x509.IPAddress(IPv4Address("127.0.0.1")),
        x509.IPAddress(IPv6Address("::1")),
    ]
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    builder = _begun(name, authority.subject, key, begin, end)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.add_extension(issuer_key, critical=False).sign(authority_key, SHA256())


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number(), begin, end)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
