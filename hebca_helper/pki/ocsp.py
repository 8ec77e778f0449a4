"""Asking a responder about one certificate (RFC 6960), and what its answer is worth. Bytes in, bytes out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from asn1crypto import core, ocsp, x509
from asn1crypto import keys as asn1_keys

from hebca_helper.errors import HelperError
from hebca_helper.pki import keys
from hebca_helper.pki.certificates import Certificate, validity
from hebca_helper.pki.chains import signed_by
from hebca_helper.pki.moments import Validity
from hebca_helper.pki.revocation import Standing

NONCE_OCTETS = 32
"""RFC 8954, section 2.1: 1 to 32 octets; newer responders want at least 16."""
LARGEST_RESPONSE = 64 * 1024
REQUEST_KIND = "application/ocsp-request"
"""Content-Type of a request that is posted (RFC 6960, appendix A.1)."""
CLOCKS_APART = timedelta(minutes=5)
LONGEST_WITHOUT_END = timedelta(days=1)
"""An answer without nextUpdate says that newer information is always available (RFC 6960, 4.2.2.1): it ages quickly."""
_AUTHORITY_INFORMATION = "1.3.6.1.5.5.7.1.1"
_EXTENDED_KEY_USAGE = "2.5.29.37"


def responders(certificate: Certificate) -> list[str]:
    """The http(s) URLs of the certificate's authorityInfoAccess (RFC 5280, 4.2.2.1), in order."""
    extension = certificate.extensions.get(_AUTHORITY_INFORMATION)
    if extension is None:
        return []
    try:
        rows = x509.AuthorityInfoAccessSyntax.load(extension.value).native
        found = [row["access_location"] for row in rows if row["access_method"] == "ocsp"]
    except (ValueError, TypeError, KeyError):
        return []
    return [url for url in found if isinstance(url, str) and url.startswith(("http://", "https://"))]


def request(certificate: Certificate, issuer: Certificate, nonce: bytes) -> bytes:
    """An OCSPRequest (DER) for this one certificate, with SHA-1 as every responder knows it in CertID."""
    nonce_extension = {"extn_id": "nonce", "extn_value": core.OctetString(nonce)}
    wanted = {"req_cert": _certificate_id(certificate, issuer, "sha1")}
    body = ocsp.TBSRequest({"request_list": [wanted], "request_extensions": [nonce_extension]})
    encoded: bytes = ocsp.OCSPRequest({"tbs_request": body}).dump()
    return encoded


def standing(response: bytes, certificate: Certificate, issuer: Certificate, at: datetime, nonce: bytes) -> Standing:
    """What a rightly signed, current answer says; UNKNOWN for any other answer. `at` is aware."""
    if len(response) > LARGEST_RESPONSE:
        return Standing.UNKNOWN
    try:
        basic = _basic(response)
        if basic is None or not _authentic(basic, issuer, at) or not _nonce_fits(basic, nonce):
            return Standing.UNKNOWN
        return _answer(basic, certificate, issuer, at)
    except (ValueError, TypeError, KeyError, HelperError):  # asn1crypto's ways to say: not what it should be
        return Standing.UNKNOWN


def _basic(response: bytes) -> Any:
    outer = ocsp.OCSPResponse.load(response, strict=True)
    if outer["response_status"].native != "successful":
        return None
    inner = outer["response_bytes"]
    return inner["response"].parsed if inner["response_type"].native == "basic_ocsp_response" else None


def _authentic(basic: Any, issuer: Certificate, at: datetime) -> bool:
    """Signed by the CA itself, or by whom it appointed for this (RFC 6960, 4.2.2.2)."""
    algorithm = keys.algorithm_of(basic["signature_algorithm"].dump())
    if algorithm is None:
        return False
    signed, signature = basic["tbs_response_data"].dump(), basic["signature"].native
    candidates = [issuer, *_appointed(basic, issuer, at)]
    return any(keys.verify(each.spki, algorithm, signed, signature) for each in candidates)


def _appointed(basic: Any, issuer: Certificate, at: datetime) -> list[Certificate]:
    found = []
    for each in basic["certs"] or ():
        certificate = Certificate.parse(each.dump())
        fits = certificate.issuer.same(issuer.subject) and signed_by(certificate, issuer)
        if fits and validity(certificate, at) is Validity.VALID and _for_responders(certificate):
            found.append(certificate)
    return found


def _for_responders(certificate: Certificate) -> bool:
    extension = certificate.extensions.get(_EXTENDED_KEY_USAGE)
    return extension is not None and "ocsp_signing" in x509.ExtKeyUsageSyntax.load(extension.value).native


def _nonce_fits(basic: Any, nonce: bytes) -> bool:
    """Many responders leave it out; one that is there must be ours."""
    extensions = basic["tbs_response_data"]["response_extensions"]
    found = [each["extn_value"].parsed.native for each in extensions or () if each["extn_id"].native == "nonce"]
    return found in ([], [nonce])


def _answer(basic: Any, certificate: Certificate, issuer: Certificate, at: datetime) -> Standing:
    for row in basic["tbs_response_data"]["responses"]:
        algorithm = row["cert_id"]["hash_algorithm"]["algorithm"].native
        if algorithm not in ("sha1", "sha256"):
            continue
        if row["cert_id"].native != _certificate_id(certificate, issuer, algorithm).native or not _current(row, at):
            continue
        return {"good": Standing.NOT_REVOKED, "revoked": Standing.REVOKED}.get(
            row["cert_status"].name, Standing.UNKNOWN
        )
    return Standing.UNKNOWN


def _current(row: Any, at: datetime) -> bool:
    start = row["this_update"].native
    end = row["next_update"].native or start + LONGEST_WITHOUT_END
    return bool(start - CLOCKS_APART <= at <= end + CLOCKS_APART)


def _certificate_id(certificate: Certificate, issuer: Certificate, algorithm: str) -> Any:
    """CertID (RFC 6960, 4.1.1): the issuer's name and key hashed, and the serial number."""
    name = x509.Name.load(certificate.issuer.der)
    key = asn1_keys.PublicKeyInfo.load(issuer.spki)
    return ocsp.CertId(
        {
            "hash_algorithm": {"algorithm": algorithm, "parameters": core.Null()},
            "issuer_name_hash": getattr(name, algorithm),
            "issuer_key_hash": getattr(key, algorithm),
            "serial_number": certificate.serial_number,
        }
    )
