"""Extensions of practice certificates (RFC 5280, section 4.2), with the oddity real user certificates have."""

from __future__ import annotations

from enum import Enum
from typing import Any

from asn1crypto import core, keys, x509

IDENTITY = "1.2.156.112586.1.4"
# Reserved by RFC 2606, section 2: it can never be anybody's server.
NOWHERE = "http://practice.invalid/crldownload/"
_WRITTEN_OUT_FALSE = bytes.fromhex("3003010100")
"""BasicConstraints as HEBCA issues it: DER forbids to write the default cA FALSE out, real certificates do."""


CLIENT_LOGIN = x509.ExtKeyUsageSyntax(["client_auth"]).dump()
"""Web eID's server libraries take no certificate for a login that does not say it is meant for one."""


class Usage(Enum):
    """What a user certificate's key is for; the value is its KeyUsage (resources/protocol.md, section 4)."""

    SIGN = frozenset({"digital_signature", "non_repudiation"})
    ENCRYPT = frozenset({"key_encipherment", "data_encipherment"})


def user_extensions(usage: Usage, key: keys.PublicKeyInfo, issuer_key: keys.PublicKeyInfo, identity: str) -> list[Any]:
    """Extensions of a user's certificate; `identity` is the text of HEBCA's unique-id extension."""
    bits = usage.value | {"key_agreement"} if usage is Usage.ENCRYPT and key.algorithm == "ec" else usage.value
    return [
        _extension("authority_key_identifier", x509.AuthorityKeyIdentifier({"key_identifier": issuer_key.sha1}).dump()),
        _extension("key_identifier", core.OctetString(key.sha1).dump()),
        _extension("basic_constraints", _WRITTEN_OUT_FALSE),
        _extension("key_usage", x509.KeyUsage(set(bits)).dump(), critical=True),
        *([_extension("extended_key_usage", CLIENT_LOGIN)] if usage is Usage.SIGN else []),
        _extension(IDENTITY, core.UTF8String(identity).dump()),
        _extension("crl_distribution_points", _distribution_point("HeBeiRSACA.crl").dump()),
        _extension("authority_information_access", _issuer_place("HeBeiRSACA.cer").dump()),
    ]


def service_extensions(key: keys.PublicKeyInfo, issuer_key: keys.PublicKeyInfo, purpose: str) -> list[Any]:
    """Extensions of a certificate for one of the CA's own services; `purpose` is its extended key usage, dotted."""
    return [
        _extension("authority_key_identifier", x509.AuthorityKeyIdentifier({"key_identifier": issuer_key.sha1}).dump()),
        _extension("key_identifier", core.OctetString(key.sha1).dump()),
        _extension("key_usage", x509.KeyUsage({"digital_signature"}).dump(), critical=True),
        _extension("extended_key_usage", x509.ExtKeyUsageSyntax([purpose]).dump(), critical=True),
    ]


def seal_maker_extensions(key: keys.PublicKeyInfo, issuer_key: keys.PublicKeyInfo) -> list[Any]:
    """Extensions of the certificate of the maker of seals: it signs, nothing else."""
    return [
        _extension("authority_key_identifier", x509.AuthorityKeyIdentifier({"key_identifier": issuer_key.sha1}).dump()),
        _extension("key_identifier", core.OctetString(key.sha1).dump()),
        _extension("key_usage", x509.KeyUsage({"digital_signature", "non_repudiation"}).dump(), critical=True),
    ]


def authority_extensions(key: keys.PublicKeyInfo, issuer_key: keys.PublicKeyInfo, path_length: int) -> list[Any]:
    """Extensions of a CA's certificate."""
    constraints = x509.BasicConstraints({"ca": True, "path_len_constraint": path_length})
    return [
        _extension("authority_key_identifier", x509.AuthorityKeyIdentifier({"key_identifier": issuer_key.sha1}).dump()),
        _extension("key_identifier", core.OctetString(key.sha1).dump()),
        _extension("basic_constraints", constraints.dump(), critical=True),
        _extension("key_usage", x509.KeyUsage({"key_cert_sign", "crl_sign"}).dump(), critical=True),
    ]


def _extension(name: str, value: bytes, *, critical: bool = False) -> dict[str, Any]:
    return {"extn_id": name, "critical": critical, "extn_value": core.ParsableOctetString(value)}


def _distribution_point(name: str) -> x509.CRLDistributionPoints:
    return x509.CRLDistributionPoints([{"distribution_point": {"full_name": [_place(name)]}}])


def _issuer_place(name: str) -> x509.AuthorityInfoAccessSyntax:
    return x509.AuthorityInfoAccessSyntax([{"access_method": "ca_issuers", "access_location": _place(name)}])


def _place(name: str) -> x509.GeneralName:
    return x509.GeneralName("uniform_resource_identifier", NOWHERE + name)
