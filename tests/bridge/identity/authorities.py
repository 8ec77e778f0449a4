"""A CA shaped like ours whose key was kept, and what it could issue if it had a mind to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from hebca_helper.bridge.identity import making


def foreign_leaf(folder: Path, name: str) -> tuple[Path, Path, Path]:
    """Files of the CA, of a leaf for `name` (a host name) with its CA, and of the leaf's key."""
    begin = datetime.now(UTC) - timedelta(hours=1)
    end = begin + timedelta(days=30)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = making._authority(authority_key, making._authority_name(), begin, end)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = making._begun(subject, authority.subject, key.public_key(), begin, end)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    builder = builder.add_extension(issuer_key, critical=False)
    leaf = builder.sign(authority_key, SHA256())
    ca, chain, secret = (folder / f"foreign-{part}.pem" for part in ("ca", "chain", "key"))
    ca.write_bytes(authority.public_bytes(Encoding.PEM))
    chain.write_bytes(leaf.public_bytes(Encoding.PEM) + ca.read_bytes())
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return ca, chain, secret
