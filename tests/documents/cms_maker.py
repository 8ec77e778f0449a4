"""SignedData with SM2 and SM3 (GB/T 35275-2017) for tests, as it is found in the wild; nothing of the reader is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import core, x509

from hebca_helper.pki.sm3 import sm3
from tests.pki import certificate_maker as maker
from tests.pki.certificate_maker import sequence, set_of, tagged
from tests.seals.seal_maker import Holder, octets, raw, signer

GM = "1.2.156.10197.6.1.4.2."
PKCS7 = "1.2.840.113549.1.7."
SM3, SM3_SM2, SM2_SIGN, SM2_CURVE = (f"1.2.156.10197.1.{each}" for each in ("401", "501", "301.1", "301"))


@dataclass(frozen=True)
class CmsPlan:
    """`arc`: whose names the kinds of content have. `algorithm`: what the signature is called."""

    arc: str = GM
    algorithm: str = SM3_SM2
    attributes: bool = True
    attached: bool = True
    raw_signature: bool = False
    at: datetime | None = None


def signed(content: bytes, plan: CmsPlan = CmsPlan(), holder: Holder | None = None) -> bytes:
    holder = holder or signer()
    attributes = _attributes(content, plan) if plan.attributes else b""
    signature = holder.sign(set_of(attributes) if plan.attributes else content)
    certificate = x509.Certificate.load(holder.der)
    info = sequence(
        bytes(core.Integer(1).dump()),
        sequence(certificate.issuer.dump(), certificate["tbs_certificate"]["serial_number"].dump()),
        sequence(maker.oid(SM3)),
        tagged(0, attributes) if plan.attributes else b"",
        sequence(maker.oid(plan.algorithm)),
        octets(raw(signature) if plan.raw_signature else signature),
    )
    inner = sequence(maker.oid(f"{plan.arc}1"), tagged(0, octets(content)) if plan.attached else b"")
    data = sequence(
        bytes(core.Integer(1).dump()), set_of(sequence(maker.oid(SM3))), inner, tagged(0, holder.der), set_of(info)
    )
    return sequence(maker.oid(f"{plan.arc}2"), tagged(0, data))


def _attributes(content: bytes, plan: CmsPlan) -> bytes:
    """In DER's order; what they are about is told by the first octets."""
    found = [
        _attribute("1.2.840.113549.1.9.3", maker.oid(f"{plan.arc}1")),
        _attribute("1.2.840.113549.1.9.4", octets(sm3(content))),
    ]
    if plan.at:
        found.append(_attribute("1.2.840.113549.1.9.5", bytes(core.UTCTime(plan.at).dump())))
    return b"".join(sorted(found))


def _attribute(kind: str, value: bytes) -> bytes:
    return sequence(maker.oid(kind), set_of(value))
